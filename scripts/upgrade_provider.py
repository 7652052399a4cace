"""``make upgrade-provider VERSION=``: what other bindings of google change for what is in use.

The wheel of the version is downloaded and read, not installed. It is that of CDK Terrain
(``cdktn-provider-google``) from 16.13 on, where the bindings of cdktf end. Compared are the schemas
of the types that the synthesized stacks use; defaults, validations and behaviour are not in the
bindings.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from provider_schema.bindings import DISTRIBUTION, Bindings
from provider_schema.blocks import Block, Kind, ProviderSchema, SchemaError
from provider_schema.difference import Change, changes, gone
from provider_schema.store import GOOGLE, SchemaStore, cache_folder
from rehearsal.synthesized import SynthesizedStack, read_all
from terraform_json import SynthesizedError, blocks, construct_path, resources

PROJECT = Path(__file__).resolve().parent.parent
TERRAIN = "cdktn-provider-google"
FIRST_OF_TERRAIN = (16, 13)
"""The first minor version that the bindings of cdktf do not have."""
_REFERENCE = re.compile(r"(?<![\w.-])(data\.)?(google_\w+)\.[\w-]+((?:\.[\w-]+|\[[^\]]*\])+)")
_INDEX = re.compile(r"\[[^\]]*\]|\.\d+(?=\.|$)|\.\*")


@dataclass(frozen=True)
class Use:
    """A block of a stack that is of a type, or an expression that refers to one."""

    stack: str
    place: str
    """The construct's path below the stack, or the address."""


@dataclass(frozen=True)
class Finding:
    """A change of a type in use, and what it breaks."""

    kind: Kind
    type: str
    change: Change
    uses: tuple[Use, ...] = ()

    @property
    def name(self) -> str:
        """The type, and the argument or block of it."""
        shown = {"resource": self.type, "data": f"data.{self.type}", "provider": "provider"}
        return ".".join((shown[self.kind], *self.change.path))


def main(arguments: Sequence[str] | None = None) -> int:
    """Return 0 if nothing in use breaks, 1 if something does, 2 if it cannot be known."""
    parser = argparse.ArgumentParser(prog="upgrade-provider", description=__doc__)
    parser.add_argument("version", help="of the bindings, such as 21.1.0")
    parser.add_argument("--out", type=Path, default=PROJECT / "cdktf.out", help="the stacks")
    parser.add_argument("--json", action="store_true", help="print everything for a program")
    options = parser.parse_args(arguments)
    try:
        stacks = read_all(options.out)
        wheel = download(options.version, cache_folder() / "wheels")
        digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
        with tempfile.TemporaryDirectory() as folder:
            new = SchemaStore(bindings=Bindings(options.version, _tarball(wheel, Path(folder))))
            versions, findings = compare(SchemaStore(), new, stacks)
    except (SchemaError, SynthesizedError) as error:
        print(f"upgrade-provider: {error}", file=sys.stderr)
        return 2
    about = {"from": versions[0], "to": versions[1], "wheel": wheel.name, "sha256": digest}
    if options.json:
        entries = [_as_json(finding) for finding in findings]
        print(json.dumps({**about, "changes": entries}, indent=1))
    else:
        print("\n".join(_lines(about, findings)))
    return 1 if any(finding.uses for finding in findings) else 0


def download(version: str, folder: Path) -> Path:
    """Return the wheel of a version of the bindings, from ``folder`` if it is there.

    Raises ``SchemaError``.
    """
    match = re.fullmatch(r"(\d+)\.(\d+)\.\d+", version)
    if match is None:
        raise SchemaError(f"{version} is no version of the bindings; write it as in 21.1.0")
    is_terrain = (int(match[1]), int(match[2])) >= FIRST_OF_TERRAIN
    distribution = TERRAIN if is_terrain else DISTRIBUTION
    wheel = folder / f"{distribution.replace('-', '_')}-{version}-py3-none-any.whl"
    if not wheel.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        requirement = f"{distribution}=={version}"
        pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "download"]
        done = subprocess.run(
            [*pip, "--no-deps", "--only-binary=:all:", "--dest", folder, requirement],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0 or not wheel.is_file():
            reason = (done.stderr.strip() or done.stdout.strip()).rpartition("\n")[2]
            raise SchemaError(f"pip did not get {requirement}: {reason}")
    return wheel


def _tarball(wheel: Path, folder: Path) -> Path:
    try:
        with zipfile.ZipFile(wheel) as archive:
            (name,) = (n for n in archive.namelist() if n.endswith(".jsii.tgz"))
            return Path(archive.extract(name, folder))
    except (ValueError, zipfile.BadZipFile):
        raise SchemaError(f"{wheel} holds no jsii tarball; remove it") from None


def compare(
    old_store: SchemaStore, new_store: SchemaStore, stacks: Sequence[SynthesizedStack]
) -> tuple[tuple[str, str], list[Finding]]:
    """Return the versions of the provider, and what changes of the types in use, breaks first."""
    resource_types = {kind for stack in stacks for kind in stack.types("resource")}
    data_types = {kind for stack in stacks for kind in stack.types("data")}
    old, new = (s.load(resource_types, data_types) for s in (old_store, new_store))
    bodies = _bodies(stacks)
    references = _references(stacks)
    findings = []
    for (kind, name), before in _types(old).items():
        after = _types(new).get((kind, name))
        if after is None:
            what = gone(name, old_store.names(kind), new_store.names(kind))
            uses = tuple(use for use, _ in bodies[kind, name])
            findings.append(Finding(kind, name, Change((), what, "set"), uses))
            continue
        for change in changes(before, after):
            broken = [use for use, body in bodies.get((kind, name), ()) if change.is_broken(body)]
            if change.breaks == "set":
                broken += [
                    use
                    for use, path in references.get((kind, name), ())
                    if path[: len(change.path)] == change.path
                ]
            uses = tuple(dict.fromkeys(broken))
            findings.append(Finding(kind, name, change, uses))
    findings.sort(key=lambda finding: (not finding.uses, finding.name))
    return (old.provider_version, new.provider_version), findings


def _types(schema: ProviderSchema) -> dict[tuple[Kind, str], Block]:
    types: dict[tuple[Kind, str], Block] = {("provider", GOOGLE): schema.provider}
    types.update({("resource", name): block for name, block in schema.resources.items()})
    types.update({("data", name): block for name, block in schema.data_sources.items()})
    return types


Bodies = Mapping[tuple[Kind, str], list[tuple[Use, Mapping[str, Any]]]]
References = Mapping[tuple[Kind, str], list[tuple[Use, tuple[str, ...]]]]


def _bodies(stacks: Sequence[SynthesizedStack]) -> Bodies:
    bodies: dict[tuple[Kind, str], list[tuple[Use, Mapping[str, Any]]]] = {}
    for stack in stacks:
        for kind, name, use, body in _blocks(stack):
            bodies.setdefault((kind, name), []).append((use, body))
    return bodies


def _blocks(stack: SynthesizedStack) -> Iterator[tuple[Kind, str, Use, Mapping[str, Any]]]:
    kinds: tuple[Kind, ...] = ("resource", "data")
    for kind in kinds:
        for type_name, name, body in resources(stack.configuration, kind):
            path = (construct_path(body) or "").removeprefix(f"{stack.name}/")
            yield kind, type_name, Use(stack.name, path or f"{type_name}.{name}"), body
    for (name,), body in blocks(stack.configuration.get("provider", []), 1):
        if name == GOOGLE:
            yield "provider", name, Use(stack.name, f"provider.{name}"), body


def _references(stacks: Sequence[SynthesizedStack]) -> References:
    """Return what of a type the expressions of the stacks refer to, and where they are."""
    references: dict[tuple[Kind, str], list[tuple[Use, tuple[str, ...]]]] = {}
    for stack in stacks:
        places = [(use, body) for _, _, use, body in _blocks(stack)]
        for section in ("output", "locals"):
            places.append((Use(stack.name, section), {section: stack.configuration.get(section)}))
        for use, body in places:
            for data, type_name, rest in _REFERENCE.findall(json.dumps(body)):
                path = tuple(_INDEX.sub("", rest).strip(".").split("."))
                kind: Kind = "data" if data else "resource"
                references.setdefault((kind, type_name), []).append((use, path))
    return references


def _lines(about: Mapping[str, str], findings: Sequence[Finding]) -> Iterator[str]:
    """Yield the report for people; what is new without values to choose from is only counted."""
    yield f"google {about['from']} -> {about['to']}"
    yield f"{about['wheel']}, sha256 {about['sha256']}"
    broken = [finding for finding in findings if finding.uses]
    yield f"\nChanges that break what is in use: {len(broken)}"
    for finding in broken:
        yield f"\n{finding.name}\n    {finding.change.what}"
        stacks_by_place: dict[str, list[str]] = {}
        for use in finding.uses:
            stacks_by_place.setdefault(use.place, []).append(use.stack)
        for place, stacks in stacks_by_place.items():
            yield f"    used by {place} of {', '.join(stacks)}"
    added = [f for f in findings if not f.uses and f.change.what.startswith("a new")]
    rest = [f for f in findings if not f.uses and f not in added]
    chosen = [f for f in added if ", one of " in f.change.what]
    for title, group in (
        ("Changed, but not as it is used", rest),
        ("New in types in use, with values to choose from", chosen),
    ):
        if group:
            yield f"\n{title}:"
            yield from (f"  {finding.name}: {finding.change.what}" for finding in group)
    yield f"\nNew without such values: {len(added) - len(chosen)}; --json lists them"
    yield (
        "Defaults, validations and behaviour are not in the bindings: "
        "read the provider's own upgrade guide as well."
    )


def _as_json(finding: Finding) -> dict[str, Any]:
    return {
        "name": finding.name,
        "kind": finding.kind,
        "type": finding.type,
        "path": list(finding.change.path),
        "what": finding.change.what,
        "breaks": [{"stack": use.stack, "construct": use.place} for use in finding.uses],
    }


if __name__ == "__main__":
    sys.exit(main())
