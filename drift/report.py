"""What a comparison reports: findings, accepted differences, and what they were found in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from drift.deviations import Aspect
from drift.facts import Facts
from drift.journal import Trust
from drift.source import Position
from envschema import Variable, Version


class FindingKind(StrEnum):
    """What a finding says."""

    NEW = "new"
    REMOVED = "removed"
    UNSEEN = "unseen"
    """Not read by what was understood; something that was not understood may read it."""
    RENAMED = "renamed"
    KIND = "kind"
    NEED = "need"
    DEFAULT = "default"
    SECRECY = "secrecy"
    NOT_UNDERSTOOD = "not understood"
    SYNTAX = "syntax"


@dataclass(frozen=True, slots=True)
class Finding:
    """A difference, or something that was not understood."""

    kind: FindingKind
    position: Position
    """The place in the source; of a variable that nothing reads, where its side begins."""
    variable: str | None
    what: str
    fix: str
    declared: str | None = None
    found: str | None = None


@dataclass(frozen=True, slots=True)
class Accepted:
    """A difference that ``drift/deviations.py`` declares, and why."""

    variable: str
    aspect: Aspect
    position: Position
    why: str


@dataclass(frozen=True, slots=True)
class Report:
    """What the comparison found."""

    version: Version
    """The version of the applications whose contract was compared."""
    files: tuple[str, ...]
    findings: tuple[Finding, ...]
    accepted: tuple[Accepted, ...]
    trusted: tuple[Trust, ...]
    """What is known by its name and was not compared."""
    followed: tuple[str, ...]
    """The files that imports led to."""
    facts: Mapping[str, Facts]
    """What the source says about the variables that it reads, by their names."""
    contract: Mapping[str, Variable]

    @property
    def is_clean(self) -> bool:
        """Whether schema and contract agree and everything was understood."""
        return not self.findings
