"""Monitoring: whether alerts reach somebody, and whether those of objectives can ever fire."""

from __future__ import annotations

from collections.abc import Iterator

from constructs_lib.edge.hosts import public_hosts
from constructs_lib.environment.settings import EnvironmentSettings
from constructs_lib.settings.finding import Finding
from envschema.services import applications

UPTIME_CHECKERS = 6
"""Locations from which a check asks when it names no regions (Cloud Monitoring, uptime checks)."""
_MONTH_SECONDS = 43_800 * 60
"""A twelfth of a year."""


def alerts_reach_somebody(settings: EnvironmentSettings) -> Iterator[Finding]:
    """An alert without a channel is a log line."""
    if settings.enable_monitoring and not settings.notification_emails:
        yield Finding(
            "notification_emails",
            "is empty, and enable_monitoring is true: no alert would reach anybody",
            'add an address, for example ["oncall@example.com"]',
            allowed="one address or more",
        )


def channels_are_of_the_project(settings: EnvironmentSettings) -> Iterator[Finding]:
    """An alert policy takes channels of its own project only, and each once."""
    seen: dict[tuple[str, str], str] = {}
    for severity, number, channel in settings.notification_channels.items():
        key = f"notification_channels.{severity}[{number}]"
        project = channel.split("/")[1]
        if not settings.enable_monitoring:
            yield Finding(
                key,
                "has no use: enable_monitoring is false",
                "remove the table, or set enable_monitoring = true",
                value=channel,
            )
        elif project != settings.project_id:
            yield Finding(
                key,
                f"is of the project {project}, and alerts are in {settings.project_id}",
                f"make the channel in {settings.project_id}",
                value=channel,
                allowed=f"projects/{settings.project_id}/notificationChannels/NUMBER",
            )
        elif (first := seen.setdefault((severity, channel), key)) != key:
            yield Finding(key, f"is also {first}", "remove one of them", value=channel)


def uptime_checks_stay_within_their_number(settings: EnvironmentSettings) -> Iterator[Finding]:
    """Each period, every checker asks every host."""
    if not settings.enable_monitoring:
        return
    periods = [
        host.service.uptime_period_seconds
        for host in public_hosts(settings)
        if host.service.uptime_path
    ]
    asked = sum(UPTIME_CHECKERS * _MONTH_SECONDS // period for period in periods)
    limit = settings.alerts.uptime_executions_per_month
    if asked > limit:
        yield Finding(
            "alerts.uptime_executions_per_month",
            f"{len(periods)} hosts are asked {asked} times a month, by {UPTIME_CHECKERS} checkers "
            f"every {' and '.join(f'{period} s' for period in sorted(set(periods)))}",
            "raise alerts.uptime_period_seconds, or that of a service; Google charges for more "
            "than a million in a project",
            value=limit,
            allowed=f"{asked} or more",
        )


def fast_burn_can_happen(settings: EnvironmentSettings) -> Iterator[Finding]:
    """When every request fails, the budget burns 1 / (1 - goal) times too fast, and no faster."""
    slo = settings.slo
    if slo is None:
        return
    rate = slo.fast_burn_rate
    least = round(1 - 1 / rate, 4)
    overrides = {f"slo.{s.name}": slo.override(s.name) for s in applications()}
    for table, goals in {"slo": slo, **overrides}.items():
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


CHECKS = (
    alerts_reach_somebody,
    channels_are_of_the_project,
    uptime_checks_stay_within_their_number,
    fast_burn_can_happen,
)
