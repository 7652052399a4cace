"""One environment, checked and complete: all that the stacks need to know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from constructs_lib.environment.names import Names
from constructs_lib.environment.settings import EnvironmentSettings
from constructs_lib.environment.wiring import SecretUse
from constructs_lib.pipeline.settings import BootstrapSettings
from envschema import AppEnvironment


@dataclass(frozen=True, slots=True)
class Environment:
    """One environment, checked and complete: all that the stacks need to know."""

    settings: EnvironmentSettings
    shared: BootstrapSettings
    names: Names
    apps: Mapping[str, AppEnvironment]
    """The variables of each deployed application, by its name in the catalogue."""
    secrets: tuple[SecretUse, ...]
