"""Rules for the names in a file."""

from __future__ import annotations

from collections.abc import Iterator

from envfile.finding import Fault
from envfile.reader import shown_name
from envfile.references import REFERENCE
from envfile.sheet import Sheet
from envschema.suggestions import similar_name

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
    used = _used_names(sheet)
    for entry in sheet.all_entries:
        successor = sheet.legacy_names.get(entry.name)
        if successor and entry.name not in used:
            what = f"is a legacy name; it is now {successor}"
            yield entry.line, entry.name, Fault(what, f"use {successor}")


def unknown_name(sheet: Sheet) -> Iterator[tuple[int, str, Fault]]:
    """Report a name that neither an application nor another line reads; most often misspelt."""
    known = sheet.contract.keys() | sheet.legacy_names.keys() | _used_names(sheet)
    free = sorted(sheet.contract.keys() - sheet.entries.keys())
    unknown = [e for e in sheet.all_entries if e.name not in known]
    for number, entry in enumerate(unknown):
        near = similar_name(entry.name, free) if number < _SUGGESTIONS else None
        fix = f"did you mean {near}? Otherwise remove the line" if near else "remove the line"
        yield entry.line, shown_name(entry.name), Fault("is a name that no application reads", fix)


def _used_names(sheet: Sheet) -> set[str]:
    """Return the names that lines of the contract refer to, directly or through other lines."""
    pending = [name for name in sheet.entries if name in sheet.contract]
    used: set[str] = set()
    while pending:
        entry = sheet.entries.get(pending.pop())
        if entry is None or entry.quote == "'":
            continue
        referenced = {match["name"] for match in REFERENCE.finditer(entry.text)} - used
        used |= referenced
        pending.extend(referenced)
    return used
