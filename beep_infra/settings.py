"""The environment files, for the commands. Importing them takes a while: only when needed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from beep_infra.output import Refusal
from problems import ConfigurationError, did_you_mean

if TYPE_CHECKING:
    from envfile import Target
    from environments import Configuration, Environment
    from envschema import AppEnvironment

ROOT = Path(__file__).parent.parent
ENVIRONMENTS = ROOT / "environments"


def require_checkout(because: str = "this changes the repository's files") -> None:
    """Refuse where the command is installed instead of checked out."""
    if not (ROOT / "cdktf.json").exists():
        raise Refusal(f"{because}: run it in a checkout of beep-infra")


def configuration() -> Configuration:
    """Load every environment; all files must be sound, as for a synthesis."""
    from environments import load

    try:
        return load(ENVIRONMENTS)
    except ConfigurationError as error:
        raise Refusal(f"the environment files are not valid\n\n{error}") from None


def environment(name: str) -> Environment:
    """Load one environment; raises Refusal with the names there are."""
    return configuration().environment(known(name))


def known(name: str) -> str:
    """Return the name of an environment; raises Refusal with the names there are."""
    from environments import environment_names

    try:
        names = environment_names(ENVIRONMENTS)
    except ConfigurationError as error:
        raise Refusal(f"the environment files are not valid\n\n{error}") from None
    if name not in names:
        near = did_you_mean(name, names)
        hint = f"did you mean {near}? " if near else ""
        raise Refusal(f'there is no environment "{name}"; {hint}there are: {", ".join(names)}')
    return name


def application(loaded: Environment, app: str) -> AppEnvironment:
    """Return an application of an environment, unless it is not deployed there."""
    if app in loaded.apps:
        return loaded.apps[app]
    from envschema.services import MIGRATE, applications

    name, deployed = loaded.settings.environment, ", ".join(loaded.apps)
    known = (*(service.name for service in applications()), MIGRATE)
    if app in known:
        raise Refusal(f"{app} is not deployed in {name}; there are: {deployed}")
    near = did_you_mean(app, known)
    hint = f"did you mean {near}? " if near else ""
    raise Refusal(f"there is no application {app}; {hint}{name} has: {deployed}")


def target(name: str) -> Target:
    """Return what a dotenv file for an environment is held against."""
    return target_of(environment(name))


def target_of(loaded: Environment) -> Target:
    """Return what a dotenv file for a loaded environment is held against."""
    from constructs_lib.environment.wiring import enabled_features
    from envfile import Target
    from envschema import FromTopology

    hosts: dict[str, set[str]] = {}
    for bound in loaded.apps.values():
        for variable, binding in bound.bindings.items():
            if isinstance(binding, FromTopology) and binding.key.startswith(("hosts", "domain")):
                hosts.setdefault(variable, set()).add(binding.value)
    auth_paths = (
        bound.values["NEXT_PUBLIC_AUTH_PATH"]
        for bound in loaded.apps.values()
        if "NEXT_PUBLIC_AUTH_PATH" in bound.values
    )
    redis = loaded.settings.enabled_redis
    return Target(
        name=loaded.settings.environment,
        is_live=not loaded.settings.disposable,
        version=loaded.settings.version,
        features=enabled_features(loaded.settings),
        hosts={variable: frozenset(values) for variable, values in hosts.items()},
        auth_path=next(iter(auth_paths), None),
        redis_scheme=("rediss" if redis.transit_encryption else "redis") if redis else None,
    )
