"""Who is notified of what, and when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from change.facts import Fact
from change.side import Placed, Side, items

_COMPARISONS = {"COMPARISON_GT": "above", "COMPARISON_LT": "below"}


def alerts(side: Side) -> Iterator[Fact]:
    """Yield the conditions of each alert, and objectives, checks and channels."""
    for placed in side.of("google_monitoring_alert_policy"):
        channels = items(placed.get("notification_channels"))
        # Its title may hold the threshold; its name in Terraform is what stays.
        name = placed.resource.name.removeprefix("monitoring_").replace("_", " ")
        yield (
            placed.environment,
            f"alert {name}",
            frozenset(
                {
                    *conditions(placed),
                    placed.get("severity") or "no severity",
                    *(f"to {side.read(placed.stack, channel)}" for channel in channels),
                    *(["disabled"] if placed.get("enabled") is False else []),
                }
            ),
        )
    for placed in side.of("google_monitoring_slo"):
        yield (
            placed.environment,
            f"objective {placed.resource.name}",
            (f"{placed.get('goal')} over {placed.get('rolling_period_days')} days"),
        )
    for placed in side.of("google_monitoring_uptime_check_config"):
        yield (
            placed.environment,
            f"uptime check {placed.resource.name}",
            (
                f"{placed.get('monitored_resource.labels.host')}{placed.get('http_check.path')} "
                f"each {placed.get('period')}"
            ),
        )
    for placed in side.of("google_monitoring_notification_channel"):
        labels = placed.get("labels") or {}
        stated = ", ".join(f"{key} {value}" for key, value in sorted(labels.items()))
        yield placed.environment, f"channel {placed.name}", stated


def conditions(placed: Placed) -> Iterator[str]:
    """Yield in words when an alert is sent."""
    for condition in items(placed.resource.arguments.get("conditions")):
        for kind, body in condition.items():
            if isinstance(body, Mapping):
                yield _condition(kind, body)


def _condition(kind: str, body: Mapping[str, Any]) -> str:
    duration = f" for {body['duration']}" if body.get("duration") not in (None, "0s") else ""
    if "threshold_value" in body:
        word = _COMPARISONS.get(body.get("comparison", ""), body.get("comparison"))
        return f"{word} {body['threshold_value']:g}{duration}"
    if "query" in body:
        return f"{body['query']}{duration}"
    if kind == "condition_matched_log":
        return "a log entry"
    return f"{kind.removeprefix('condition_')}{duration}"
