"""What a check of the world outside reports: of what must be so before an apply, and after it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """How a check ended."""

    PASS = "pass"
    WARNING = "warning"
    FAILURE = "failure"
    UNKNOWN = "not checked"
    """It could not be done; nothing is known."""


@dataclass(frozen=True, slots=True)
class Result:
    """One answer of a check: what was seen, what is needed, and how to get there."""

    check: str
    status: Status
    seen: str
    needed: str = ""
    fix: str = ""
    """A command to paste, or what to edit; several lines are several commands."""
    asked: str = ""
    """The request that was answered so, where a check makes several."""


def passed(check: str, seen: str) -> Result:
    """Return that all is well."""
    return Result(check, Status.PASS, seen)


def failed(check: str, seen: str, *, needed: str, fix: str) -> Result:
    """Return what has to be put right: it stops an apply, or people meet it."""
    return Result(check, Status.FAILURE, seen, needed, fix)


def warned(check: str, seen: str, *, needed: str, fix: str) -> Result:
    """Return what stops nothing, and should be looked at."""
    return Result(check, Status.WARNING, seen, needed, fix)


def unknown(check: str, why: str, *, fix: str) -> Result:
    """Return that a check could not be done, and why."""
    return Result(check, Status.UNKNOWN, why, fix=fix)
