"""The environment files, for the commands. Importing them takes a while: only when needed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from beep_infra.output import EnvironmentName, Refusal
from problems import ConfigurationError

if TYPE_CHECKING:
    from envfile import Target
    from environments import Environment
    from envschema import App, AppEnvironment

ENVIRONMENTS = Path(__file__).parent.parent / "environments"


def environment(name: EnvironmentName) -> Environment:
    """Load one environment; all files must be sound, as for a synthesis."""
    from environments import load

    try:
        configuration = load(ENVIRONMENTS)
    except ConfigurationError as error:
        raise Refusal(f"the environment files are not valid\n\n{error}") from None
    return next(e for e in configuration.environments if e.settings.environment == name)


def application(loaded: Environment, app: App) -> AppEnvironment:
    """Return an application of an environment, unless it is not deployed there."""
    if app not in loaded.apps:
        name = loaded.settings.environment
        deployed = ", ".join(loaded.apps)
        raise Refusal(f"{app} is not deployed in {name}; there are: {deployed}")
    return loaded.apps[app]


def target(name: EnvironmentName) -> Target:
    """Return what a dotenv file for an environment is held against."""
    from constructs_lib.environment.wiring import features_on
    from envfile import Target
    from envschema import FromTopology

    loaded = environment(name)
    hosts: dict[str, set[str]] = {}
    for bound in loaded.apps.values():
        for variable, binding in bound.bindings.items():
            if isinstance(binding, FromTopology) and binding.key.startswith(("hosts", "domain")):
                hosts.setdefault(variable, set()).add(binding.value)
    redis = loaded.settings.redis_on
    return Target(
        name=name.value,
        is_live=name is not EnvironmentName.DEV,
        features=features_on(loaded.settings),
        hosts={variable: frozenset(values) for variable, values in hosts.items()},
        redis_scheme=("rediss" if redis.transit_encryption else "redis") if redis else None,
    )
