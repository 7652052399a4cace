"""What ``cdktf synth`` wrote: stacks in the order of deployment, and their constructs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


class SynthesizedError(Exception):
    """No synthesized stacks, or not those asked for."""


@dataclass(frozen=True)
class Synthesized:
    """One stack's folder and its parsed ``cdk.tf.json``."""

    name: str
    folder: Path
    configuration: Mapping[str, Any]

    def google_types(self, section: str) -> list[str]:
        """The google types of ``resource`` or ``data``."""
        return [t for t in self.configuration.get(section) or {} if t.startswith("google_")]

    def resources(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Each resource's address and arguments."""
        for kind, by_name in (self.configuration.get("resource") or {}).items():
            for name, arguments in by_name.items():
                yield f"{kind}.{name}", arguments


def read_stack(folder: Path) -> Synthesized:
    """Read one stack's folder; raise ``SynthesizedError`` when it is none."""
    path = folder / "cdk.tf.json"
    try:
        configuration = json.loads(path.read_text())
    except FileNotFoundError as error:
        raise SynthesizedError(f"{folder} holds no cdk.tf.json; run `make synth` first") from error
    except json.JSONDecodeError as error:
        raise SynthesizedError(f"{path} is not JSON: {error}") from error
    if not isinstance(configuration, dict):
        raise SynthesizedError(f"{path} is not a Terraform configuration: not an object")
    return Synthesized(folder.name, folder, configuration)


def read_all(outdir: Path) -> list[Synthesized]:
    """Read every stack of the manifest, each after those that it depends on."""
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


def narrow(
    stacks: list[Synthesized], environment: str | None, stack: str | None
) -> list[Synthesized]:
    """The stacks of one environment, or the one stack; all without either."""
    chosen = [
        s
        for s in stacks
        if (not environment or s.name.partition("-")[0] == environment)
        and (not stack or s.name == stack)
    ]
    if not chosen:
        asked = " ".join(filter(None, (environment, stack)))
        raise SynthesizedError(f"no stack {asked}; there are {', '.join(s.name for s in stacks)}")
    return chosen


def named_constructs(configuration: Mapping[str, Any], output: str) -> dict[str, str]:
    """The construct path of every resource that Terraform's output names, by address."""
    found = {}
    for section, prefix in (("resource", ""), ("data", "data.")):
        for kind, by_name in (configuration.get(section) or {}).items():
            for name, entry in by_name.items():
                path = entry.get("//", {}).get("metadata", {}).get("path")
                address = f"{prefix}{kind}.{name}"
                if path and re.search(rf"(?<![\w-]){re.escape(address)}(?![\w-])", output):
                    found[address] = path
    return dict(sorted(found.items()))
