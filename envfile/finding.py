"""The classes of what the rules return."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with an entry, and the fix, without the rule and the line.

    ``wanted`` describes the allowed values.
    """

    what: str
    fix: str
    wanted: str | None = None


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """A fault, with the rule that found it and its place in the file."""

    line: int
    """Counted from 1; 0 if the fault is that something is missing."""
    name: str
    """The variable; empty if the line has none, or if its name may be part of a secret."""
    rule: str
    what: str
    fix: str
    wanted: str | None = None

    @classmethod
    def of(cls, rule: str, line: int, name: str, fault: Fault) -> Finding:
        """Return the finding of a fault by a rule on a line."""
        return cls(line, name, rule, fault.what, fault.fix, fault.wanted)
