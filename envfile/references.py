"""``${NAME}`` and ``${NAME:-text}``: put in from the lines above, as loaders do."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from envfile.finding import Fault

MAX_LENGTH = 65_536
"""Of a value, in characters: references to references can double it with each line."""

REFERENCE = re.compile(r"\$\{(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?::-(?P<default>[^${}]*))?\}")

Found = tuple[int, str, Fault]
"""The index of an entry, the rule, and what is wrong."""


def resolve(
    texts: Sequence[tuple[str, str, bool]],
) -> tuple[list[str | None], list[Found]]:
    """Return the value of each entry, None where it cannot be known, and why.

    ``texts`` holds, for each entry in order, its name, its text, and whether the text may hold
    references. Takes time in proportion to the texts.
    """
    last = {name: index for index, (name, _, _) in enumerate(texts)}
    forward: dict[int, set[int]] = {}
    values: dict[str, str | None] = {}
    resolved: list[str | None] = []
    found: list[Found] = []
    for index, (name, text, expands) in enumerate(texts):
        value: str | None = text
        for match in REFERENCE.finditer(text) if expands else ():
            wanted, default = match["name"], match["default"]
            if wanted in values:
                known = values[wanted]
                if known is None or "$" in known:
                    value = None
                if known is not None and "$" in known:
                    what = "refers to a value with a $, which some loaders expand again, and again"
                    found.append((index, "ambiguous-text", Fault(what, "write the value out")))
            elif wanted in last:
                forward.setdefault(index, set()).add(last[wanted])
                value = None
            elif default is None:
                fault = Fault(
                    "refers to a variable that the file does not set",
                    "set it above this line, or write the value",
                )
                found.append((index, "undefined-reference", fault))
                value = None
        if value is not None and expands:
            value = _put_in(value, values)
            if value is None:
                fault = Fault(
                    f"is longer than {MAX_LENGTH} characters with its references put in",
                    "write the value without references",
                )
                found.append((index, "too-long", fault))
        values[name] = value
        resolved.append(value)
    found.extend(_cycles(texts, last, forward))
    return resolved, found


def _put_in(text: str, values: dict[str, str | None]) -> str | None:
    parts: list[str] = []
    length = position = 0
    for match in REFERENCE.finditer(text):
        # As in a shell, an empty value counts as none where there is a default.
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
) -> Iterator[Found]:
    """Tell references in a circle from those that only point downwards.

    What is on a circle stays when all that refers to nothing, or to which nothing refers, has been
    taken away again and again.
    """
    edges: dict[int, set[int]] = {index: set[int]() for index in range(len(texts))}
    if forward:
        for index, (_, text, expands) in enumerate(texts):
            if expands:
                names = (match["name"] for match in REFERENCE.finditer(text))
                edges[index] = {last[name] for name in names if name in last}
    circular = _peeled(_peeled(edges))
    for index, targets in forward.items():
        if index in circular and targets & circular.keys():
            fault = Fault(
                "refers to itself, by way of what it refers to", "write one of the values out"
            )
            yield index, "cycle", fault
        else:
            line = "refers to a variable that is set below; loaders read from the top"
            yield index, "forward-reference", Fault(line, "move this line below the other")


def _peeled(edges: dict[int, set[int]]) -> dict[int, set[int]]:
    """Take away what refers to nothing that is left; return the rest with its arrows turned."""
    turned: dict[int, set[int]] = {index: set() for index in edges}
    for index, targets in edges.items():
        for target in targets:
            turned[target].add(index)
    open_ends = {index: len(targets) for index, targets in edges.items()}
    done = [index for index, count in open_ends.items() if count == 0]
    for index in done:
        for source in turned[index]:
            open_ends[source] -= 1
            if open_ends[source] == 0:
                done.append(source)
    left = edges.keys() - set(done)
    return {index: turned[index] & left for index in left}
