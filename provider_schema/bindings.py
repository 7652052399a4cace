"""The provider's schema, rebuilt from the installed bindings.

The bindings' wheel contains a jsii tarball. Every ``lib/<name>/index.js`` in it ends in a source
map with the TypeScript of the binding. There, unlike in the compiled JavaScript, every attribute
has the comment ``// <name> - computed: …, optional: …, required: …``.
``synthesizeHclAttributes`` says whether it is a block or an attribute, a list or a set, and the
getters give the types of computed attributes. Together these are the whole schema. An argument is
write-only if its name ends in ``_wo``.

:mod:`provider_schema.facts` adds what the bindings leave out.
"""

from __future__ import annotations

import base64
import json
import re
import sys
import tarfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from provider_schema.blocks import (
    Attribute,
    Block,
    CtyType,
    Kind,
    NestedBlock,
    Nesting,
    SchemaError,
    implied_type,
)

DISTRIBUTION = "cdktf-cdktf-provider-google"

_MEMBER = re.compile(
    r"^  // (?P<name>\w+) - computed: (?P<computed>\w+), optional: (?P<optional>\w+),"
    r" required: (?P<required>\w+)\n(?P<body>(?:  .*\n|\n)*?)(?=^  // |^})",
    re.MULTILINE,
)
_CLASS = re.compile(r"^export class (\w+) extends cdkt[fn]\.(\w+) \{$", re.MULTILINE)
_CHILD = re.compile(r"= new (?P<cls>[\w.]+)\(this, \"\w+\"(?:, (?P<set>true|false))?\)")
_GETTER = re.compile(r"return (?P<tolist>cdkt[fn]\.Fn\.tolist\()?this\.get(?P<kind>\w+)Attribute\(")
_HCL = re.compile(
    r"^ +(\w+): \{\n +value: .*\n +isBlock: (true|false),\n"
    r" +type: \"(\w+)\",\n +storageClassType: \"(\w+)\",\n",
    re.MULTILINE,
)
_HCL_FUNCTION = re.compile(r"^export function (\w+)ToHclTerraform\(", re.MULTILINE)
_TYPE_NAME = re.compile(rb'\btfResourceType = "(\w+)"')
_DOC = re.compile(
    r"/\*\*(?P<text>(?:(?!\*/).)*?)\{@link [^#}]*#(?P<name>\w+) [^}]*\}.*?\*/", re.DOTALL
)
_POSSIBLE = re.compile(r"Possible values: \[([^\]]*)\]")
_INTERFACE = re.compile(r"^export interface (\w+)", re.MULTILINE)

_SIMPLE: Mapping[str, CtyType] = {
    "string": "string",
    "number": "number",
    "boolean": "bool",
    "stringList": "string",
    "numberList": "number",
    "booleanList": "bool",
    "stringMap": "string",
    "numberMap": "number",
    "booleanMap": "bool",
    "anyMap": "dynamic",
}
_GETTERS: Mapping[str, CtyType] = {
    "String": "string",
    "Number": "number",
    "Boolean": "bool",
    "List": ["list", "string"],
    "NumberList": ["list", "number"],
    "StringMap": ["map", "string"],
    "NumberMap": ["map", "number"],
    "BooleanMap": ["map", "bool"],
}
_HELPERS: Mapping[str, CtyType] = {
    "StringMap": ["map", "string"],
    "NumberMap": ["map", "number"],
    "BooleanMap": ["map", "bool"],
    "StringMapList": ["map", "string"],
    "NumberMapList": ["map", "number"],
}
"""Classes of cdktf, or of its successor cdktn, for what no class is generated."""
_CORES = ("cdktf", "cdktn")


@dataclass(frozen=True)
class Bindings:
    """A version of the bindings, and the jsii tarball of its wheel."""

    version: str
    tarball: Path


@dataclass(frozen=True)
class _Hcl:
    """An entry of ``synthesizeHclAttributes``: how cdktf writes an argument as HCL."""

    is_block: bool
    type: str
    storage: str


class _Module:
    """The classes, HCL tables and doc comments of a binding module."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.classes: dict[str, str] = {}
        self.root = ""
        classes = list(_CLASS.finditer(text))
        ends = [m.start() for m in classes[1:]] + [len(text)]
        self.hcl: dict[str, dict[str, _Hcl]] = {}
        for match, end in zip(classes, ends, strict=True):
            name_, base = match.groups()
            self.classes[name_] = text[match.end() : end]
            if base in ("TerraformResource", "TerraformDataSource", "TerraformProvider"):
                self.root = name_
                self.hcl[name_] = _hcl_table(self.classes[name_])
        for match in _HCL_FUNCTION.finditer(text):
            body = text[match.end() : text.index("\n}\n", match.end())]
            self.hcl[match.group(1).lower()] = _hcl_table(body)
        self.docs = _doc_values(text)
        if not self.root:
            raise SchemaError(f"no resource, data source or provider class in module {name}")

    def block(self, cls: str, struct: str) -> Block:
        """Return the block of a class; ``struct`` is the interface of its arguments."""
        table = self.hcl.get(cls) or self.hcl.get(struct.lower(), {})
        docs = self.docs.get(struct, {})
        attributes: dict[str, Attribute] = {}
        blocks: dict[str, NestedBlock] = {}
        for match in _MEMBER.finditer(self.classes[cls]):
            name = match["name"]
            hcl = table.get(name)
            computed, optional, required = (
                match[flag] == "true" for flag in ("computed", "optional", "required")
            )
            child = _CHILD.search(match["body"])
            if hcl is not None and hcl.is_block and not computed:
                blocks[name] = self._nested(name, hcl, child, required)
                continue
            attributes[name] = Attribute(
                type=self._type(name, hcl, child, match["body"]),
                required=required,
                optional=optional,
                computed=computed,
                write_only=name.endswith("_wo"),
                possible_values=docs.get(name, ()),
            )
        return Block(attributes, blocks)

    def _nested(
        self, name: str, hcl: _Hcl, child: re.Match[str] | None, required: bool
    ) -> NestedBlock:
        struct = hcl.storage if hcl.type == "struct" else hcl.storage.removesuffix("List")
        if f"{struct}OutputReference" in self.classes:
            block = self.block(f"{struct}OutputReference", struct)
        else:
            block = self._from_table(struct)
        if hcl.type == "struct":
            return NestedBlock("single", 0, 0, block)
        single = child is not None and child["cls"].endswith("OutputReference")
        nesting: Nesting = "set" if hcl.type == "set" else "list"
        return NestedBlock(nesting, int(required), int(single), block)

    def _from_table(self, struct: str) -> Block:
        """Read a block of the provider's own configuration, which has no class to read it from."""
        attributes = {
            name: Attribute(
                type=self._type(name, hcl, None, ""),
                optional=True,
                possible_values=self.docs.get(struct, {}).get(name, ()),
            )
            for name, hcl in self.hcl[struct.lower()].items()
        }
        return Block(attributes)

    def _output_class(self, struct: str) -> str:
        if f"{struct}OutputReference" in self.classes:
            return f"{struct}OutputReference"
        raise SchemaError(f"{self.name}: no class for {struct}")

    def _type(self, name: str, hcl: _Hcl | None, child: re.Match[str] | None, body: str) -> CtyType:
        if child is not None:
            core, _, cls = child["cls"].rpartition(".")
            wraps_set = child["set"] == "true"
            if core in _CORES and cls in _HELPERS:
                inner = _HELPERS[cls]
                return ["set" if wraps_set else "list", inner] if cls.endswith("List") else inner
            struct = cls.removesuffix("OutputReference").removesuffix("List")
            obj = implied_type(self.block(self._output_class(struct), struct))
            return ["set" if wraps_set else "list", obj]
        if hcl is not None and hcl.storage in _SIMPLE:
            inner = _SIMPLE[hcl.storage]
            return inner if hcl.type == "simple" else [hcl.type, inner]
        getter = _GETTER.search(body)
        if getter is None or getter["kind"] not in _GETTERS:
            raise SchemaError(f"{self.name}: no type for {name}")
        if getter["tolist"]:
            return ["set", "number" if getter["kind"] == "NumberList" else "string"]
        return _GETTERS[getter["kind"]]


def _hcl_table(text: str) -> dict[str, _Hcl]:
    return {m[1]: _Hcl(m[2] == "true", m[3], m[4]) for m in _HCL.finditer(text)}


def _doc_values(text: str) -> dict[str, dict[str, tuple[str, ...]]]:
    """Return the enumerations in ``Possible values: [...]``, by struct and attribute."""
    result: dict[str, dict[str, tuple[str, ...]]] = {}
    for match in _INTERFACE.finditer(text):
        body = text[match.end() : text.index("\n}\n", match.end())]
        values: dict[str, tuple[str, ...]] = {}
        for doc in _DOC.finditer(body):
            possible = _POSSIBLE.search(doc["text"])
            if possible:
                values[doc["name"]] = tuple(re.findall(r'"([^"]+)"', possible[1]))
        if values:
            result[match[1].removesuffix("Config")] = values
            result[match[1]] = values
    return result


def _typescript(javascript: bytes, origin: str) -> str:
    """Return the TypeScript in the inline source map of a compiled module."""
    marker = javascript.rfind(b"sourceMappingURL=data:application/json;base64,")
    if marker < 0:
        raise SchemaError(f"{origin}: no inline source map")
    source_map = json.loads(base64.b64decode(javascript[javascript.index(b",", marker) + 1 :]))
    text = source_map["sourcesContent"][0]
    assert isinstance(text, str)
    # The bindings of CDK Terrain differ from those of cdktf in this name.
    return text.replace("cdktn.", "cdktf.")


def parse_module(name: str, files: Iterable[bytes]) -> Block:
    """Return the block of a binding. Raises ``SchemaError`` when its form is unknown.

    ``files`` holds its ``index.js``; a few large bindings add ``index-structs/*.js``.
    """
    module = _Module(name, "".join(_typescript(f, name) for f in files))
    return module.block(module.root, module.root)


def installed(
    package: str = "cdktf_cdktf_provider_google", environment: Path | None = None
) -> Bindings:
    """Return the bindings of an import name, in this virtual environment or in another one.

    Raises ``SchemaError`` where they are not installed.
    """
    name = package.replace("_", "-")
    folders = sys.path
    if environment is not None:
        folders = [str(folder) for folder in environment.glob("lib/python*/site-packages")]
    distribution = next(iter(metadata.distributions(name=name, path=folders)), None)
    if distribution is None:
        raise SchemaError(
            f"{name}, which holds the schema of google, is not installed in "
            f"{environment or sys.prefix}; python -m pip install --no-deps {name}"
        )
    folder = Path(str(distribution.locate_file(package))) / "_jsii"
    tarballs = sorted(folder.glob("*.jsii.tgz"))
    if len(tarballs) != 1:
        raise SchemaError(f"expected one *.jsii.tgz in {folder}, found {len(tarballs)}")
    return Bindings(distribution.version, tarballs[0])


def modules(tarball: Path) -> Iterator[tuple[str, list[bytes]]]:
    """Yield the name and the files of every binding, ``index.js`` first."""
    split: dict[str, list[bytes]] = {}
    structs: dict[str, list[bytes]] = {}
    with tarfile.open(tarball, "r|gz") as archive:
        for member in archive:
            parts = member.name.split("/")
            if parts[1:2] != ["lib"] or not parts[-1].endswith(".js"):
                continue
            stream = archive.extractfile(member)
            assert stream is not None
            if len(parts) == 4 and parts[3] == "index.js":
                javascript = stream.read()
                if b'"./index-structs' in javascript:
                    split[parts[2]] = [javascript]
                else:
                    yield parts[2], [javascript]
            elif len(parts) == 5 and parts[3] == "index-structs" and parts[4] != "index.js":
                structs.setdefault(parts[2], []).append(stream.read())
    for name, files in split.items():
        yield name, files + structs.get(name, [])


def type_of(name: str, javascript: bytes) -> tuple[Kind, str] | None:
    """Return the kind and Terraform name of the type that a module defines, if it defines any.

    Ephemeral resources, which the bindings of cdktn have, are left out: the stand-in has none.
    """
    match = _TYPE_NAME.search(javascript)
    if match is None or name.startswith("ephemeral-"):
        return None
    type_name = match[1].decode()
    if name == "provider":
        return "provider", type_name
    return ("data" if name.startswith("data-") else "resource"), type_name


def provider_versions(javascript: bytes) -> list[str]:
    """Return the version in the links to the provider's pages in the Terraform registry."""
    match = re.search(rb"/providers/hashicorp/\w+/([0-9.]+)/docs", javascript)
    return [match[1].decode()] if match else []
