"""Whether a candidate is as good as what it replaces: pass, fail, or not to be known yet.

A service with little traffic proves nothing. Tools with two values abort such rollouts, or let them
pass; here that is a verdict of its own.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """What a look at the metrics says."""

    PASS = "pass"
    FAIL = "fail"
    INCONCLUSIVE = "inconclusive"


@dataclass(frozen=True, slots=True)
class Sample:
    """The requests of a revision since its share of traffic changed."""

    requests: float
    errors: float
    """Answers with 5xx."""
    p99_ms: float | None = None
    """Of answers with 2xx; None where the metric has no value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """From which values on a candidate fails. It must exceed the limit and the factor."""

    min_requests: int
    error_ratio: float
    error_factor: float
    p99_ms: float | None
    """None: the length of a request says nothing, because it streams."""
    p99_factor: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """When to look, in seconds since the share changed."""

    first_look: float
    interval: float = 60
    hold: float
    """For so long a candidate must not fail."""
    max_hold: float
    """After so long without a verdict somebody else decides."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict, and what it rests on."""

    verdict: Verdict
    reason: str


def judge(candidate: Sample | None, stable: Sample | None, limits: Limits) -> Judgement:
    """Compare a candidate with the stable revision and with absolute limits.

    None stands for a metric that could not be read, or has no series.
    """
    if candidate is None or not _is_number(candidate.requests, candidate.errors):
        return Judgement(Verdict.INCONCLUSIVE, "the metrics have no requests of it")
    if candidate.requests < limits.min_requests:
        seen = f"{candidate.requests:g} of {limits.min_requests} requests"
        return Judgement(Verdict.INCONCLUSIVE, seen)
    # A few requests of the stable revision say nothing: one error would excuse many.
    comparable = (
        stable
        if stable is not None
        and _is_number(stable.requests, stable.errors)
        and stable.requests >= limits.min_requests
        else None
    )
    most = limits.error_ratio
    if comparable:
        most = max(most, limits.error_factor * comparable.errors / comparable.requests)
    ratio = candidate.errors / candidate.requests
    if ratio >= most:
        return Judgement(Verdict.FAIL, f"{ratio:.2%} errors, the limit is {most:.2%}")
    if limits.p99_ms is None:
        return Judgement(Verdict.PASS, f"{ratio:.2%} errors")
    if candidate.p99_ms is None or not _is_number(candidate.p99_ms):
        return Judgement(Verdict.INCONCLUSIVE, "the metrics have no latency of it")
    slowest = limits.p99_ms
    if comparable and comparable.p99_ms is not None and _is_number(comparable.p99_ms):
        slowest = max(slowest, limits.p99_factor * comparable.p99_ms)
    latency = f"p99 {candidate.p99_ms:.0f} ms"
    if candidate.p99_ms >= slowest:
        return Judgement(Verdict.FAIL, f"{latency}, the limit is {slowest:.0f} ms")
    return Judgement(Verdict.PASS, f"{ratio:.2%} errors, {latency}")


def with_alerts(judgement: Judgement, new: Sequence[str], old: Sequence[str]) -> Judgement:
    """Return a judgement that takes open alerts into account.

    ``new`` are those of the service that opened since the share changed: they fail the candidate.
    ``old`` opened before, or are of another service: nobody knows whose fault they are, so that
    there is no pass.
    """
    if judgement.verdict is not Verdict.FAIL and new:
        return Judgement(Verdict.FAIL, "; ".join(new))
    if judgement.verdict is Verdict.PASS and old:
        return Judgement(Verdict.INCONCLUSIVE, "; ".join(old))
    return judgement


def together(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the verdict on several services: the worst."""
    seen = set(verdicts)
    for verdict in (Verdict.FAIL, Verdict.INCONCLUSIVE):
        if verdict in seen:
            return verdict
    return Verdict.PASS


def decide(looks: Sequence[tuple[float, Verdict]], timing: Timing) -> Verdict | None:
    """Return the verdict of a series of looks, or None if there must be another.

    A look is its time in seconds since the share changed, and its verdict. Two failures in a row
    fail: a single one may be a spike.
    """
    if not looks:
        return None
    elapsed, last = looks[-1]
    if last is Verdict.FAIL and (elapsed >= timing.max_hold or _failed(looks[-2:-1])):
        return Verdict.FAIL
    recent = [verdict for at, verdict in looks if at > elapsed - timing.hold]
    if last is Verdict.PASS and elapsed >= timing.hold and Verdict.FAIL not in recent:
        return Verdict.PASS
    return Verdict.INCONCLUSIVE if elapsed >= timing.max_hold else None


def _failed(looks: Sequence[tuple[float, Verdict]]) -> bool:
    return any(verdict is Verdict.FAIL for _, verdict in looks)


def _is_number(*values: float) -> bool:
    return all(math.isfinite(value) and value >= 0 for value in values)
