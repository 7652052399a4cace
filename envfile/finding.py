"""What a rule finds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with an entry, and the cure; which rule and which line is not yet known."""

    what: str
    fix: str
    wanted: str | None = None


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """A fault of a file."""

    line: int
    """From 1; 0 for what is not in the file."""
    name: str
    """The variable, or nothing where a line holds none or its name may be part of a secret."""
    rule: str
    what: str
    fix: str
    wanted: str | None = None

    @classmethod
    def of(cls, rule: str, line: int, name: str, fault: Fault) -> Finding:
        """Say which rule found a fault, and where."""
        return cls(line, name, rule, fault.what, fault.fix, fault.wanted)
