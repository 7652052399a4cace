"""What the checks look at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from constructs_lib.environment.environment import Environment
from constructs_lib.environment.names import Names
from constructs_lib.environment.settings import EnvironmentSettings
from constructs_lib.pipeline.settings import BootstrapSettings
from google_api import Google
from terraform_json import STACK_FILE, read_stack, resources

PARTS = ("foundation", "data", "migrations", "services", "monitoring", "budget")
"""The stacks of an environment, as their names end."""


@dataclass(frozen=True)
class Context:
    """An environment, its synthesized stacks, and the ways to ask about them."""

    environment: Environment
    root: Path
    """The checkout, with ``environments`` and the tools that it installed."""
    outdir: Path
    """Where the stacks are synthesized to."""
    google: Google
    variables: Mapping[str, str]
    """The variables of the process: ``PATH``, ``TERRAFORM``."""
    today: date
    """What is over by now is measured by this day."""

    @property
    def settings(self) -> EnvironmentSettings:
        """The settings of the environment."""
        return self.environment.settings

    @property
    def shared(self) -> BootstrapSettings:
        """What all environments share."""
        return self.environment.shared

    @property
    def names(self) -> Names:
        """How the things of the environment are called."""
        return self.environment.names

    @property
    def file(self) -> str:
        """The environment's file, as messages name it."""
        return f"environments/{self.settings.environment}.toml"

    @property
    def projects(self) -> tuple[str, str]:
        """The environment's project, and the one that all share."""
        return self.settings.project_id, self.shared.project_id

    @property
    def stack_files(self) -> dict[str, Path]:
        """Where each stack is synthesized to, by its name."""
        name = self.settings.environment
        stacks = ("bootstrap", *(f"{name}-{part}" for part in PARTS))
        return {stack: self.outdir / "stacks" / stack / STACK_FILE for stack in stacks}

    @cached_property
    def stacks(self) -> dict[str, Any]:
        """The stacks of the environment that are synthesized, by their name.

        Raises SynthesizedError for one that cannot be read.
        """
        return {
            name: read_stack(path)
            for name, path in self.stack_files.items()
            if path.exists() and name != "bootstrap"
        }

    def resources(self, kind: str) -> Iterator[Mapping[str, Any]]:
        """Yield the arguments of every synthesized resource of a type."""
        for stack in self.stacks.values():
            yield from (arguments for of, _, arguments in resources(stack) if of == kind)
