"""The steps of a rollout and the limits of its gate: settings."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from constructs_lib.settings.model import StrictModel

OnInconclusive = Literal["hold", "proceed", "rollback"]
"""What follows when the gate comes to no verdict."""
MINUTES_OF_A_JOB = 300
"""What the gates of a rollout may take together. GitHub ends a job after 360 minutes, and plans,
applies and migrations need the rest (docs.github.com, usage limits of GitHub Actions)."""
FIRST_LOOK_MINUTES = 3
"""Metrics of Cloud Run arrive up to three minutes late, so no gate looks earlier."""


class Rollout(StrictModel):
    """How traffic is shifted to a new revision, and when the gate lets it go on.

    A candidate fails where it reaches both an absolute limit and the multiple of what the revision
    before has.
    """

    steps: Annotated[tuple[Annotated[int, Field(ge=1, le=100)], ...], Field(min_length=1)] = (
        5,
        25,
        50,
        100,
    )
    """The percentages of the traffic, one after the other; the last one is 100."""
    on_inconclusive: OnInconclusive | None = None
    """What follows where too few requests came in ``max_hold_minutes``, or metrics cannot be read:
    ``hold`` waits for somebody, ``proceed`` goes on, ``rollback`` gives the traffic back. Unless
    stated, ``proceed`` where the environment is disposable, else ``hold``."""
    min_requests: Annotated[int, Field(ge=1, le=1_000_000)] = 100
    """To a candidate at a step; with fewer there is no verdict."""
    max_error_ratio: Annotated[float, Field(gt=0, lt=1)] = 0.01
    """Share of requests answered with 5xx."""
    max_error_factor: Annotated[float, Field(ge=1, le=100)] = 2.0
    """Multiple of the share that the revision before has."""
    max_latency_p99_ms: Annotated[int, Field(ge=50, le=600000)] | None = None
    """Of answers with 2xx: one request in a hundred takes longer. Unless stated,
    ``alerts.latency_p95_ms``. What streams is not measured."""
    max_latency_factor: Annotated[float, Field(ge=1, le=100)] = 1.5
    """Multiple of the latency that the revision before has."""
    hold_minutes: Annotated[int, Field(ge=1, le=120)] = 5
    """For so long a candidate must not fail, at each step."""
    max_hold_minutes: Annotated[int, Field(ge=FIRST_LOOK_MINUTES, le=MINUTES_OF_A_JOB)] = 30
    """After so long without a verdict, ``on_inconclusive`` decides."""
