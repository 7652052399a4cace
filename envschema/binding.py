"""Binding: each variable that an application reads to exactly one source."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from envschema import kinds
from envschema.features import Feature
from envschema.suggestions import similar_name
from envschema.variables import Need, Side, Variable, contract, legacy_names
from envschema.versions import DEFAULT_VERSION, Version
from problems import Problem


@dataclass(frozen=True, slots=True)
class Literal:
    """A value written in the environment file."""

    value: str
    key: str
    """The key of the environment file that holds it, for messages."""


@dataclass(frozen=True, slots=True)
class FromTopology:
    """A value computed from what the environment consists of."""

    value: str
    key: str
    """The setting it is computed from, for messages."""


@dataclass(frozen=True, slots=True)
class Secret:
    """A version of a Secret Manager secret, always by number."""

    secret_id: str
    version: int


Binding = Literal | FromTopology | Secret


@dataclass(frozen=True, slots=True)
class AppEnvironment:
    """The whole environment of one application, each variable bound once, sorted by name."""

    app: str
    """Its name in the catalogue."""
    version: Version
    """The version of the application that reads it."""
    bindings: Mapping[str, Binding]

    @property
    def values(self) -> dict[str, str]:
        """Return the variables whose value may stand in reviewed text."""
        return {n: b.value for n, b in self.bindings.items() if not isinstance(b, Secret)}

    @property
    def secrets(self) -> dict[str, Secret]:
        """Return the variables that are read from Secret Manager."""
        return {n: b for n, b in self.bindings.items() if isinstance(b, Secret)}

    def build_arguments(self) -> dict[str, str]:
        """Return what ``next build`` must be given, because it is inlined into the bundles."""
        return {n: v for n, v in self.values.items() if self._is_built_in(n)}

    def runtime_values(self) -> dict[str, str]:
        """Return the plain variables to set on the running container."""
        return {n: v for n, v in self.values.items() if not self._is_built_in(n)}

    def _is_built_in(self, name: str) -> bool:
        return contract(self.version)[name].side is Side.CLIENT


def bind(
    app: str,
    offered: Mapping[str, Binding],
    *,
    features: frozenset[Feature],
    where: str,
    deployed: frozenset[str],
    absent_because: Mapping[str, str],
    version: Version = DEFAULT_VERSION,
) -> tuple[AppEnvironment, list[Problem]]:
    """Bind every variable that ``app`` reads to one of the ``offered`` bindings.

    ``offered`` may hold more than this application reads. ``deployed`` names all applications of
    the environment, for the messages. ``absent_because`` names variables that a switch left
    without a source, and the switch; they are required even where the schema has a default.
    Returns the environment and all problems; it is whole only where there are none.
    """
    bound: dict[str, Binding] = {}
    problems: list[Problem] = []
    for variable in sorted(contract(version).values(), key=lambda v: v.name):
        if app not in variable.apps or _is_off(variable, features):
            continue
        binding = offered.get(variable.name)
        if binding is not None:
            problems.extend(_faults(variable, binding, where))
            bound[variable.name] = binding
        elif variable.is_required(features) or variable.name in absent_because:
            because = absent_because.get(variable.name)
            problems.append(_unbound(variable, variable.apps & deployed, where, because))
    return AppEnvironment(app, version, bound), problems


def check_names(
    names: Collection[str],
    *,
    features: frozenset[Feature],
    where: str,
    table: str,
    version: Version = DEFAULT_VERSION,
) -> list[Problem]:
    """Check the variable names of a table of the environment file against the contract."""
    problems = []
    for name in names:
        key = f"{table}.{name}"
        variable = contract(version).get(name)
        if variable is None:
            problems.append(_unknown(name, key, where, names, version))
        elif _is_off(variable, features):
            problems.append(_feature_is_off(variable, key, where))
    return problems


def _is_off(variable: Variable, features: frozenset[Feature]) -> bool:
    """Tell whether the variable belongs to a feature that is off and is not needed without it."""
    return variable.feature is not None and variable.feature not in features


def _unknown(
    name: str, key: str, where: str, present: Collection[str], version: Version
) -> Problem:
    successor = legacy_names(version).get(name)
    if successor is not None:
        return Problem(
            where, key, f"{name} is a legacy name; it is now {successor}", f"use {successor}"
        )
    later = next((v for v in Version if v.order > version.order and name in contract(v)), None)
    if later is not None:
        return Problem(
            where,
            key,
            f"the applications read {name} from their version {later} on, and this environment "
            f"has {version}",
            f'remove it, or move the environment: contract = "{later}"',
        )
    near = similar_name(name, contract(version).keys() - set(present))
    return Problem(
        where,
        key,
        f"no application reads {name}",
        f"rename it to {near}" if near else "remove it, or add it to envschema/variables.py",
        allowed="the variables in envschema/variables.py",
    )


def _feature_is_off(variable: Variable, key: str, where: str) -> Problem:
    if variable.feature is Feature.VERCEL:
        return Problem(where, key, "read only on Vercel; this deploys to Cloud Run", "remove it")
    if variable.feature is Feature.OAUTH_MICROSOFT:
        what = "the applications sign nobody in with microsoft, so nothing would use it"
        return Problem(
            where,
            key,
            what,
            "remove it; docs/decisions/0041-two-versions-of-the-applications.md says what to do "
            "once they do",
            allowed=f"variables of {', '.join(kinds.AUTH_PROVIDERS)}",
        )
    return Problem(
        where,
        key,
        f"belongs to the feature {variable.feature!s}, which is off",
        f"switch {variable.feature!s} on in [features], or remove the line",
    )


def _faults(variable: Variable, binding: Binding, where: str) -> list[Problem]:
    if isinstance(binding, Secret):
        if variable.secret:
            return []
        return [
            Problem(
                where,
                f"secret_versions.{variable.name}",
                f"{variable.name} is not a secret",
                f'move it to [variables]: {variable.name} = "..."',
            )
        ]
    if variable.secret:
        # The value is left out of the message: it may be a real secret.
        return [
            Problem(
                where,
                binding.key,
                f"{variable.name} is a secret and must not stand in a file",
                "remove the line; add the value with gcloud secrets versions add, "
                f"and pin it: secret_versions.{variable.name} = 1",
            )
        ]
    may_be_empty = variable.need is Need.MAY_BE_EMPTY
    if binding.value == "" and not may_be_empty:
        what = f"{variable.name} must not be empty"
    elif not variable.kind.accepts(binding.value):
        what = f"{variable.name} is not a {variable.kind.name} as the {variable.side} reads it"
    else:
        return []
    return [
        Problem(
            where,
            binding.key,
            what,
            f"give {binding.key} an allowed value",
            value=f'"{binding.value}"',
            allowed=variable.kind.allowed,
        )
    ]


def _unbound(
    variable: Variable, readers: frozenset[str], where: str, because: str | None
) -> Problem:
    table = "secret_versions" if variable.secret else "variables"
    sample = "1" if variable.secret else '"..."'
    reason = f": {because}" if because else ""
    return Problem(
        where,
        f"{table}.{variable.name}",
        f"{variable.name} is required by {', '.join(sorted(readers))} and nothing provides "
        f"it{reason}",
        f"add {table}.{variable.name} = {sample}"
        + (", or turn the switch back on" if because else ""),
        allowed=f"a version number, 1 or more ({variable.name} is a secret)"
        if variable.secret
        else variable.kind.allowed,
    )
