"""A question of a check: what is asked, and how its answer becomes a result."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from results import Result, Status

_LONGEST_TEXT = 300


@dataclass(frozen=True, slots=True)
class Question:
    """What a check asks once, with one result."""

    check: str
    asked: str
    """A request, in words that identify it among those of the check."""
    ask: Callable[[Question], Result]
    """May raise NoAnswer and GoogleError."""

    def passed(self, seen: str) -> Result:
        """Return that the answer is as it has to be."""
        return self._result(Status.PASS, seen)

    def failed(self, seen: str, *, needed: str, fix: str) -> Result:
        """Return an answer with which people cannot work, or that lets in too much."""
        return self._result(Status.FAILURE, seen, needed, fix)

    def warned(self, seen: str, *, needed: str, fix: str) -> Result:
        """Return an answer that should be looked at."""
        return self._result(Status.WARNING, seen, needed, fix)

    def unknown(self, why: str, *, fix: str) -> Result:
        """Return that it could not be asked."""
        return self._result(Status.UNKNOWN, why, fix=fix)

    def _result(self, status: Status, seen: str, needed: str = "", fix: str = "") -> Result:
        lines = "\n".join(printable(line) for line in fix.splitlines())
        return Result(self.check, status, printable(seen), needed, lines, self.asked)


def printable(text: str) -> str:
    """Return a text of a server as one short line, without what a terminal or XML would obey."""
    line = "".join(c if c.isprintable() else " " for c in text)
    return line if len(line) <= _LONGEST_TEXT else f"{line[:_LONGEST_TEXT]}..."
