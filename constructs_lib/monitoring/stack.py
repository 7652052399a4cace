"""How monitoring is added to its stack: channels, metrics, objectives, the dashboard."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from constructs_lib.edge.hosts import public_hosts
from constructs_lib.environment.environment import Environment
from constructs_lib.environment.names import ERROR_LOGS
from constructs_lib.environment.services import deployed_applications
from constructs_lib.environment.stack import EnvironmentStack, labels
from constructs_lib.monitoring import alerts, charts
from constructs_lib.monitoring.dashboard import Dashboard, Section
from constructs_lib.monitoring.monitoring import Monitoring
from constructs_lib.monitoring.settings import Slo
from constructs_lib.monitoring.slo import SloTargets


def add_monitoring(stack: EnvironmentStack) -> Monitoring:
    """Add the channels, the metric of error logs, and the alert on certificates."""
    settings = stack.environment.settings
    monitoring = Monitoring(
        stack,
        "monitoring",
        project_id=settings.project_id,
        region=settings.region,
        emails=settings.notification_emails,
        channels=settings.notification_channels.of,
        user_labels=labels(stack.environment),
    )
    monitoring.count_error_logs(stack.environment.names.workload(ERROR_LOGS))
    if public_hosts(settings):
        monitoring.alert(alerts.certificate_expires(settings.alerts.certificate_days))
    return monitoring


def slo_targets(slo: Slo, service: str) -> SloTargets:
    """Return the objectives of a service: its own goals, and for the rest those of all."""
    own = slo.override(service)
    return SloTargets(
        availability_goal=own.availability_goal or slo.availability_goal,
        latency_goal=own.latency_goal or slo.latency_goal,
        latency_ms=own.latency_ms or slo.latency_ms,
        rolling_days=slo.rolling_days,
        fast_burn_rate=slo.fast_burn_rate,
        slow_burn_rate=slo.slow_burn_rate,
        minimum_requests=slo.minimum_requests,
    )


def incident_sections(environment: Environment) -> Iterator[Section]:
    """Yield what is wrong now, and how much may still go wrong."""
    settings, names = environment.settings, environment.names
    yield charts.incidents()
    if settings.slo is not None:
        workloads = [names.workload(s.name) for s in deployed_applications(settings)]
        yield charts.error_budgets(settings.project_id, workloads, settings.slo.fast_burn_rate)


def log_sections(environment: Environment) -> Iterator[Section]:
    """Yield the errors in logs, and what Google's checkers see."""
    yield charts.errors_in_logs(environment.names.workload(ERROR_LOGS))
    if public_hosts(environment.settings):
        yield charts.uptime(environment.settings.alerts.certificate_days)


def add_dashboard(stack: EnvironmentStack, sections: Sequence[Section]) -> None:
    """Add the dashboard, its sections from the most urgent question to the least."""
    settings = stack.environment.settings
    Dashboard(
        stack,
        "dashboard",
        display_name=f"{settings.name_prefix} {settings.environment}",
        sections=sections,
    )
