"""Reads the output of ``cdktf synth``: the stacks in the order of deployment."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


class SynthesizedError(Exception):
    """There are no synthesized stacks, or the requested ones are missing."""


@dataclass(frozen=True)
class SynthesizedStack:
    """A stack's folder and its parsed ``cdk.tf.json``."""

    name: str
    folder: Path
    configuration: Mapping[str, Any]

    def google_types(self, section: str) -> list[str]:
        """Return the google types of a section, ``resource`` or ``data``."""
        return [t for t in self.configuration.get(section) or {} if t.startswith("google_")]

    def resources(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield the address and the arguments of each resource."""
        for kind, by_name in (self.configuration.get("resource") or {}).items():
            for name, arguments in by_name.items():
                yield f"{kind}.{name}", arguments


def read_stack(folder: Path) -> SynthesizedStack:
    """Read a stack's folder; raise ``SynthesizedError`` if it holds no stack."""
    path = folder / "cdk.tf.json"
    try:
        configuration = json.loads(path.read_text())
    except FileNotFoundError as error:
        raise SynthesizedError(f"{folder} holds no cdk.tf.json; run `make synth` first") from error
    except json.JSONDecodeError as error:
        raise SynthesizedError(f"{path} is not JSON: {error}") from error
    if not isinstance(configuration, dict):
        raise SynthesizedError(f"{path} is not a Terraform configuration: not an object")
    return SynthesizedStack(folder.name, folder, configuration)


def read_all(outdir: Path) -> list[SynthesizedStack]:
    """Return every stack of the manifest, each after the stacks that it depends on.

    Raises ``SynthesizedError``.
    """
    path = outdir / "manifest.json"
    if not path.is_file():
        raise SynthesizedError(f"{outdir} holds no manifest.json; run `make synth` first")
    manifest = json.loads(path.read_text())["stacks"]
    ordered: dict[str, None] = {}

    def visit(name: str) -> None:
        for dependency in sorted(manifest[name]["dependencies"]):
            visit(dependency)
        ordered.setdefault(name)

    for name in sorted(manifest):
        visit(name)
    return [read_stack(outdir / manifest[name]["workingDirectory"]) for name in ordered]


def select_stacks(
    stacks: list[SynthesizedStack], environment: str | None, stack: str | None
) -> list[SynthesizedStack]:
    """Return the stacks of an environment, or a stack by name; without either, all.

    Raises ``SynthesizedError`` if there are none.
    """
    chosen = [
        s
        for s in stacks
        if (not environment or s.name.partition("-")[0] == environment)
        and (not stack or s.name == stack)
    ]
    if not chosen:
        request = " ".join(filter(None, (environment, stack)))
        raise SynthesizedError(f"no stack {request}; there are {', '.join(s.name for s in stacks)}")
    return chosen


def named_constructs(configuration: Mapping[str, Any], output: str) -> dict[str, str]:
    """Return the construct paths of the resources that Terraform's output names, by address."""
    paths = {}
    for section, prefix in (("resource", ""), ("data", "data.")):
        for kind, by_name in (configuration.get(section) or {}).items():
            for name, entry in by_name.items():
                path = entry.get("//", {}).get("metadata", {}).get("path")
                address = f"{prefix}{kind}.{name}"
                if path and re.search(rf"(?<![\w-]){re.escape(address)}(?![\w-])", output):
                    paths[address] = path
    return dict(sorted(paths.items()))
