"""Reads the output of ``cdktf synth``: the stacks in the order of deployment."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from provider_schema.store import BETA
from terraform_json import (
    SynthesizedError,
    blocks,
    construct_path,
    in_order_of_deployment,
    read_manifest,
    read_stack,
    resources,
)

IGNORED = shutil.ignore_patterns(".terraform", "*.tfstate*", ".terraform.lock*")
"""What Terraform leaves in a folder, and a copy must not have."""


@dataclass(frozen=True)
class SynthesizedStack:
    """A stack's folder and its parsed ``cdk.tf.json``."""

    name: str
    folder: Path
    configuration: Mapping[str, Any]
    modules: Mapping[Path, Mapping[str, Any]] = field(default_factory=dict, kw_only=True)
    """The configurations of the local modules that it calls, by folder."""
    requirements: tuple[tuple[str, str], ...] = field(default=(), kw_only=True)
    """Where a version of the google provider is asked for, and the constraint."""
    set_by_files: frozenset[str] = field(default=frozenset(), kw_only=True)
    """The variables that files of values in the folder set."""

    @property
    def place(self) -> Path:
        """Where the folder's copy is, below a folder of the rehearsal."""
        return Path(self.name)

    def copy_to(self, copy: Path) -> None:
        """Copy the folder, without what Terraform left there."""
        shutil.copytree(self.folder, copy, ignore=IGNORED)

    def types(self, section: str) -> list[str]:
        """Return the types of a section, ``resource`` or ``data``, those of modules included."""
        return list(dict.fromkeys(kind for kind, _ in self._bodies(section)))

    def needs_beta(self) -> bool:
        """Tell whether the google-beta provider is required, or a resource names it."""
        return any(
            BETA in required
            for configuration in (self.configuration, *self.modules.values())
            for _, settings in blocks(configuration.get("terraform"), 0)
            for _, required in blocks(settings.get("required_providers"), 0)
        ) or any(
            BETA in str(arguments.get("provider"))
            for section in ("resource", "data")
            for _, arguments in self._bodies(section)
        )

    def _bodies(self, section: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        for configuration in (self.configuration, *self.modules.values()):
            for kind, _, arguments in resources(configuration, section):
                yield kind, arguments

    @property
    def reads_remote_state(self) -> bool:
        """Whether it reads outputs of another stack."""
        return "terraform_remote_state" in self.types("data")

    def resources(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Yield the address and the arguments of each resource that is not in a module."""
        for kind, name, arguments in resources(self.configuration):
            yield f"{kind}.{name}", arguments

    def count(self) -> int:
        """Return how many resources are declared, in modules as well."""
        return sum(1 for _ in self._bodies("resource"))


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
