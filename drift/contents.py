"""What a value carries inside: the reads that went into it, and what was not understood."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from drift.reads import Read
from drift.values import ArrayValue, ConfigValue, Interpreter, Loaded, ObjectValue, Unknown, Value


def is_parameter(value: Value) -> bool:
    """Tell whether a value stands for an argument of a function that nothing calls."""
    return isinstance(value, Unknown) and value.is_parameter


def reads_in(value: Value) -> tuple[Read, ...]:
    """Return every read that a value carries, without repetition."""
    reads: dict[Read, None] = {}
    for part in _parts_of(value):
        if isinstance(part, (ConfigValue, Loaded, Unknown)):
            reads.update(dict.fromkeys(part.reads))
    return tuple(reads)


def settle(interpreter: Interpreter, value: Value) -> tuple[Read, ...]:
    """Return the reads of a value that is used as it is; report what in it was not understood."""
    uncertain: set[Read] = set()
    for part in _parts_of(value):
        if isinstance(part, Unknown) and part.reads and not part.is_parameter:
            names = ", ".join(sorted({"_".join(read.path) for read in part.reads if read.path}))
            named = f"; it reads {names}" if names else ""
            interpreter.report(part.position, f"{part.why}{named}")
            uncertain.update(part.reads)
    reads = reads_in(value)
    return tuple(replace(read, certain=False) if read in uncertain else read for read in reads)


def _parts_of(value: Value) -> Iterator[Value]:
    """Return a value and all that its objects and lists hold, in the order of the source."""
    seen: set[int] = set()
    pending: list[Value] = [value]
    while pending:
        part = pending.pop()
        # The same value may be reached along very many ways: a list that holds a list twice.
        if id(part) in seen:
            continue
        seen.add(id(part))
        yield part
        if isinstance(part, (ObjectValue, ArrayValue)):
            held = part.entries.values() if isinstance(part, ObjectValue) else part.items
            pending.extend(reversed(list(held)))
            pending.extend([part.rest] if part.rest else [])
