"""Cloud Monitoring's time series of Cloud Run."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.google_api.answers import Answer, MethodRoute, error


@dataclass
class Traffic:
    """What a revision answered."""

    good: int = 1_000
    errors: int = 0
    p99_ms: float | None = 200.0


@dataclass
class MetricStore:
    """What each revision answered. One that is not named has ``usual``."""

    by_revision: dict[str, Traffic] = field(default_factory=dict)
    usual: Traffic = field(default_factory=Traffic)
    asked: list[dict[str, list[str]]] = field(default_factory=list)
    alerts: list[dict[str, Any]] = field(default_factory=list)
    """The newest first, as Google lists them."""

    def open_alert(self, title: str, opened_at: datetime, **labels: str) -> dict[str, Any]:
        """Let an alert be open, and return it."""
        alert = {
            "name": f"projects/1/alerts/{len(self.alerts)}",
            "state": "OPEN",
            "openTime": opened_at.strftime("%Y-%m-%dT%H:%M:%S.000000001Z"),
            "policy": {"displayName": title, "userLabels": labels},
        }
        self.alerts.insert(0, alert)
        return alert


def _series(world: Any, _: re.Match[str], query: dict[str, list[str]], __: Any) -> Answer:
    world.metrics.asked.append(query)
    [text] = query["filter"]
    [service] = re.findall(r'resource\.labels\.service_name = "([^"]+)"', text)
    is_count = "run.googleapis.com/request_count" in text
    series = []
    for name in world.run.revisions:
        if f"/services/{service}/" not in name:
            continue
        revision = name.rpartition("/")[2]
        traffic = world.metrics.by_revision.get(revision, world.metrics.usual)
        if is_count:
            counts = {"2xx": traffic.good, "5xx": traffic.errors}
            values = {k: {"int64Value": str(v)} for k, v in counts.items() if v}
        else:
            values = {"": {"doubleValue": traffic.p99_ms}} if traffic.p99_ms is not None else {}
        series += [
            {
                "resource": {"type": "cloud_run_revision", "labels": {"revision_name": revision}},
                "metric": {"labels": {"response_code_class": kind} if kind else {}},
                "points": [{"value": value}],
            }
            for kind, value in values.items()
        ]
    return 200, {"timeSeries": series} if series else {}


def _alerts(world: Any, _: re.Match[str], query: dict[str, list[str]], __: Any) -> Answer:
    """In pages of one, because a page that is not asked for is easily forgotten."""
    if query.get("filter") != ['state = "OPEN"']:
        return error(400, "this fake knows no other filter")
    listed = [alert for alert in world.metrics.alerts if alert["state"] == "OPEN"]
    start = int(query.get("pageToken", ["0"])[0])
    page: dict[str, Any] = {"alerts": listed[start : start + 1]} if listed else {}
    more = {"nextPageToken": str(start + 1)} if start + 1 < len(listed) else {}
    return 200, page | {"totalSize": len(listed)} | more


ROUTES: tuple[MethodRoute, ...] = (
    ("GET", r"/monitoring\.googleapis\.com/v3/projects/[a-z0-9-]+/timeSeries", _series),
    ("GET", r"/monitoring\.googleapis\.com/v3/projects/[a-z0-9-]+/alerts", _alerts),
)
