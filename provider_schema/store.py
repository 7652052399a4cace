"""The schemas of types, read from the bindings once for each version and then from a cache."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Iterable, Mapping
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from provider_schema.bindings import (
    Bindings,
    installed,
    modules,
    parse_module,
    provider_versions,
    type_of,
)
from provider_schema.blocks import Attribute, Block, Kind, NestedBlock, ProviderSchema, SchemaError
from provider_schema.facts import amend, facts

AWS = "aws"
GOOGLE = "google"
BETA = "google-beta"
"""A provider with the types of google and more; known here by the schema of google."""
AWS_FILE = Path(__file__).with_name("data") / "aws-6.25.0.json"
"""Written by ``scripts/extract_aws_schema.py``: the bindings of aws are not installed."""
FORMAT = 5
"""Increase this when the format of the cache or the parser changes."""


def cache_folder() -> Path:
    """Return ``$PROVIDER_SCHEMA_CACHE``, else a folder of the virtual environment."""
    return Path(os.environ.get("PROVIDER_SCHEMA_CACHE") or Path(sys.prefix) / "provider-schema")


def to_json(block: Block) -> dict[str, object]:
    """Return a block as JSON, without the facts that ``amend`` adds."""
    attributes: dict[str, object] = {}
    for name, a in sorted(block.attributes.items()):
        flags = "".join(
            letter
            for letter, on in zip(
                "rocw", (a.required, a.optional, a.computed, a.write_only), strict=True
            )
            if on
        )
        attributes[name] = [a.type, flags, list(a.possible_values)]
    blocks = {
        name: [b.nesting, b.min_items, b.max_items, to_json(b.block)]
        for name, b in sorted(block.blocks.items())
    }
    return {"attributes": attributes, "blocks": blocks}


def from_json(data: Mapping[str, Mapping[str, list[object]]]) -> Block:
    """Return the block that :func:`to_json` wrote."""
    attributes: dict[str, Attribute] = {}
    for name, (cty, flags, values) in data["attributes"].items():
        assert isinstance(flags, str)
        assert isinstance(values, list)
        attributes[name] = Attribute(
            cty,
            required="r" in flags,
            optional="o" in flags,
            computed="c" in flags,
            write_only="w" in flags,
            possible_values=tuple(str(v) for v in values),
        )
    blocks: dict[str, NestedBlock] = {}
    for name, (nesting, low, high, inner) in data["blocks"].items():
        assert nesting in ("list", "set", "single")
        assert isinstance(low, int)
        assert isinstance(high, int)
        assert isinstance(inner, dict)
        blocks[name] = NestedBlock(nesting, low, high, from_json(inner))
    return Block(attributes, blocks)


def _write_atomically(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "w") as stream:
        stream.write(text)
    os.replace(temporary, path)


@cache
def _read_block(path: Path, version: str, kind: Kind, name: str) -> Block:
    """Return a type from its file, which is never changed; the stacks have most types in common."""
    return amend(name, from_json(json.loads(path.read_text())), facts(version, kind))


def load_aws(resource_types: Iterable[str] | None = None) -> ProviderSchema:
    """Return the aws provider's schema with the types that are named; ``None`` means all in use."""
    document = json.loads(AWS_FILE.read_text(encoding="utf-8"))
    blocks: Mapping[str, Any] = document["resources"]
    return ProviderSchema(
        name=AWS,
        bindings_version=document["bindings_version"],
        provider_version=document["provider_version"],
        provider=from_json(document["provider"]),
        resources={
            name: from_json(block)
            for name, block in blocks.items()
            if resource_types is None or name in resource_types
        },
        data_sources={},
    )


class SchemaStore:
    """Reads schemas from the cache; types that it lacks are first read from the tarball.

    The bindings are those that the app is synthesized with, unless others are given.
    """

    def __init__(self, folder: Path | None = None, bindings: Bindings | None = None) -> None:
        bindings = bindings or installed()
        self.version = bindings.version
        self.folder = (folder or cache_folder()) / f"google-{self.version}-{FORMAT}"
        self._tarball = bindings.tarball

    def provider_version(self) -> str:
        """Return the version of the google provider that the bindings were generated from."""
        return self._index["version"][0]

    def names(self, kind: Kind) -> tuple[str, ...]:
        """Return all type names of the installed bindings."""
        return tuple(self._index[kind])

    def load(
        self,
        resource_types: Iterable[str] | None = None,
        data_types: Iterable[str] | None = None,
    ) -> ProviderSchema:
        """Return the provider's schema with the types that are named; ``None`` means all types.

        Names that the bindings do not know are left out, because Terraform itself then reports
        that the provider does not support them.
        """
        if not self._index_file.exists():
            # Whatever is asked for is read in the same pass: it takes a second.
            self._build(
                {
                    *(("resource", name) for name in resource_types or ()),
                    *(("data", name) for name in data_types or ()),
                }
            )
        known: dict[Kind, set[str]] = {
            "provider": set(self.names("provider")),
            "resource": set(self.names("resource")),
            "data": set(self.names("data")),
        }
        wanted: dict[Kind, set[str]] = {
            "provider": known["provider"],
            "resource": known["resource"]
            & (known["resource"] if resource_types is None else set(resource_types)),
            "data": known["data"] & (known["data"] if data_types is None else set(data_types)),
        }
        missing = {
            (kind, name)
            for kind, names in wanted.items()
            for name in names
            if not self._path(kind, name).exists()
        }
        if missing:
            self._build(missing)
        return ProviderSchema(
            name=GOOGLE,
            bindings_version=self.version,
            provider_version=self.provider_version(),
            provider=self._read("provider", wanted["provider"])[GOOGLE],
            resources=self._read("resource", wanted["resource"]),
            data_sources=self._read("data", wanted["data"]),
        )

    def load_each(
        self, resource_types: Iterable[str], data_types: Iterable[str]
    ) -> tuple[ProviderSchema, ...]:
        """Return a schema with the types that are named for google, and for aws if it has any."""
        resource_types = set(resource_types)
        aws = load_aws(resource_types)
        google = self.load(resource_types, data_types)
        return (google, aws) if aws.resources else (google,)

    def _read(self, kind: Kind, names: set[str]) -> dict[str, Block]:
        version = self.provider_version()
        return {
            name: _read_block(self._path(kind, name), version, kind, name) for name in sorted(names)
        }

    def _path(self, kind: str, name: str) -> Path:
        return self.folder / kind / f"{name}.json"

    @property
    def _index_file(self) -> Path:
        return self.folder / "index.json"

    @cached_property
    def _index(self) -> Mapping[str, list[str]]:
        if not self._index_file.exists():
            self._build(set())
        index = json.loads(self._index_file.read_text())
        assert isinstance(index, dict)
        return index

    def _build(self, wanted: set[tuple[Kind, str]]) -> None:
        index: dict[str, list[str]] = {"resource": [], "data": [], "provider": [], "version": []}
        for name, files in modules(self._tarball):
            key = type_of(name, files[0])
            if key is None:
                continue
            index[key[0]].append(key[1])
            if key[0] == "provider":
                index["version"] += provider_versions(files[0])
            if key in wanted or key[0] == "provider":
                block = parse_module(name, files)
                _write_atomically(self._path(*key), json.dumps(to_json(block)))
        if not index["provider"] or not index["version"]:
            raise SchemaError("the bindings hold no provider class, or it names no version")
        _write_atomically(self._index_file, json.dumps({k: sorted(v) for k, v in index.items()}))
