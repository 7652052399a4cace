"""Reads the output of ``cdktf synth``: the stacks in the order of deployment."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from terraform_json import (
    SynthesizedError,
    construct_path,
    in_order_of_deployment,
    read_manifest,
    read_stack,
    resources,
)


@dataclass(frozen=True)
class SynthesizedStack:
    """A stack's folder and its parsed ``cdk.tf.json``."""

    name: str
    folder: Path
    configuration: Mapping[str, Any]

    def types(self, section: str) -> list[str]:
        """Return the types of a section, ``resource`` or ``data``."""
        return list(dict.fromkeys(kind for kind, _, _ in resources(self.configuration, section)))

    @property
    def reads_remote_state(self) -> bool:
        """Whether it reads outputs of another stack."""
        return "terraform_remote_state" in self.types("data")

    def resources(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Yield the address and the arguments of each resource."""
        for kind, name, arguments in resources(self.configuration):
            yield f"{kind}.{name}", arguments


def read_all(outdir: Path) -> list[SynthesizedStack]:
    """Return every stack of the manifest, each after the stacks that it depends on.

    Raises ``SynthesizedError``.
    """
    entries = read_manifest(outdir)
    return [
        SynthesizedStack(name, entries[name].file.parent, read_stack(entries[name].file))
        for name in in_order_of_deployment(entries)
    ]


def is_of(stack: str, environment: str) -> bool:
    """Tell whether a stack belongs to an environment, whose name may have hyphens."""
    return stack.rpartition("-")[0] == environment


def select_stacks(
    stacks: list[SynthesizedStack], environment: str | None, stack: str | None
) -> list[SynthesizedStack]:
    """Return the stacks of an environment, or a stack by name; without either, all.

    Raises ``SynthesizedError`` if there are none.
    """
    chosen = [
        s
        for s in stacks
        if (not environment or is_of(s.name, environment)) and (not stack or s.name == stack)
    ]
    if not chosen:
        request = " ".join(filter(None, (environment, stack)))
        raise SynthesizedError(f"no stack {request}; there are {', '.join(s.name for s in stacks)}")
    return chosen


def named_constructs(configuration: Mapping[str, Any], output: str) -> dict[str, str]:
    """Return the construct paths of the resources that Terraform's output names, by address."""
    paths = {}
    for section, prefix in (("resource", ""), ("data", "data.")):
        for kind, name, arguments in resources(configuration, section):
            path = construct_path(arguments)
            address = f"{prefix}{kind}.{name}"
            if path and re.search(rf"(?<![\w-]){re.escape(address)}(?![\w-])", output):
                paths[address] = path
    return dict(sorted(paths.items()))
