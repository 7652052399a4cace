"""The rules. Each is a function whose name, with hyphens, is the name of the rule.

The order of the shape rules matters: only their first finding about a value is reported. The
meaning of a value is checked only if the shape rules find nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from envfile.finding import Fault
from envfile.rules import connections, environment, names, secrets, values
from envfile.sheet import Sheet
from envschema import Variable

Rule = Callable[[Sheet], Iterable[tuple[int, str, Fault]]]
"""Checks the file; yields the line, the name and the fault."""
ValueRule = Callable[[Variable, str, Sheet], Iterable[Fault]]
"""Checks the value of a variable of the contract."""

READING_RULES = (
    "unreadable",
    "invisible-character",
    "ambiguous-text",
    "undefined-reference",
    "forward-reference",
    "cycle",
    "too-long",
)
"""The rules of the reader."""

FILE_RULES: tuple[Rule, ...] = (
    names.duplicate,
    names.missing,
    names.legacy_name,
    names.unknown_name,
    secrets.public_secret,
)
SHAPE_RULES: tuple[ValueRule, ...] = (
    values.empty,
    secrets.placeholder,
    values.otlp_path,
    values.wrong_kind,
    connections.password_as_user,
    connections.connection_url,
)
MEANING_RULES: tuple[ValueRule, ...] = (
    secrets.weak_secret,
    connections.url_disagrees,
    connections.redis_scheme,
    environment.not_https,
    environment.wrong_environment,
    environment.wrong_host,
    environment.wrong_auth_path,
    environment.origins,
)
SECRET_RULES: tuple[ValueRule, ...] = (
    secrets.placeholder,
    values.wrong_kind,
    connections.password_as_user,
    connections.connection_url,
    secrets.weak_secret,
    connections.redis_scheme,
)
"""Those that judge the value of a secret without the rest of a file."""


def rule_name(rule: Rule | ValueRule) -> str:
    """Return the name of a rule, as messages and options use it."""
    return rule.__name__.replace("_", "-")


RULES: tuple[str, ...] = (
    *READING_RULES,
    *(rule_name(rule) for rule in FILE_RULES),
    *(rule_name(rule) for rule in SHAPE_RULES),
    *(rule_name(rule) for rule in MEANING_RULES),
)
"""The names of all rules."""
