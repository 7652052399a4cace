"""Replaces ``${NAME}`` and ``${NAME:-text}`` by values of the lines above, as loaders do."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from envfile.finding import Fault

MAX_LENGTH = 65_536
"""Of a value, in characters. References to references can double the length with each line."""

REFERENCE = re.compile(r"\$\{(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?::-(?P<default>[^${}]*))?\}")

EntryFault = tuple[int, str, Fault]
"""The index of an entry, the rule, and what is wrong with the entry."""


def resolve(
    texts: Sequence[tuple[str, str, bool]],
) -> tuple[list[str | None], list[EntryFault]]:
    """Return the value of each entry, None if a reference has no value, and the faults.

    ``texts`` holds, for each entry in order, its name, its text, and whether the text may hold
    references. Takes time in proportion to the texts.
    """
    last = {name: index for index, (name, _, _) in enumerate(texts)}
    forward: dict[int, set[int]] = {}
    values: dict[str, str | None] = {}
    # dotenvx remembers them when a line below gives the name another value.
    with_dollar: set[str] = set()
    resolved: list[str | None] = []
    faults: list[EntryFault] = []
    for index, (name, text, expands) in enumerate(texts):
        value: str | None = text
        for match in REFERENCE.finditer(text) if expands else ():
            referenced, default = match["name"], match["default"]
            if referenced == name and referenced in values:
                what = "refers to its own name, which loaders read differently"
                faults.append((index, "ambiguous-text", Fault(what, "write the value out")))
                value = None
            elif referenced in values:
                if values[referenced] is None:
                    value = None
                if referenced in with_dollar:
                    what = "refers to a name with a $ in a value, which loaders read differently"
                    faults.append((index, "ambiguous-text", Fault(what, "write the value out")))
                    value = None
            elif referenced in last:
                forward.setdefault(index, set()).add(last[referenced])
                value = None
            elif default is None:
                fault = Fault(
                    "refers to a variable that the file does not set",
                    "set it above this line, or write the value",
                )
                faults.append((index, "undefined-reference", fault))
                value = None
        if value is not None and expands:
            value = _replaced(value, values)
            if value is None:
                fault = Fault(
                    f"is longer than {MAX_LENGTH} characters with its references replaced",
                    "write the value without references",
                )
                faults.append((index, "too-long", fault))
        values[name] = value
        if value is not None and "$" in value:
            with_dollar.add(name)
        resolved.append(value)
    faults.extend(_cycles(texts, last, forward))
    return resolved, faults


def _replaced(text: str, values: dict[str, str | None]) -> str | None:
    """Return the text with its references replaced, or None if it becomes too long."""
    parts: list[str] = []
    length = position = 0
    for match in REFERENCE.finditer(text):
        # As in a shell, the default also replaces an empty value.
        value = values.get(match["name"]) or match["default"] or ""
        parts += (text[position : match.start()], value)
        length += match.start() - position + len(value)
        position = match.end()
        if length > MAX_LENGTH:
            return None
    parts.append(text[position:])
    whole = "".join(parts)
    return whole if len(whole) <= MAX_LENGTH else None


def _cycles(
    texts: Sequence[tuple[str, str, bool]], last: dict[str, int], forward: dict[int, set[int]]
) -> Iterator[EntryFault]:
    """Yield a fault for each entry with a reference to a line below; those in a circle are cycles.

    An entry is in a circle, or between two circles, if it is left after entries without outgoing
    references, and then entries without incoming references, have been removed repeatedly.
    """
    edges: dict[int, set[int]] = {index: set[int]() for index in range(len(texts))}
    if forward:
        for index, (_, text, expands) in enumerate(texts):
            if expands:
                names = (match["name"] for match in REFERENCE.finditer(text))
                edges[index] = {last[name] for name in names if name in last}
    circular = _without_ends(_without_ends(edges))
    for index, targets in forward.items():
        if index in circular and targets & circular.keys():
            fault = Fault(
                "refers to itself, by way of what it refers to", "write one of the values out"
            )
            yield index, "cycle", fault
        else:
            what = "refers to a variable that is set below; loaders read from the top"
            yield index, "forward-reference", Fault(what, "move this line below the other")


def _without_ends(edges: dict[int, set[int]]) -> dict[int, set[int]]:
    """Remove entries without references to others, repeatedly; return the rest, reversed.

    The reversed graph maps each entry to the entries that refer to it.
    """
    reverse: dict[int, set[int]] = {index: set() for index in edges}
    for index, targets in edges.items():
        for target in targets:
            reverse[target].add(index)
    remaining = {index: len(targets) for index, targets in edges.items()}
    removed = [index for index, count in remaining.items() if count == 0]
    for index in removed:
        for source in reverse[index]:
            remaining[source] -= 1
            if remaining[source] == 0:
                removed.append(source)
    left = edges.keys() - set(removed)
    return {index: reverse[index] & left for index in left}
