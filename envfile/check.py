"""One file against the contract."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from envfile.finding import Finding
from envfile.reader import read
from envfile.rules import FILE_RULES, MEANING_RULES, SHAPE_RULES, Rule, ValueRule, rule_name
from envfile.sheet import Sheet, Target
from envschema import Side, Variable


@dataclass(frozen=True, slots=True)
class Report:
    """What was found, in the order of the lines; what is missing comes last."""

    findings: tuple[Finding, ...]
    assignments: int
    """How many the file holds."""


def check(
    text: str,
    *,
    sides: frozenset[Side] = frozenset({Side.SERVER, Side.CLIENT}),
    target: Target | None = None,
    ignored: frozenset[str] = frozenset(),
) -> Report:
    """Hold the text of a dotenv file against the contract.

    ``ignored`` names rules to leave out, everywhere (``unknown-name``) or for one variable
    (``unknown-name:TURBO_TOKEN``). Never raises, and never tells a value.
    """
    reading = read(text)
    sheet = Sheet.of(reading, sides, target)
    found = {*reading.findings, *_of_file(sheet, FILE_RULES), *_of_values(sheet)}
    kept = (f for f in found if not {f.rule, f"{f.rule}:{f.name}"} & ignored)
    in_order = sorted(kept, key=lambda f: (f.line == 0, f.line, f.name, f.rule))
    return Report(tuple(in_order), len(reading.entries))


def _of_file(sheet: Sheet, rules: tuple[Rule, ...]) -> Iterator[Finding]:
    for rule in rules:
        for line, name, fault in rule(sheet):
            yield Finding.of(rule_name(rule), line, name, fault)


def _of_values(sheet: Sheet) -> Iterator[Finding]:
    """Judge the value of each variable: first its shape, and only a sound one by its meaning."""
    for variable in sheet.variables():
        entry = sheet.entries.get(variable.name)
        if entry is None or entry.value is None:
            continue
        yield from (
            _judged(variable, entry.value, entry.line, sheet, SHAPE_RULES)[:1]
            or _judged(variable, entry.value, entry.line, sheet, MEANING_RULES)
        )


def _judged(
    variable: Variable, value: str, line: int, sheet: Sheet, rules: tuple[ValueRule, ...]
) -> list[Finding]:
    return [
        Finding.of(rule_name(rule), line, variable.name, fault)
        for rule in rules
        for fault in rule(variable, value, sheet)
    ]
