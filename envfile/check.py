"""The check of a dotenv file against the contract."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from envfile.finding import Fault, Finding
from envfile.reader import Entry, read
from envfile.rules import (
    FILE_RULES,
    MEANING_RULES,
    SECRET_RULES,
    SHAPE_RULES,
    ValueRule,
    rule_name,
)
from envfile.sheet import Sheet, Target
from envschema import DEFAULT_VERSION, Side, Variable, Version


@dataclass(frozen=True, slots=True)
class Report:
    """The findings in the order of their lines; those about missing variables come last."""

    findings: tuple[Finding, ...]
    assignments: int
    """How many assignments the file has."""


def check(
    text: str,
    *,
    sides: frozenset[Side] = frozenset({Side.SERVER, Side.CLIENT}),
    target: Target | None = None,
    ignored: frozenset[str] = frozenset(),
    version: Version | None = None,
) -> Report:
    """Check the text of a dotenv file against the contract.

    ``sides`` are the halves of the contract to check, ``target`` is the environment that the file
    is for. ``version`` is that of the applications; without it that of the environment counts, or
    the default. ``ignored`` lists rules to leave out, everywhere (``unknown-name``) or for one
    variable (``unknown-name:TURBO_TOKEN``). Never raises; no finding contains a value of the file.
    """
    reading = read(text)
    version = version or (target.version if target else DEFAULT_VERSION)
    sheet = Sheet.of(reading, sides, target, version)
    findings = {*reading.findings, *_file_findings(sheet), *_value_findings(sheet)}
    kept = (f for f in findings if not {f.rule, f"{f.rule}:{f.name}"} & ignored)
    in_order = sorted(kept, key=lambda f: (f.line == 0, f.line, f.name, f.rule))
    return Report(tuple(in_order), len(reading.entries))


def value_faults(variable: Variable, value: str, target: Target) -> tuple[Fault, ...]:
    """Return what is wrong with the value of a secret, whatever else is set beside it.

    Stricter than the check of a file: a placeholder is refused in every environment. No fault
    contains the value.
    """
    entry = Entry(variable.name, 0, value, "", value)
    target = replace(target, is_live=True)
    sheet = Sheet({variable.name: entry}, (entry,), frozenset(Side), target, target.version)
    for rule in SECRET_RULES:
        if faults := tuple(rule(variable, value, sheet)):
            return faults
    return ()


def _file_findings(sheet: Sheet) -> Iterator[Finding]:
    for rule in FILE_RULES:
        for line, name, fault in rule(sheet):
            yield Finding.of(rule_name(rule), line, name, fault)


def _value_findings(sheet: Sheet) -> Iterator[Finding]:
    """Check the value of each variable: its shape first, and its meaning if the shape is right."""
    for variable in sheet.variables():
        entry = sheet.entries.get(variable.name)
        if entry is None or entry.value is None:
            continue
        yield from (
            _findings_of(variable, entry.value, entry.line, sheet, SHAPE_RULES)[:1]
            or _findings_of(variable, entry.value, entry.line, sheet, MEANING_RULES)
        )


def _findings_of(
    variable: Variable, value: str, line: int, sheet: Sheet, rules: tuple[ValueRule, ...]
) -> list[Finding]:
    return [
        Finding.of(rule_name(rule), line, variable.name, fault)
        for rule in rules
        for fault in rule(variable, value, sheet)
    ]
