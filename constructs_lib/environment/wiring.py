"""What each application of an environment is given, and where each value comes from.

One pass from settings to bindings: literals that the file states, values that follow from what
the environment consists of, and secrets by name and version.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from constructs_lib.environment.authorities import SOURCE as AUTHORITIES
from constructs_lib.environment.names import Names
from constructs_lib.environment.services import deployed_applications
from constructs_lib.environment.settings import EnvironmentSettings
from constructs_lib.environment.source import Origin, SecretValue, VariableSource
from constructs_lib.environment.variables import SOURCE as ENVIRONMENT
from constructs_lib.mcp.variables import SOURCE as MCP
from constructs_lib.postgres.variables import SOURCE as POSTGRES
from constructs_lib.redis.variables import SOURCE as REDIS
from constructs_lib.storage.variables import SOURCE as STORAGE
from constructs_lib.telemetry.variables import SOURCE as TELEMETRY
from envschema import (
    AppEnvironment,
    Binding,
    Feature,
    Literal,
    Secret,
    bind,
    contract,
    legacy_names,
)
from envschema.binding import check_names
from envschema.services import MIGRATE
from problems import ConfigurationError, Problem, did_you_mean

SOURCES: tuple[VariableSource, ...] = (
    ENVIRONMENT,
    POSTGRES,
    REDIS,
    AUTHORITIES,
    STORAGE,
    TELEMETRY,
    MCP,
)

_ALIASES = {alias: name for source in SOURCES for alias, name in source.secret_aliases.items()}


@dataclass(frozen=True, slots=True)
class SecretUse:
    """A secret that the environment uses, and the workloads that may read it."""

    variable: str
    secret_id: str
    version: int
    readers: tuple[str, ...]
    value: SecretValue
    input_names: tuple[str, ...]
    """The variables of a dotenv file that hold its value: its own, and its aliases."""


def enabled_features(settings: EnvironmentSettings) -> frozenset[Feature]:
    """Return the integrations that the environment file switches on."""
    features = settings.features
    enabled = {Feature(f"oauth {provider}") for provider in features.oauth_providers}
    if settings.storage is not None:
        enabled.add(Feature.STORAGE)
    enabled.update(f for f in Feature if getattr(features, f.value, False) is True)
    return frozenset(enabled)


def wire(
    settings: EnvironmentSettings, names: Names, where: str
) -> tuple[dict[str, AppEnvironment], list[Problem]]:
    """Bind every variable of every application that is deployed."""
    features = enabled_features(settings)
    apps = (*(service.name for service in deployed_applications(settings)), MIGRATE)
    shared, problems = _shared_bindings(settings, names, features, where)
    disabled = _disabled_variables(settings)
    environments: dict[str, AppEnvironment] = {}
    for app in apps:
        own = (binding for source in SOURCES for binding in source.bindings(app, settings, names))
        environments[app], unbound = bind(
            app,
            {**shared, **dict(own)},
            features=features,
            where=where,
            deployed=frozenset(apps),
            absent_because=disabled,
            version=settings.version,
        )
        problems.extend(unbound)
    # A variable that several applications read is at fault once, not once for each.
    return environments, list(dict.fromkeys(problems))


def secrets_in_use(
    settings: EnvironmentSettings, names: Names, apps: Mapping[str, AppEnvironment]
) -> tuple[SecretUse, ...]:
    """Return each secret once, with everyone who reads it, sorted by its id.

    Raises ``ConfigurationError`` if a source names a reader of a secret that nothing declares.
    """
    in_contract = contract(settings.version).keys() - _ALIASES.keys()
    known = (*in_contract, *_ALIASES.values(), *_own_secrets(settings))
    readers: dict[str, set[str]] = {}
    for app, environment in apps.items():
        for secret in environment.secrets.values():
            readers.setdefault(secret.secret_id, set()).add(app)
    for source in SOURCES:
        for variable, workload in source.secret_readers(settings, apps):
            if variable not in known:
                raise unknown_secret(variable, known, workload)
            readers.setdefault(names.secret(variable), set()).add(workload)
    values = {
        variable: value
        for source in SOURCES
        for variable, value in source.secret_values(settings, names).items()
    }
    for variable, value in values.items():
        if value.origin.is_written_by_terraform:
            readers.setdefault(names.secret(variable), set())
    variables = {names.secret(name): name for name in known}
    return tuple(
        SecretUse(
            variables[secret_id],
            secret_id,
            settings.secret_version(variables[secret_id]),
            tuple(sorted(workloads)),
            values.get(variables[secret_id]) or _value_by_contract(settings, variables[secret_id]),
            _input_names(settings, variables[secret_id]),
        )
        for secret_id, workloads in sorted(readers.items())
    )


def unknown_secret(variable: str, known: Iterable[str], reader: str) -> ConfigurationError:
    """Return the error for a secret that our code lets somebody read, and that nothing declares."""
    near = did_you_mean(variable, known)
    return ConfigurationError(
        [
            Problem(
                "constructs_lib",
                variable,
                f"{reader} reads this secret, and nothing of this environment declares it",
                f"write {near}"
                if near
                else "add it to own_secrets of the thing that it belongs to",
                allowed="secret variables of the contract, and own_secrets of a VariableSource",
            )
        ]
    )


def _input_names(settings: EnvironmentSettings, variable: str) -> tuple[str, ...]:
    read = contract(settings.version)
    aliases = (alias for alias, name in _ALIASES.items() if name == variable and alias in read)
    return variable, *aliases


def _value_by_contract(settings: EnvironmentSettings, variable: str) -> SecretValue:
    """Return what the contract says of a secret, by whichever of its names it is read.

    One that it does not know is given.
    """
    read = contract(settings.version)
    name = next((name for name in _input_names(settings, variable) if name in read), None)
    if name is None:
        return SecretValue(Origin.GIVEN)
    origin = Origin.GENERATED if read[name].generated else Origin.GIVEN
    return SecretValue(origin, read[name].kind)


def _own_secrets(settings: EnvironmentSettings) -> tuple[str, ...]:
    return tuple(name for source in SOURCES for name in source.own_secrets(settings))


def _disabled_variables(settings: EnvironmentSettings) -> dict[str, str]:
    """Return the variables that a switch has left without a source, and which switch."""
    return {
        name: switch
        for source in SOURCES
        for name, switch in source.disabled_variables(settings).items()
    }


def _shared_bindings(
    settings: EnvironmentSettings, names: Names, features: frozenset[Feature], where: str
) -> tuple[dict[str, Binding], list[Problem]]:
    """Return what is the same for every application, and what is wrong with the file's tables."""
    problems = check_names(
        settings.variables,
        features=features,
        where=where,
        table="variables",
        version=settings.version,
    )
    read = contract(settings.version)
    values = (value for source in SOURCES for value in source.values(settings, names))
    computed = {name: value for name, value in values if name in read}
    for name in settings.variables:
        if name in computed:
            origin = computed[name].key
            problems.append(
                Problem(
                    where,
                    f"variables.{name}",
                    f"is already computed from {origin}",
                    f"remove the line and change {origin} instead",
                )
            )
    literals = {
        name: Literal(value, f"variables.{name}")
        for name, value in settings.variables.items()
        if name not in computed
    }
    secrets = _secrets(settings, names, features)
    problems.extend(_unused_pins(settings, secrets, features, where))
    return {**secrets, **literals, **computed}, problems


def _secrets(
    settings: EnvironmentSettings, names: Names, features: frozenset[Feature]
) -> dict[str, Secret]:
    """Return a secret for each secret variable in use.

    A switch that is off takes its secrets away, unless ``secret_versions`` names them: then they
    are provided from outside, as for a database that is hosted elsewhere.
    """
    disabled = _disabled_variables(settings)
    return {
        name: _secret(settings, names, _ALIASES.get(name, name))
        for name, variable in contract(settings.version).items()
        if variable.secret
        and (variable.feature is None or variable.feature in features)
        and (name not in disabled or name in settings.secret_versions)
    }


def _secret(settings: EnvironmentSettings, names: Names, variable: str) -> Secret:
    return Secret(names.secret(variable), settings.secret_version(variable))


def _unused_pins(
    settings: EnvironmentSettings,
    in_use: Iterable[str],
    features: frozenset[Feature],
    where: str,
) -> Iterator[Problem]:
    used = {_ALIASES.get(name, name) for name in in_use}
    own = _own_secrets(settings)
    pinnable = {*used, *own}
    unknown = [name for name in settings.secret_versions if name not in pinnable]
    of_contract = {*contract(settings.version), *legacy_names(settings.version)}
    misnamed = check_names(
        # The contract knows nothing of our own secrets, and would advise to add the name there.
        [n for n in unknown if n in of_contract or not did_you_mean(n, own)],
        features=features,
        where=where,
        table="secret_versions",
        version=settings.version,
    )
    yield from misnamed
    reported = {problem.key for problem in misnamed}
    for name in unknown:
        key = f"secret_versions.{name}"
        if key in reported:
            continue
        near = did_you_mean(name, pinnable)
        yield Problem(
            where,
            key,
            f"{name} is not a secret that this environment uses",
            f"rename it to {near}" if near else "remove the line",
            allowed=", ".join(sorted(pinnable)),
        )
