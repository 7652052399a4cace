"""The alerts on services that are open now.

Interface: https://cloud.google.com/monitoring/api/ref_v3/rest/v3/projects.alerts/list, which Google
calls a preview (2026-11-26).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from constructs_lib.monitoring.filters import SERVICE_LABEL
from google_api import Google

_PAGE = 1000
"""The most that a page may have."""


@dataclass(frozen=True, slots=True)
class OpenAlert:
    """An alert whose condition holds."""

    policy: str
    service: str
    opened_at: datetime

    def __str__(self) -> str:
        """As a reason has it."""
        return f'the alert "{self.policy}" is open since {self.opened_at:%H:%M} UTC'


class Alerts:
    """The alerts of a project."""

    def __init__(self, google: Google, *, project: str) -> None:
        self._google = google
        self._path = f"v3/projects/{project}/alerts"

    def of_services(self) -> list[OpenAlert]:
        """Return the open alerts of policies with a label of a service; raises GoogleError."""
        answers = self._google.pages(
            "monitoring", self._path, "alerts", filter='state = "OPEN"', pageSize=_PAGE
        )
        return [
            OpenAlert(
                policy["displayName"],
                policy["userLabels"][SERVICE_LABEL],
                datetime.fromisoformat(answer["openTime"]),
            )
            for answer in answers
            if SERVICE_LABEL in (policy := answer.get("policy", {})).get("userLabels", {})
        ]
