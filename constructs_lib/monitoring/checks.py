"""Objectives: whether their alerts can ever fire."""

from __future__ import annotations

from collections.abc import Iterator

from constructs_lib.environment.settings import ServiceName
from constructs_lib.monitoring.settings import Slo
from constructs_lib.settings.finding import Finding


def fast_burn_can_happen(slo: Slo | None) -> Iterator[Finding]:
    """When every request fails, the budget burns 1 / (1 - goal) times too fast, and no faster."""
    if slo is None:
        return
    rate = slo.fast_burn_rate
    least = round(1 - 1 / rate, 4)
    own = {f"slo.{service}": getattr(slo, service) for service in ServiceName}
    for table, goals in {"slo": slo, **own}.items():
        for key in ("availability_goal", "latency_goal"):
            goal = getattr(goals, key)
            if goal is not None and goal <= least:
                yield Finding(
                    f"{table}.{key}",
                    f"is so low that the fast alert cannot fire: with every request bad, the "
                    f"budget burns {1 / (1 - goal):.1f} times too fast, and it takes {rate:g}",
                    "raise the goal, or lower slo.rolling_days",
                    value=goal,
                    allowed=f"above {least}, with rolling_days = {slo.rolling_days}",
                )
