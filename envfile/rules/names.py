"""Rules for the names in a file."""

from __future__ import annotations

from collections.abc import Iterator

from envfile.finding import Fault
from envfile.reader import shown_name
from envfile.sheet import Sheet
from envschema import CONTRACT, LEGACY_NAMES
from problems import did_you_mean

_SUGGESTIONS = 50
"""How many unknown names get a suggestion. Comparing names takes time, and a file with more of
them is probably no dotenv file of the applications."""


def duplicate(sheet: Sheet) -> Iterator[tuple[int, str, Fault]]:
    """Report a name that is set again: the last assignment counts."""
    seen: dict[str, int] = {}
    for entry in sheet.all_entries:
        if entry.name in seen:
            what = f"is set before, on line {seen[entry.name]}"
            yield entry.line, shown_name(entry.name), Fault(what, "keep one of the lines")
        seen.setdefault(entry.name, entry.line)


def missing(sheet: Sheet) -> Iterator[tuple[int, str, Fault]]:
    """Report a missing variable that the schema, or a feature that is on, requires."""
    for variable in sheet.variables():
        if variable.name not in sheet.entries and sheet.is_required(variable):
            feature = variable.feature if variable.feature in sheet.features else None
            because = f": the feature {feature} is on" if feature else ""
            yield (
                0,
                variable.name,
                Fault(
                    f"is missing, and the {variable.side} needs it{because}",
                    f"add a line {variable.name}=...",
                    variable.kind.allowed,
                ),
            )


def legacy_name(sheet: Sheet) -> Iterator[tuple[int, str, Fault]]:
    """Report a name from older documents, which no application reads any more."""
    for entry in sheet.all_entries:
        if successor := LEGACY_NAMES.get(entry.name):
            what = f"is a legacy name; it is now {successor}"
            yield entry.line, entry.name, Fault(what, f"use {successor}")


def unknown_name(sheet: Sheet) -> Iterator[tuple[int, str, Fault]]:
    """Report a name that no application reads; most often it is misspelt."""
    known = (*CONTRACT, *LEGACY_NAMES)
    unknown = [e for e in sheet.all_entries if e.name not in CONTRACT | LEGACY_NAMES]
    for number, entry in enumerate(unknown):
        near = did_you_mean(entry.name, known) if number < _SUGGESTIONS else None
        fix = f"did you mean {near}? Otherwise remove the line" if near else "remove the line"
        yield entry.line, shown_name(entry.name), Fault("is a name that no application reads", fix)
