"""What one thing of an environment gives to the variables of the applications."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from constructs_lib.environment.names import Names
from constructs_lib.environment.settings import EnvironmentSettings
from envschema import AppEnvironment, Binding, FromTopology, kinds
from envschema.kinds import Kind

Values = Iterable[tuple[str, FromTopology]]
Readers = Iterable[tuple[str, str]]
Applications = Mapping[str, AppEnvironment]


class Origin(StrEnum):
    """Where the value of a secret comes from, and with that who writes its versions."""

    GIVEN = "given"
    """Somebody else issued it, as a vendor's key: a person hands it to ``secrets sync``."""
    GENERATED = "generated"
    """Random: ``secrets sync`` makes it."""
    TERRAFORM = "Terraform"
    """Composed of another secret and an address by the stack ``data``."""
    GOOGLE = "Google"
    """Chosen by Google; the stack ``data`` writes it."""

    @property
    def is_written_by_terraform(self) -> bool:
        """Whether nobody else may add a version, or the numbers part."""
        return self in {Origin.TERRAFORM, Origin.GOOGLE}


@dataclass(frozen=True, slots=True)
class SecretValue:
    """What is known of a secret's value without knowing the value."""

    origin: Origin
    kind: Kind = kinds.NON_EMPTY
    holds: str | None = None
    """The secret whose value is a part of it, so that both change together."""
    server: str | None = None
    """The host whose key and certificate it is; what is generated is else a random text."""


SecretValues = Mapping[str, SecretValue]


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


def _no_secret_values(settings: EnvironmentSettings, names: Names) -> SecretValues:
    return {}


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
    secret_values: Callable[[EnvironmentSettings, Names], SecretValues] = _no_secret_values
    """Where the values of secrets come from that nobody has to be asked for. What Terraform writes
    exists even where no application reads it."""
    secret_aliases: Mapping[str, str] = field(default_factory=dict)
    """Secret variables whose value is that of another variable."""
