"""Adds the versions of a plan, one after the other, so that a run that broke off is repeated.

What can break off is one addition: its answer may be lost although the version was added. So the
number that is expected is read before each addition, and again after a lost answer.

Two runs at once are noticed afterwards only: ``addVersion`` takes no etag and no expected number.
The later one gets a higher number than it planned, says so, and stops.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from google_api import GoogleError, NotFound, PermissionDenied, Unreachable
from secret_manager.client import SecretManager
from secret_manager.plan import Action, Plan, Step
from secret_manager.value import Value

ATTEMPTS = 3
PAUSE_SECONDS = 1.0
"""Before the answer that got lost is looked for; doubled before each further attempt."""


class Result(StrEnum):
    """How a step ended."""

    ADDED = "added"
    PRESENT = "was there already"
    UNCONFIRMED = "not confirmed"
    CONFLICT = "conflict"
    FAILED = "failed"

    @property
    def is_good(self) -> bool:
        """Whether the version is there, with a value that will do."""
        return self in {Result.ADDED, Result.PRESENT}


@dataclass(frozen=True, slots=True)
class Outcome:
    """A step and how it ended; ``what`` and ``fix`` where that was not well."""

    step: Step
    result: Result
    what: str = ""
    fix: str = ""


def run(
    plan: Plan, manager: SecretManager, *, pause_seconds: float = PAUSE_SECONDS
) -> Iterator[Outcome]:
    """Do the steps and yield each outcome as it is known; stop after the first that is not well."""
    for step in plan.writes:
        try:
            outcome = _Writing(step, manager, pause_seconds).outcome()
        except GoogleError as error:
            outcome = Outcome(step, Result.FAILED, error.what, error.fix)
        yield outcome
        if not outcome.result.is_good:
            return


@dataclass(frozen=True, slots=True)
class _Writing:
    step: Step
    manager: SecretManager
    pause_seconds: float

    def outcome(self) -> Outcome:
        step = self.step
        if step.action is Action.CONFIRM:
            return self._compared(step.given.value if step.given else None, Result.PRESENT)
        value = step.given.value if step.given else Value.generated(step.use.value)
        # The list from which the plan was made may be older than an earlier run's addition.
        if self.manager.version(step.use.secret_id, step.number) is not None:
            return self._compared(value if step.given else None, Result.PRESENT)
        for attempt in range(1, ATTEMPTS + 1):
            try:
                number = self.manager.add(step.use.secret_id, value)
            except Unreachable:
                time.sleep(self.pause_seconds * 2 ** (attempt - 1))
                if (found := self._after_a_lost_answer(value)) is not None:
                    return found
                if attempt == ATTEMPTS:
                    raise
            else:
                return self._numbered(number)
        raise AssertionError("the last attempt returns or raises")

    def _numbered(self, number: int) -> Outcome:
        step = self.step
        if number == step.number:
            return Outcome(step, Result.ADDED)
        return Outcome(
            step,
            Result.CONFLICT,
            f"somebody else added version {step.number} meanwhile; this run's is version {number}, "
            "which nothing reads",
            f"gcloud secrets versions disable {number} --secret={step.use.secret_id} "
            f"--project={self.manager.project}, and repeat this command",
        )

    def _after_a_lost_answer(self, value: Value) -> Outcome | None:
        """Return whether the version is there; None where it is not, and may be added again."""
        step = self.step
        try:
            if self.manager.checksum(step.use.secret_id, step.number) == value.checksum:
                return Outcome(step, Result.ADDED)
        except NotFound:
            return None
        except PermissionDenied:
            if self.manager.version(step.use.secret_id, step.number) is None:
                return None
        return self._compared(value if step.given else None, Result.ADDED)

    def _compared(self, value: Value | None, same: Result) -> Outcome:
        """Return the outcome of a version that is there; of no value, any will do."""
        step = self.step
        if value is None:
            return Outcome(step, same)
        version = f"version {step.number} of {step.use.secret_id}"
        try:
            if self.manager.checksum(step.use.secret_id, step.number) == value.checksum:
                return Outcome(step, same)
        except PermissionDenied:
            return Outcome(
                step,
                Result.UNCONFIRMED,
                f"{version} is there, and you may not read whether it holds the value that was "
                "given",
                "ask somebody with roles/secretmanager.secretAccessor to compare it; or "
                f"disable it and use --rotate {step.use.variable}",
            )
        return Outcome(
            step,
            Result.CONFLICT,
            f"{version} is there and holds another value than the one that was given",
            f"take the value away to keep that version; or disable it and use "
            f"--rotate {step.use.variable}",
        )
