"""Who is notified of what, and when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from change.facts import Facts
from change.side import Placed, Side, items

_COMPARISONS = {"COMPARISON_GT": "above", "COMPARISON_LT": "below"}


def alerts(side: Side) -> Facts:
    """Return the conditions of each alert, and objectives, checks and channels."""
    facts = {}
    for placed in side.of("google_monitoring_alert_policy"):
        conditions = "; ".join(dict.fromkeys(_conditions(placed)))
        channels = ", ".join(
            side.read(placed.stack, c) for c in placed.get("notification_channels") or ()
        )
        severity = placed.get("severity") or "no severity"
        state = "disabled, " if placed.get("enabled") is False else ""
        # Its title may hold the threshold, so that its name in Terraform is what stays.
        facts[placed.environment, f"alert {placed.resource.name}"] = (
            f"{state}{placed.name}: {conditions}, {severity}, to {channels or 'nobody'}"
        )
    for placed in side.of("google_monitoring_slo"):
        facts[placed.environment, f"objective {placed.resource.name}"] = (
            f"{placed.get('goal')} over {placed.get('rolling_period_days')} days"
        )
    for placed in side.of("google_monitoring_uptime_check_config"):
        facts[placed.environment, f"uptime check {placed.resource.name}"] = (
            f"{placed.get('monitored_resource.labels.host')}{placed.get('http_check.path')} "
            f"each {placed.get('period')}"
        )
    for placed in side.of("google_monitoring_notification_channel"):
        labels = placed.get("labels") or {}
        stated = ", ".join(f"{key} {value}" for key, value in sorted(labels.items()))
        facts[placed.environment, f"channel {placed.name}"] = stated
    return facts


def _conditions(placed: Placed) -> Iterator[str]:
    for condition in items(placed.resource.arguments.get("conditions")):
        for kind, body in condition.items():
            if isinstance(body, Mapping):
                yield _condition(kind, body)


def _condition(kind: str, body: Mapping[str, Any]) -> str:
    duration = f" for {body['duration']}" if body.get("duration") not in (None, "0s") else ""
    if "threshold_value" in body:
        word = _COMPARISONS.get(body.get("comparison", ""), body.get("comparison"))
        return f"{word} {body['threshold_value']:g}{duration}"
    if kind == "condition_matched_log":
        return "a log entry"
    return f"{kind.removeprefix('condition_')}{duration}"
