"""What the monorepo's own packages declare, for where their files are not given.

The files win where they are given: see ``modules.Program``.
"""

from __future__ import annotations

from drift.values import ArrayValue, Constant, Foreign, Value
from envschema import kinds
from envschema.kinds import Kind

OWN_PACKAGES = "@beep/"

KNOWN_SCHEMAS: dict[str, Kind] = {
    "EnvValue": kinds.DEPLOYMENT_ENVIRONMENT,
    "LogFormat": kinds.LOG_FORMAT,
    "LogLevel": kinds.CLIENT_LOG_LEVEL,
    "AuthProviderNameValue": kinds.one_of(*kinds.AUTH_PROVIDERS),
    "DomainName": kinds.DOMAIN,
    "Url": kinds.URL,
    "URLPath": kinds.URL_PATH,
    "UserId": kinds.USER_ID,
}
"""Schemas of ``@beep/constants``, ``@beep/schema`` and ``@beep/shared-domain`` by their names."""


def elsewhere(value: Foreign) -> str:
    """Return why something that the given files do not declare is not understood."""
    if value.module == "effect":
        return f"{value.label} is Effect's own, and drift does not know it: compare it by hand"
    if value.why:
        return f"{value.label} is declared elsewhere, and {value.why}"
    return f"{value.label} is declared elsewhere: give its file too"


def known_schema(value: Foreign) -> Kind | None:
    """Return the kind of a schema that another package of the monorepo declares."""
    if not value.module.startswith(OWN_PACKAGES) or not value.path:
        return None
    return KNOWN_SCHEMAS.get(value.path[-1])


def constant_of(value: Value) -> Constant | None:
    """Return the constant that a value is, where it is one: also a list, joined by commas."""
    if isinstance(value, Constant):
        return value
    if isinstance(value, ArrayValue) and value.rest is None:
        texts = [item.text for item in value.items if isinstance(item, Constant)]
        if len(texts) == len(value.items) and None not in texts:
            return Constant(",".join(filter(None, texts)))
    if isinstance(value, Foreign) and len(value.path) >= 3 and value.path[-2] == "Enum":
        kind = known_schema(Foreign(value.module, value.path[:-2]))
        if kind is not None and value.path[-1] in kind.choices:
            return Constant(value.path[-1])
    return None
