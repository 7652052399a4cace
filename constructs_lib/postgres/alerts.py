"""Alerts on a Cloud SQL instance: its load, its replica, its backups."""

from __future__ import annotations

from constructs_lib.monitoring.alerts import Alert, LogAlert
from constructs_lib.monitoring.audit import ADMIN_ACTIVITY, SUCCEEDED, SYSTEM_EVENT
from constructs_lib.monitoring.filters import all_of, metric

_MEMORY = 0.9
_TRANSACTION_IDS = 0.5
"""Far above 200 million of two thousand million, from which on autovacuum freezes by itself."""


def _cloud_sql(name: str, database_id: str) -> str:
    return all_of(
        metric(f"cloudsql.googleapis.com/database/{name}", "cloudsql_database"),
        f'resource.labels.database_id = "{database_id}"',
    )


def postgres_cpu_is_high(database_id: str, utilization: float) -> Alert:
    """Postgres is short of CPU."""
    return Alert(
        id="postgres-cpu",
        title=f"Postgres CPU is above {utilization:.0%}",
        severity="WARNING",
        filter=_cloud_sql("cpu/utilization", database_id),
        aligner="ALIGN_MEAN",
        reducer="REDUCE_MAX",
        duration_seconds=900,
        threshold=utilization,
        meaning=f"{database_id} has used more than {utilization:.0%} of its CPU for 15 minutes.",
        steps=(
            "Open Query Insights and look for a statement that dominates the load.",
            "Check for a missing index, above all on a vector column, after the last migration.",
            "Raise postgres.tier in the environment file; the change restarts the instance.",
        ),
        runbook="postgres-is-short-of-cpu-disk-or-connections",
    )


def postgres_disk_is_full(database_id: str, utilization: float) -> Alert:
    """The disk grows faster than it is enlarged, or may not grow any more."""
    return Alert(
        id="postgres-disk",
        title=f"Postgres disk is more than {utilization:.0%} full",
        severity="CRITICAL",
        filter=_cloud_sql("disk/utilization", database_id),
        aligner="ALIGN_MEAN",
        reducer="REDUCE_MAX",
        threshold=utilization,
        meaning=f"The disk of {database_id} fills up; a full disk stops all writes.",
        steps=(
            "See whether postgres.disk_autoresize_limit_gb has been reached, and raise it.",
            "Look for a replication slot that nobody reads: SELECT * FROM pg_replication_slots.",
            "Find the table that grew: pg_total_relation_size.",
        ),
        runbook="postgres-is-short-of-cpu-disk-or-connections",
    )


def postgres_connections_run_out(database_id: str, max_connections: int, ratio: float) -> Alert:
    """New instances will soon be refused."""
    limit = int(max_connections * ratio)
    return Alert(
        id="postgres-connections",
        title=f"Postgres has more than {limit} of {max_connections} connections",
        severity="ERROR",
        filter=_cloud_sql("postgresql/num_backends", database_id),
        aligner="ALIGN_MEAN",
        # The metric is counted for each database of the instance.
        reducer="REDUCE_SUM",
        threshold=limit,
        meaning=f"{database_id} nears max_connections = {max_connections}; "
        "beyond it, instances fail to start.",
        steps=(
            "Group pg_stat_activity by application_name and state: look for idle transactions.",
            "See whether a service has scaled out: each instance holds a pool of 10.",
            "Lower max_instance_count, or raise postgres.max_connections and the tier.",
        ),
        runbook="postgres-is-short-of-cpu-disk-or-connections",
    )


def postgres_is_down(database_id: str) -> Alert:
    """The server does not run, or its instance reports nothing."""
    return Alert(
        id="postgres-down",
        title="Postgres does not run",
        severity="CRITICAL",
        filter=_cloud_sql("up", database_id),
        aligner="ALIGN_MAX",
        reducer="REDUCE_MAX",
        # 1 while the server runs; five minutes of maintenance or of a failover are not told of.
        threshold=1,
        below=True,
        missing_is_wrong=True,
        meaning=f"{database_id} has not run for five minutes: every request that needs data fails.",
        steps=(
            "Read its state: gcloud sql instances describe, and gcloud sql operations list.",
            "Stopped, or suspended for billing: start it, or see to the billing account.",
            "Its disk or its memory is full, and it restarts again and again: see those alerts.",
            "A zone is down, and the instance is ZONAL: restore to a point in time, elsewhere.",
        ),
        runbook="postgres-is-down",
    )


def postgres_memory_is_full(database_id: str) -> Alert:
    """The kernel will end Postgres next."""
    return Alert(
        id="postgres-memory",
        title=f"Postgres memory is more than {_MEMORY:.0%} used",
        severity="ERROR",
        filter=_cloud_sql("memory/utilization", database_id),
        aligner="ALIGN_MEAN",
        reducer="REDUCE_MAX",
        duration_seconds=900,
        threshold=_MEMORY,
        meaning=f"{database_id} has used more than {_MEMORY:.0%} of its memory for 15 minutes. "
        "When it is used up, Postgres is ended and all connections break.",
        steps=(
            "Count the connections, and what each sorts or hashes: pg_stat_activity, work_mem.",
            "Look for the build of a vector index: maintenance_work_mem for each worker.",
            "Raise postgres.tier in the environment file; the change restarts the instance.",
        ),
        runbook="postgres-is-short-of-cpu-disk-or-connections",
    )


def postgres_wraps_around(database_id: str) -> Alert:
    """Transaction ids are used up faster than vacuum frees them."""
    return Alert(
        id="postgres-wraparound",
        title=f"Postgres has used more than {_TRANSACTION_IDS:.0%} of its transaction ids",
        severity="ERROR",
        filter=_cloud_sql("postgresql/transaction_id_utilization", database_id),
        aligner="ALIGN_MEAN",
        reducer="REDUCE_MAX",
        duration_seconds=900,
        threshold=_TRANSACTION_IDS,
        meaning="Vacuum frees them from about 10% on. At 100% Postgres takes no writes any more.",
        steps=(
            "Find what holds vacuum back: a transaction of days, a prepared one, a replication "
            "slot that nobody reads.",
            "End it, and VACUUM (FREEZE, VERBOSE) the tables with the oldest relfrozenxid.",
        ),
        runbook="postgres-is-short-of-cpu-disk-or-connections",
    )


def postgres_replica_lags(database_id: str, seconds: int) -> Alert:
    """The read replica falls behind: who reads there sees the past, and a promotion loses it."""
    return Alert(
        id="postgres-replica-lag",
        title=f"The Postgres replica is more than {seconds} s behind",
        severity="ERROR",
        filter=_cloud_sql("replication/replica_lag", database_id),
        aligner="ALIGN_MAX",
        reducer="REDUCE_MAX",
        threshold=seconds,
        # The series ends with the replication.
        missing_is_wrong=True,
        meaning=f"{database_id} has been more than {seconds} s behind its primary for five "
        "minutes, or has not said how far; so much would be lost if it had to be promoted now.",
        steps=(
            "No value at all: replication has stopped. Restart the replica, or replace it.",
            "See whether a migration or a mass update runs on the primary: then wait.",
            "Look for a long query on the replica: it holds back what it reads.",
            "If CPU or disk of the replica are at their limit, raise postgres.read_replica.tier.",
        ),
        runbook="the-postgres-replica-lags",
    )


def cloud_sql_is_deleted(instance: str) -> LogAlert:
    """The instance is gone, with its backups unless they were kept."""
    return LogAlert(
        id="postgres-deleted",
        title=f"The Cloud SQL instance {instance} was deleted",
        severity="CRITICAL",
        filter=all_of(
            ADMIN_ACTIVITY,
            'protoPayload.methodName = "cloudsql.instances.delete"',
            f'protoPayload.resourceName : "instances/{instance}"',
            SUCCEEDED,
        ),
        rate_limit_seconds=300,
        meaning=f"{instance} was deleted, and its deletion protection was lifted before.",
        steps=(
            "Read who from the log entry: authenticationInfo.principalEmail.",
            f'List what is left: gcloud sql backups list --filter="instance:{instance}".',
            "Not meant: restore under another name; the old one is blocked for about a week.",
        ),
        runbook="postgres-was-deleted-or-not-backed-up",
    )


def cloud_sql_backup_failed(project_id: str, instance: str) -> LogAlert:
    """The daily backup of an instance did not come about."""
    return LogAlert(
        id="postgres-backup",
        title=f"The backup of Cloud SQL instance {instance} failed",
        severity="ERROR",
        filter=all_of(
            SYSTEM_EVENT,
            'resource.type = "cloudsql_database"',
            f'resource.labels.database_id = "{project_id}:{instance}"',
            'protoPayload.methodName = "cloudsql.instances.automatedBackup"',
            # STATUS_FAILED, STATUS_ATTEMPT_FAILED and STATUS_SKIPPED, against STATUSSUCCEEDED.
            'protoPayload.metadata.windowStatus =~ "FAILED|SKIPPED"',
        ),
        meaning=f"{instance} has no backup of today. Until there is one, a restore goes further "
        "back, or depends on the transaction log alone.",
        steps=(
            f"See the last good one: gcloud sql backups list --instance={instance} --limit=5.",
            "Read the reason in the log entry: protoPayload.metadata.message.",
            f"Make one now: gcloud sql backups create --instance={instance}.",
        ),
        runbook="postgres-was-deleted-or-not-backed-up",
    )
