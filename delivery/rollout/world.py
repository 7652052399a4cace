"""What a rollout acts on: Google, Terraform and time. Tests put others in their places."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from delivery.rollout.alerts import Alerts
from delivery.rollout.clock import Clock
from delivery.rollout.cloud_run import CloudRun
from delivery.rollout.job_log import JobLog
from delivery.rollout.metrics import Metrics
from delivery.rollout.plan import Plan
from delivery.rollout.store import Store
from results import Result
from secret_manager.client import SecretManager

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


class Outside(Protocol):
    """Asks without credentials, as anybody could."""

    def smoke(self, service: str, host: str) -> Sequence[Result]:
        """Ask a revision of a service at a host, once."""

    def live(self) -> Sequence[Result]:
        """Ask all that serves the same, once."""

    def verify(self, meanwhile: Meanwhile = nothing) -> Sequence[Result]:
        """Do every check of ``verify``, and ask again for some minutes while one fails."""


@dataclass(frozen=True, slots=True)
class GoogleSide:
    """The calls to Google, by what they are about."""

    store: Store
    run: CloudRun
    metrics: Metrics
    alerts: Alerts
    secrets: SecretManager
    job_log: JobLog


@dataclass(frozen=True, slots=True)
class World:
    """What a rollout acts on."""

    google: GoogleSide
    terraform: Terraform
    clock: Clock
    outside: Outside
