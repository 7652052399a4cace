"""Which sections the dashboard of an environment has: those of what is switched on."""

from __future__ import annotations

from collections.abc import Iterator

from constructs_lib.edge.hosts import public_hosts
from constructs_lib.environment.environment import Environment
from constructs_lib.environment.names import ERROR_LOGS
from constructs_lib.monitoring import charts as parts
from constructs_lib.monitoring.dashboard import Section
from constructs_lib.postgres.settings import CloudSqlPostgres


def sections(environment: Environment) -> tuple[Section, ...]:
    """Return the sections from the most urgent question to the least."""
    return tuple(_sections(environment))


def _sections(environment: Environment) -> Iterator[Section]:
    settings, names = environment.settings, environment.names
    limits = settings.alerts
    workloads = [names.workload(service) for service in settings.services_on()]
    yield parts.incidents()
    if settings.slo is not None:
        yield parts.error_budgets(settings.project_id, workloads, settings.slo.fast_burn_rate)
    yield parts.services(
        [
            parts.ServiceLimits(
                service=workload,
                error_ratio=limits.error_ratio,
                latency_ms=limits.latency_p95_ms,
            )
            for workload in workloads
        ]
    )
    yield parts.instances()
    postgres = settings.postgres_on
    # A machine has no metrics of Postgres itself.
    if isinstance(postgres, CloudSqlPostgres):
        yield parts.cloud_sql(
            f"{settings.project_id}:{names.postgres}",
            parts.PostgresLimits(
                cpu=limits.postgres_cpu_utilization,
                disk=limits.postgres_disk_utilization,
                connections=int(postgres.max_connections * limits.postgres_connections_ratio),
            ),
        )
    if settings.redis_on:
        yield parts.redis(names.redis_path, limits.redis_memory_ratio)
    yield parts.jobs()
    yield parts.errors_in_logs(names.workload(ERROR_LOGS))
    if public_hosts(settings):
        yield parts.uptime(limits.certificate_days)
