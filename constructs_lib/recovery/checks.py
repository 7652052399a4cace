"""What is promised for a failure is held against what the settings give."""

from __future__ import annotations

from collections.abc import Iterator

from constructs_lib.environment.settings import EnvironmentSettings
from constructs_lib.recovery.means import FAILURES, Means, means
from constructs_lib.recovery.settings import Promise, PromiseForRows, PromiseForSecret
from constructs_lib.settings.finding import Finding


def promises_can_be_kept(settings: EnvironmentSettings) -> Iterator[Finding]:
    """A stated objective that nothing can meet is worse than none: people rely on it."""
    if settings.recovery is None:
        return
    given = means(settings)
    for failure, happens in FAILURES.items():
        promise: Promise | PromiseForSecret | None = getattr(settings.recovery, failure)
        # A database that is switched off loses nothing.
        if promise is not None and failure in given:
            yield from _kept(f"recovery.{failure}", happens, promise, given[failure])


def _kept(
    key: str, happens: str, promise: Promise | PromiseForSecret, given: Means
) -> Iterator[Finding]:
    if isinstance(promise, Promise):
        rpo = given.rpo_minutes
        if rpo is None:
            yield Finding(
                f"{key}.rpo_minutes",
                f"when {happens}, everything is lost; what brings it back: {given.by}",
                f"{given.better}, or remove {key}",
                value=promise.rpo_minutes,
            )
        elif promise.rpo_minutes < rpo:
            yield Finding(
                f"{key}.rpo_minutes",
                f"when {happens}, up to {rpo} minutes are lost; what brings it back: {given.by}",
                f"set {rpo} or more: {given.better}"
                if given.better.startswith("no ")
                else f"{given.better}, or set {rpo} or more",
                value=promise.rpo_minutes,
                allowed=f"{rpo} or more",
            )
    if promise.rto_minutes < given.rto_minutes:
        yield Finding(
            f"{key}.rto_minutes",
            f"when {happens}, it takes about {given.rto_minutes} minutes by docs/runbook.md"
            f"#{given.runbook}; what brings it back: {given.by}",
            f"set {given.rto_minutes} or more",
            value=promise.rto_minutes,
            allowed=f"{given.rto_minutes} or more",
        )
    days = given.window_days
    if isinstance(promise, PromiseForRows) and days and promise.noticed_within_days > days:
        yield Finding(
            f"{key}.noticed_within_days",
            f"what is older than {days} days cannot be brought back; by: {given.by}",
            f"set {days} or less, or keep backups longer",
            value=promise.noticed_within_days,
            allowed=f"1 to {days}",
        )


CHECKS = (promises_can_be_kept,)
