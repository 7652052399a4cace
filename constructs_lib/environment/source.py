"""What one thing of an environment gives to the variables of the applications."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from constructs_lib.environment.names import Names
from constructs_lib.environment.settings import EnvironmentSettings
from envschema import AppEnvironment, Binding, FromTopology

Values = Iterable[tuple[str, FromTopology]]
Readers = Iterable[tuple[str, str]]
Applications = Mapping[str, AppEnvironment]


def _no_values(settings: EnvironmentSettings, names: Names) -> Values:
    return ()


def _no_bindings(
    app: str, settings: EnvironmentSettings, names: Names
) -> Iterable[tuple[str, Binding]]:
    return ()


def _no_variables(settings: EnvironmentSettings) -> Mapping[str, str]:
    return {}


def _no_secrets(settings: EnvironmentSettings) -> Iterable[str]:
    return ()


def _no_readers(settings: EnvironmentSettings, apps: Applications) -> Readers:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class VariableSource:
    """What a thing knows of the variables that follow from it. Each part may be left out."""

    values: Callable[[EnvironmentSettings, Names], Values] = _no_values
    """Variables that follow from the settings, the same for every application."""
    bindings: Callable[[str, EnvironmentSettings, Names], Iterable[tuple[str, Binding]]] = (
        _no_bindings
    )
    """What differs from one application to the next, by the application's name."""
    disabled_variables: Callable[[EnvironmentSettings], Mapping[str, str]] = _no_variables
    """Variables that a switch leaves without a source, and the switch. They are required all the
    same, even where the schema has a default."""
    own_secrets: Callable[[EnvironmentSettings], Iterable[str]] = _no_secrets
    """Secrets that no application's schema knows; their versions can be pinned as well."""
    secret_readers: Callable[[EnvironmentSettings, Applications], Readers] = _no_readers
    """Who reads a secret although no application's schema says so: variable and workload."""
    written_secrets: Callable[[EnvironmentSettings], Iterable[str]] = _no_secrets
    """Secrets that a stack writes, so they exist even where no application reads them."""
    secret_aliases: Mapping[str, str] = field(default_factory=dict)
    """Secret variables whose value is that of another variable."""
