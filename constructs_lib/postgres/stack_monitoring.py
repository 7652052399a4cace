"""How the database is watched: its alerts and its charts, by its engine."""

from __future__ import annotations

from collections.abc import Iterator

from constructs_lib.environment.environment import Environment
from constructs_lib.environment.names import POSTGRES
from constructs_lib.environment.stack import EnvironmentStack
from constructs_lib.monitoring.dashboard import Section
from constructs_lib.monitoring.monitoring import Monitoring
from constructs_lib.postgres import alerts, charts
from constructs_lib.postgres.settings import CloudSqlPostgres, ComputeEnginePostgres
from constructs_lib.virtual_machine import alerts as machine_alerts


def add_postgres_alerts(stack: EnvironmentStack, monitoring: Monitoring) -> None:
    """Watch the database by its engine, where it is switched on."""
    match stack.environment.settings.enabled_postgres:
        case CloudSqlPostgres() as postgres:
            _add_cloud_sql_alerts(stack, monitoring, postgres)
        case ComputeEnginePostgres():
            _add_machine_alerts(stack, monitoring)


def _add_cloud_sql_alerts(
    stack: EnvironmentStack, monitoring: Monitoring, postgres: CloudSqlPostgres
) -> None:
    settings, names = stack.environment.settings, stack.environment.names
    instance = names.postgres
    database_id = f"{settings.project_id}:{instance}"
    limits, add = settings.alerts, monitoring.alert
    add(alerts.postgres_is_down(database_id))
    add(alerts.postgres_memory_is_full(database_id))
    add(alerts.postgres_wraps_around(database_id))
    add(alerts.postgres_cpu_is_high(database_id, limits.postgres_cpu_utilization))
    add(alerts.postgres_disk_is_full(database_id, limits.postgres_disk_utilization))
    add(
        alerts.postgres_connections_run_out(
            database_id, postgres.max_connections, limits.postgres_connections_ratio
        )
    )
    if postgres.read_replica is not None:
        replica_id = f"{settings.project_id}:{names.postgres_replica}"
        add(alerts.postgres_replica_lags(replica_id, limits.postgres_replica_lag_seconds))
    add(alerts.cloud_sql_is_deleted(instance))
    add(alerts.cloud_sql_backup_failed(settings.project_id, instance))


def _add_machine_alerts(stack: EnvironmentStack, monitoring: Monitoring) -> None:
    machine = stack.environment.names.workload(POSTGRES)
    limits, add = stack.environment.settings.alerts, monitoring.alert
    add(machine_alerts.machine_is_down(machine, "CRITICAL"))
    add(machine_alerts.machine_is_old(machine, limits.machine_image_days))
    add(machine_alerts.machine_cpu_is_high(machine, limits.postgres_cpu_utilization))
    add(
        machine_alerts.machine_disk_is_full(
            machine,
            limits.postgres_disk_utilization,
            "CRITICAL",
            causes=(
                "Look for a replication slot that nobody reads: "
                "SELECT * FROM pg_replication_slots.",
                "Find the table that grew: pg_total_relation_size.",
            ),
        )
    )


def postgres_sections(environment: Environment) -> Iterator[Section]:
    """Yield the charts of a Cloud SQL instance. A machine has no metrics of Postgres itself."""
    settings, limits = environment.settings, environment.settings.alerts
    postgres = settings.enabled_postgres
    if isinstance(postgres, CloudSqlPostgres):
        yield charts.cloud_sql(
            f"{settings.project_id}:{environment.names.postgres}",
            charts.PostgresLimits(
                cpu=limits.postgres_cpu_utilization,
                disk=limits.postgres_disk_utilization,
                connections=int(postgres.max_connections * limits.postgres_connections_ratio),
            ),
        )
