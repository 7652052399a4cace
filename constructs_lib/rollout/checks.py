"""Whether a rollout can get to its end: its steps, its times, and how it is judged."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from constructs_lib.environment.settings import EnvironmentSettings
from constructs_lib.rollout.settings import MINUTES_OF_A_JOB
from constructs_lib.settings.finding import Finding


def steps_ascend_to_everybody(settings: EnvironmentSettings) -> Iterator[Finding]:
    """Each step has more traffic than the one before, and the last one has all of it."""
    steps = list(settings.rollout.steps)
    for before, after in pairwise(steps):
        if after <= before:
            yield Finding(
                "rollout.steps",
                f"{after} comes after {before}",
                "put them in order, each once",
                value=steps,
                allowed="percentages that rise from step to step",
            )
            return
    if steps[-1] != 100:
        yield Finding(
            "rollout.steps",
            f"ends at {steps[-1]} percent, and nobody would judge the release with all traffic",
            f"set rollout.steps = {[*steps, 100]}",
            value=steps,
            allowed="100 as the last step",
        )


def times_fit(settings: EnvironmentSettings) -> Iterator[Finding]:
    """A gate can pass before it gives up, and all of them fit into a job of GitHub."""
    rollout = settings.rollout
    if rollout.hold_minutes > rollout.max_hold_minutes:
        yield Finding(
            "rollout.hold_minutes",
            f"is above rollout.max_hold_minutes = {rollout.max_hold_minutes}: no gate could pass",
            "lower the one or raise the other",
            value=rollout.hold_minutes,
            allowed=f"up to {rollout.max_hold_minutes}",
        )
    longest = len(rollout.steps) * rollout.max_hold_minutes
    if longest > MINUTES_OF_A_JOB:
        most = MINUTES_OF_A_JOB // len(rollout.steps)
        yield Finding(
            "rollout.max_hold_minutes",
            f"makes {longest} minutes with {len(rollout.steps)} steps, and GitHub ends the job "
            "before",
            f"set rollout.max_hold_minutes = {most}, or take fewer steps",
            value=rollout.max_hold_minutes,
            allowed=f"up to {most} with {len(rollout.steps)} steps",
        )


CHECKS = (steps_ascend_to_everybody, times_fit)
