"""Rules for values, by the kind that the contract gives a variable."""

from __future__ import annotations

from collections.abc import Iterator

from envfile.finding import Fault
from envfile.sheet import Sheet
from envschema import Need, Variable, kinds
from envschema.kinds import Kind
from problems import did_you_mean

_OTLP = {
    kinds.OTLP_TRACES.name: "/v1/traces",
    kinds.OTLP_LOGS.name: "/v1/logs",
    kinds.OTLP_METRICS.name: "/v1/metrics",
}

_LONGEST_LIST = 20
"""Items of a list that are looked at for a suggestion."""


def empty(variable: Variable, value: str, sheet: Sheet) -> Iterator[Fault]:
    """Report a required variable whose value is empty."""
    if value == "" and sheet.is_required(variable) and variable.need is not Need.MAY_BE_EMPTY:
        yield Fault("is empty, and must not be", "give it a value", variable.kind.allowed)


def otlp_path(variable: Variable, value: str, sheet: Sheet) -> Iterator[Fault]:
    """Report an exporter's URL without its path: the exporter adds none, so it would get a 404."""
    path = _OTLP.get(variable.kind.name)
    if path and kinds.URL.accepts(value) and not variable.kind.accepts(value):
        yield Fault(
            "lacks its path; the exporter uses the URL as it stands",
            f"let it end in {path}",
            variable.kind.allowed,
        )


def wrong_kind(variable: Variable, value: str, sheet: Sheet) -> Iterator[Fault]:
    """Report a value that the schema, or a library, refuses."""
    kind = variable.kind
    if kind.accepts(value) or (value == "" and kind.empty_is_absent):
        return
    near = _nearest_list(value, kind) if kind.item else _nearest(value, kind.choices)
    yield Fault(
        f"is not a {kind.name} as the {variable.side} reads it",
        f"did you mean {near}?" if near else "give it an allowed value",
        kind.allowed,
    )


def _nearest_list(value: str, kind: Kind) -> str | None:
    """Return the list of the choices nearest to the items of a value, if each is near to one."""
    items = [item.strip() for item in value.split(",")][:_LONGEST_LIST]
    near = [item if item in kind.choices else _nearest(item, kind.choices) for item in items]
    known = [item for item in near if item is not None]
    return ",".join(dict.fromkeys(known)) if len(known) == len(items) else None


def _nearest(value: str, choices: tuple[str, ...]) -> str | None:
    """Return the choice nearest to a value: ``prod`` for ``production``, ``Error`` for ``eror``."""
    longer = (word for word in choices if value.lower().startswith(word.lower()))
    return next(longer, None) or did_you_mean(value[:80], choices)
