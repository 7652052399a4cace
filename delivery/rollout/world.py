"""What a rollout acts on: Google, Terraform and time. Tests put others in their places."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from delivery.rollout.alerts import Alerts
from delivery.rollout.clock import Clock
from delivery.rollout.cloud_run import CloudRun
from delivery.rollout.metrics import Metrics
from delivery.rollout.plan import Plan
from delivery.rollout.store import Store

Images = Mapping[str, str]
"""By the name within Terraform's variable ``image_NAME``."""


Meanwhile = Callable[[], None]
"""Called again and again while something takes long."""


def nothing() -> None:
    """Do nothing meanwhile."""


class Terraform(Protocol):
    """Plans and applies stacks.

    What ``meanwhile`` raises is raised once Terraform has ended: an apply that is cut off leaves a
    locked state.
    """

    def plan(self, stack: str, images: Images, meanwhile: Meanwhile = nothing) -> Plan:
        """Plan a stack with a refresh; raises StepFailed with Terraform's own words."""

    def apply(self, plan: Plan, meanwhile: Meanwhile = nothing) -> None:
        """Apply a plan that was made just now; raises StepFailed."""


@dataclass(frozen=True, slots=True)
class GoogleSide:
    """The calls to Google, by what they are about."""

    store: Store
    run: CloudRun
    metrics: Metrics
    alerts: Alerts
    probe: Callable[[str], int | None]
    """Asks for an address without credentials; returns the status, or None without an answer."""


@dataclass(frozen=True, slots=True)
class World:
    """What a rollout acts on."""

    google: GoogleSide
    terraform: Terraform
    clock: Clock
