"""Findings that are known and accepted, each with a reason, an owner and a date."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from policy.rule import Finding
from problems import ConfigurationError, Problem, did_you_mean, shown_key

MAX_REVIEW_AHEAD = timedelta(days=366)
REVIEW_NOTICE = timedelta(days=30)
"""How long before its review date an exception is announced in the report."""
_TEXT = Annotated[str, Field(min_length=1)]
_REASON = Annotated[str, Field(min_length=20)]


class AcceptedFinding(BaseModel):
    """One entry of ``exceptions.toml``. ``address`` and ``stacks`` may hold ``*``."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    rule: _TEXT
    address: _TEXT
    stacks: Annotated[list[_TEXT], Field(min_length=1)]
    reason: _REASON
    owner: _TEXT
    """A role, not a person: people move."""
    review: date
    """The day from which the finding counts again, unless someone looked at it anew."""

    def covers(self, finding: Finding, stack: str) -> bool:
        """Return whether this entry accepts a finding; ``stack`` is one of its stack patterns."""
        return (
            finding.rule == self.rule
            and fnmatchcase(finding.stack, stack)
            and fnmatchcase(finding.address, self.address)
        )


@dataclass(frozen=True, slots=True)
class Judgement:
    """Which findings are open, which are accepted, and which exceptions must change."""

    open: list[Finding]
    accepted: list[tuple[Finding, AcceptedFinding]]
    problems: list[Problem]
    """Entries that match no finding, are past their review date, or have one too far ahead."""
    due: list[AcceptedFinding]
    """Entries whose review date is near."""

    @property
    def is_good(self) -> bool:
        """Whether nothing has to be done now."""
        return not self.open and not self.problems


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    exception: list[AcceptedFinding] = []


def read_exceptions(path: Path, known: Iterable[str]) -> list[AcceptedFinding]:
    """Return the entries of an exceptions file; ``known`` lists the ids of our own rules.

    Raises ``ConfigurationError`` with every problem of the file.
    """
    where = f"{path.parent.name}/{path.name}"
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
        entries = TypeAdapter(_File).validate_python(raw).exception
    except tomllib.TOMLDecodeError as error:
        problem = Problem(where, "TOML", f"is not valid TOML: {error}", "correct the syntax there")
        raise ConfigurationError([problem]) from None
    except ValidationError as error:
        raise ConfigurationError(
            Problem(
                where,
                shown_key(detail["loc"]),
                detail["msg"],
                "see docs/guides/accept-a-finding.md",
            )
            for detail in error.errors()
        ) from None
    rules = list(known)
    # Only checkov knows its own rules. A misspelt id matches no finding, which judge() reports.
    unknown = [e.rule for e in entries if not e.rule.startswith("CKV") and e.rule not in rules]
    if unknown:
        raise ConfigurationError(
            Problem(
                where,
                "rule",
                "is not a rule",
                f"write {near}"
                if (near := did_you_mean(rule, rules))
                else "see docs/guides/accept-a-finding.md",
                value=f'"{rule}"',
            )
            for rule in unknown
        )
    return entries


def judge(
    findings: Sequence[Finding], entries: Sequence[AcceptedFinding], where: str, today: date
) -> Judgement:
    """Separate open findings from accepted ones, and report entries that must change.

    ``where`` names the file of the entries, for the problems.
    """
    accepted: list[tuple[Finding, AcceptedFinding]] = []
    unaccepted: list[Finding] = []
    for finding in findings:
        entry = next((e for e in entries for s in e.stacks if e.covers(finding, s)), None)
        if entry is None:
            unaccepted.append(finding)
        else:
            accepted.append((finding, entry))
    problems = [
        *(problem for entry in entries for problem in _unused(entry, findings, where)),
        *(problem for entry in entries for problem in _badly_dated(entry, where, today)),
    ]
    due = [entry for entry in entries if today <= entry.review <= today + REVIEW_NOTICE]
    return Judgement(unaccepted, accepted, problems, due)


def _unused(entry: AcceptedFinding, findings: Sequence[Finding], where: str) -> Iterator[Problem]:
    """Yield a problem for each stack pattern of the entry that matches no finding."""
    for stack in entry.stacks:
        if not any(entry.covers(finding, stack) for finding in findings):
            yield Problem(
                where,
                entry.rule,
                f"accepts nothing any more: {stack} has no such finding at {entry.address}",
                "remove the entry, or this stack from its list",
            )


def _badly_dated(entry: AcceptedFinding, where: str, today: date) -> Iterator[Problem]:
    """Yield a problem if the review date is past or too far ahead."""
    if today <= entry.review <= today + MAX_REVIEW_AHEAD:
        return
    yield Problem(
        where,
        entry.rule,
        f"is past its review; {entry.owner} accepted it, because: {entry.reason}"
        if entry.review < today
        else "would be reviewed too late",
        "fix the finding, or confirm the reason with a new date",
        value=entry.review.isoformat(),
        allowed=f"{today} to {today + MAX_REVIEW_AHEAD}",
    )
