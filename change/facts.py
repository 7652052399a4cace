"""Facts of a side, such as who reads a secret, and what became of them.

A fact has an environment, a subject and a value. The value is a text, or a set of texts that are
gained and lost singly.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import takewhile

Value = str | frozenset[str]
Fact = tuple[str, str, Value]
"""Environment, subject and value."""
Facts = Mapping[tuple[str, str], Value]
_SHOWN = 8
"""Members of a set that a line names."""
_MAX_VALUE = 160
"""Characters of a value in a line."""

_CONTEXT = 30
"""Characters that two long values share and that are shown before what differs."""


class Mark(StrEnum):
    """What happened to a fact."""

    GAINED = "+"
    LOST = "-"
    CHANGED = "!"
    """As GitHub colours it in a block of the language diff."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What became of a fact, in words; the environments in which the same happens."""

    mark: Mark
    text: str
    environments: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.mark} {', '.join(self.environments)}: {self.text}"


def collected(facts: Iterable[Fact]) -> Facts:
    """Return the facts by environment and subject.

    Several values of a subject are a set, so that two things of one name never hide one another.
    """
    result: dict[tuple[str, str], Value] = {}
    for environment, subject, value in facts:
        key = environment, subject
        known = result.setdefault(key, value)
        if known != value or isinstance(value, frozenset):
            result[key] = _as_set(known) | _as_set(value)
    return result


def _as_set(value: Value) -> frozenset[str]:
    return value if isinstance(value, frozenset) else frozenset({value})


def compared(before: Facts, after: Facts, *, kept_only: bool = False) -> list[Effect]:
    """Return what became of the facts; the same in several environments is one effect.

    ``kept_only`` leaves out the subjects that only one side has.
    """
    where: dict[tuple[Mark, str], list[str]] = {}
    for key in dict.fromkeys((*before, *after)):
        environment, subject = key
        if kept_only and not (key in before and key in after):
            continue
        if effect := _effect(subject, before.get(key), after.get(key)):
            where.setdefault(effect, []).append(environment)
    return [Effect(mark, text, tuple(names)) for (mark, text), names in where.items()]


def _effect(subject: str, before: Value | None, after: Value | None) -> tuple[Mark, str] | None:
    if before == after:
        return None
    if isinstance(before, frozenset) or isinstance(after, frozenset):
        old, new = (frozenset() if v is None else _as_set(v) for v in (before, after))
        gained, lost = sorted(new - old), sorted(old - new)
        parts = [*_listed("gains", gained), *_listed("loses", lost)]
        if not parts:
            return (Mark.GAINED if before is None else Mark.LOST), subject
        mark = Mark.CHANGED if gained and lost else Mark.GAINED if gained else Mark.LOST
        return mark, f"{subject}: {'; '.join(parts)}"
    if before is None or after is None:
        value = shortened(after if before is None else before or "")
        mark = Mark.GAINED if before is None else Mark.LOST
        return mark, f"{subject}: {value}" if value else subject
    return Mark.CHANGED, f"{subject}: {contrasted(before, after)}"


def _listed(verb: str, values: list[str]) -> Iterator[str]:
    if values:
        more = f" and {len(values) - _SHOWN} more" if len(values) > _SHOWN else ""
        yield f"{verb} {', '.join(map(shortened, values[:_SHOWN]))}{more}"


def contrasted(before: object, after: object) -> str:
    """Return two values on one line; of long ones, from shortly before they differ."""
    old, new = (" ".join(str(value).split()) for value in (before, after))
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(old, new, strict=False)))
    if max(len(old), len(new)) > _MAX_VALUE and same > _CONTEXT:
        old, new = (f"…{text[same - _CONTEXT :]}" for text in (old, new))
    return f"{shortened(old)} → {shortened(new)}"


def shortened(value: object) -> str:
    """Return a value on one line, of which a reader sees the beginning."""
    text = " ".join(str(value).split())
    return text if len(text) <= _MAX_VALUE else f"{text[: _MAX_VALUE - 1]}…"
