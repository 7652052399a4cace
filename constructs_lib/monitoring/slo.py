"""Service level objectives as data: how much may fail, and how fast that may be used up.

The alerts have two windows each, after the SRE workbook, chapter 5: the long one says that it
matters, the short one that it still goes on. ``service_levels`` makes the resources.
"""

from __future__ import annotations

from dataclasses import dataclass

from constructs_lib.monitoring.alerts import Notice, Severity

_HOUR = 3600


@dataclass(frozen=True, slots=True)
class Burn:
    """Over how long a budget must not burn too fast."""

    id: str
    long_seconds: int
    short_seconds: int


FAST = Burn("fast", _HOUR, 300)
SLOW = Burn("slow", 6 * _HOUR, 1800)


@dataclass(frozen=True, slots=True, kw_only=True)
class SloTargets:
    """What one service promises. Goals are shares of all requests, between 0 and 1."""

    availability_goal: float
    latency_goal: float
    latency_ms: int
    rolling_days: int
    fast_burn_rate: float
    """How many times faster than allowed is told at once; 1 uses the budget up exactly."""
    slow_burn_rate: float
    minimum_requests: int
    """Fewer requests than this in the long window, and no alert is sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BurnAlert(Notice):
    """Both windows burn too fast, and enough requests came for that to mean something."""

    objective: str
    """Full name of the objective."""
    service: str
    burn: Burn
    rate: float
    minimum_requests: int


_SEVERITIES: dict[tuple[str, str], Severity] = {
    ("availability", "fast"): "CRITICAL",
    ("availability", "slow"): "ERROR",
    ("latency", "fast"): "ERROR",
    ("latency", "slow"): "WARNING",
}


def burn_alert(
    *, service: str, kind: str, objective: str, goal: float, burn: Burn, targets: SloTargets
) -> BurnAlert:
    """Return the alert of one objective and one speed; ``kind`` is availability or latency."""
    rate = targets.fast_burn_rate if burn is FAST else targets.slow_burn_rate
    hours = targets.rolling_days * 24 / rate
    failing = "fail" if kind == "availability" else f"take longer than {targets.latency_ms} ms"
    return BurnAlert(
        id=f"{service}-{kind}-{burn.id}-burn",
        title=f"{service} uses up its {kind} budget {rate:g} times too fast",
        severity=_SEVERITIES[kind, burn.id],
        objective=objective,
        service=service,
        burn=burn,
        rate=rate,
        minimum_requests=targets.minimum_requests,
        meaning=f"{rate * (1 - goal):.1%} or more of the requests to {service} {failing}, over "
        f"{_time(burn.long_seconds)} and still over the last {_time(burn.short_seconds)}. At this "
        f"speed the budget of {targets.rolling_days} days ({1 - goal:.2%} of all requests) is "
        f"gone in {hours:.0f} hours.",
        steps=(
            "Open the dashboard: one service or all of them, one dependency, or a release?",
            "A release in this time: roll it back first, and read afterwards.",
            f"gcloud logging read 'severity>=ERROR AND resource.labels.service_name={service}' "
            "--limit 20 --freshness 1h."
            if kind == "availability"
            else "See instances against max_instance_count, Query insights, and slow traces.",
        ),
        runbook="an-error-budget-burns",
    )


def _time(seconds: int) -> str:
    return f"{seconds // _HOUR} h" if seconds >= _HOUR else f"{seconds // 60} min"
