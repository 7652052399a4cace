"""The places that read a variable, and how the path of a config becomes its name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from drift.source import Position
from envschema.kinds import Kind
from envschema.variables import Need


@dataclass(frozen=True, slots=True)
class Naming:
    """How a ConfigProvider turns the path of a config into the name of a variable."""

    delimiter: str = "_"
    changes: tuple[Callable[[str], str], ...] = ()
    prefix: tuple[str, ...] = ()

    def name(self, path: Sequence[str]) -> str:
        """Return the variable that a config with this path reads."""
        segments = [*self.prefix, *path]
        for change in self.changes:
            segments = [change(segment) for segment in segments]
        return self.delimiter.join(segments)


Origin = tuple[Position, tuple[str, ...]]
"""The place and path that a read had before any combinator changed it."""


@dataclass(frozen=True, slots=True)
class Read:
    """A place that reads a variable, with what the schema says about it there."""

    path: tuple[str, ...]
    position: Position
    kind: Kind | None
    """None where it was not understood, and reported."""
    need: Need | None = Need.REQUIRED
    """REQUIRED, DEFAULT or OPTIONAL; None where it was not understood, and reported."""
    default: str | None = None
    """The default; None where there is none, or where it was not understood, and reported."""
    secret: bool = False
    certain: bool = True
    """False where something not understood may change all of it, even the name."""
    naming: Naming | None = None
    origin: Origin | None = None
    """Kept through every combinator, so that a read is recognized after a change."""
