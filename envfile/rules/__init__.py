"""The rules, each a small function whose name is that of the rule.

The order of the shape rules matters: of a value only the first of their findings is told, and
what a value means is asked only where its shape is sound.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from envfile.finding import Fault
from envfile.rules import connections, names, places, secrets, values
from envfile.sheet import Sheet
from envschema import Variable

Rule = Callable[[Sheet], Iterable[tuple[int, str, Fault]]]
"""Judges the file; yields line, name and fault."""
ValueRule = Callable[[Variable, str, Sheet], Iterable[Fault]]
"""Judges the value of one variable of the contract."""

READING_RULES = (
    "unreadable",
    "invisible-character",
    "ambiguous-text",
    "undefined-reference",
    "forward-reference",
    "cycle",
    "too-long",
)
"""What the reader itself finds."""

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
    places.not_https,
    places.wrong_environment,
    places.wrong_host,
    places.origins,
)


def rule_name(rule: Rule | ValueRule) -> str:
    """Return what messages and options call a rule."""
    return rule.__name__.replace("_", "-")


RULES: tuple[str, ...] = (
    *READING_RULES,
    *(rule_name(rule) for rule in FILE_RULES),
    *(rule_name(rule) for rule in SHAPE_RULES),
    *(rule_name(rule) for rule in MEANING_RULES),
)
"""All rules by name."""
