"""What the interpreter evaluated, and what of it was not understood.

What the journal does not mention was not evaluated, so the reader can report it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from drift.source import Position


@dataclass(frozen=True, slots=True, order=True)
class Trouble:
    """Something that was not understood, and whether it may hide variables."""

    position: Position
    message: str
    hides: bool


@dataclass(frozen=True, slots=True, order=True)
class Trust:
    """Something of another package that is known by its name, because its code is not followed."""

    package: str
    name: str
    why: str
    position: Position
    """Where it is used first."""


@dataclass(slots=True)
class Journal:
    """What evaluators note for ``reader.py``."""

    identifiers: set[tuple[str, int]] = field(default_factory=set)
    """The identifiers that were looked up, by file and byte."""
    environment: dict[Position, str] = field(default_factory=dict)
    """Every ``process.env.NAME`` that was evaluated."""
    decoded: set[Position] = field(default_factory=set)
    """The references to the environment that a schema decodes."""
    called: set[int] = field(default_factory=set)
    """The functions that were called, by the id of their node."""
    _troubles: dict[tuple[Position, str], bool] = field(default_factory=dict)
    _trusted: dict[tuple[str, str], Trust] = field(default_factory=dict)

    def report(self, position: Position, message: str, *, hides: bool = True) -> None:
        """Note what was not understood, once; ``hides`` where it may hide variables."""
        key = (position, message)
        self._troubles[key] = self._troubles.get(key, False) or hides

    def trust(self, position: Position, package: str, name: str, why: str) -> None:
        """Note what is taken for what its name says, once."""
        trusted = self._trusted.get((package, name))
        if trusted is None or position < trusted.position:
            self._trusted[package, name] = Trust(package, name, why, position)

    @property
    def trusted(self) -> tuple[Trust, ...]:
        """What is taken on trust, by package and name."""
        return tuple(sorted(self._trusted.values()))

    @property
    def troubles(self) -> tuple[Trouble, ...]:
        """What was not understood, in the order of the source."""
        return tuple(sorted(Trouble(*key, hides) for key, hides in self._troubles.items()))
