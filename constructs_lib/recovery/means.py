"""What the settings give for each failure: how much is lost, how long it takes, and by what means.

Times to be back are estimates of the runbook's steps for a small database; none was exercised.
Sources: Cloud SQL documentation, ``high-availability`` (both zones hold what was committed), and
``backup-recovery/pitr`` (the log is uploaded every five minutes or sooner, into the region of the
instance, and serves a lost or deleted instance as well).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from constructs_lib.environment.settings import EnvironmentSettings
from constructs_lib.postgres.settings import CloudSqlPostgres, ComputeEnginePostgres
from constructs_lib.recovery.settings import MINUTES_PER_DAY

FAILURES: Mapping[str, str] = {
    "instance": "the machine of the database fails",
    "zone": "its zone is lost",
    "region": "the region is lost",
    "rows": "rows or tables are deleted or spoilt",
    "database": "the database is deleted",
    "project": "the project is lost",
    "secret": "a secret leaks",
}
"""The keys of ``Recovery``, and what happens."""

_LOG_UPLOAD = 5
_FAILOVER = 5
_RESTART = 15
_CLONE = 2 * 60
_RESTORE_TO_NEW = 4 * 60
_ELSEWHERE = 3 * MINUTES_PER_DAY
"""There are no stacks for a second region: the environment is built anew around the data."""
_SNAPSHOT_RESTORE = 60
_ROTATION = 60
_DAILY = MINUTES_PER_DAY
_NO_SETTING = "no setting gives less"


@dataclass(frozen=True, slots=True)
class Means:
    """How an environment comes back after a failure."""

    rpo_minutes: int | None
    """What is lost at most; None for everything."""
    rto_minutes: int
    by: str
    """What brings it back."""
    runbook: str
    """The section of the runbook."""
    better: str
    """What to set so that less is lost."""
    window_days: int | None = None
    """For how many days back, where that is limited."""


def means(settings: EnvironmentSettings) -> dict[str, Means]:
    """Return the means by failure; without a database there are those against leaks alone."""
    secret = Means(0, _ROTATION, "a new version of the secret", "rotate-a-secret", _NO_SETTING)
    postgres = settings.enabled_postgres
    if isinstance(postgres, CloudSqlPostgres):
        return {**_cloud_sql(settings, postgres), "secret": secret}
    if isinstance(postgres, ComputeEnginePostgres):
        return {**_machine(postgres), "secret": secret}
    return {"secret": secret}


def _cloud_sql(settings: EnvironmentSettings, postgres: CloudSqlPostgres) -> dict[str, Means]:
    is_regional = postgres.availability_type == "REGIONAL"
    restore, deleted = (
        "restore-postgres-to-a-point-in-time",
        "postgres-was-deleted-or-not-backed-up",
    )
    log_days = postgres.transaction_log_retention_days
    down = "a-service-is-down"
    failover = Means(0, _FAILOVER, "the standby in another zone", down, _NO_SETTING)
    rows = Means(
        _LOG_UPLOAD,
        _CLONE,
        "a clone at a point in time",
        restore,
        "raise postgres.transaction_log_retention_days, or lower noticed_within_days",
        window_days=log_days,
    )
    promised = settings.recovery and settings.recovery.rows
    if promised and promised.noticed_within_days > log_days:
        # A backup is made each day.
        days = postgres.retained_backups
        rows = Means(_DAILY, _CLONE, "a daily backup", restore, rows.better, days)
    return {
        "instance": failover
        if is_regional
        else Means(0, _RESTART, "a restart on the same disk", down, _NO_SETTING),
        "zone": failover
        if is_regional
        else Means(
            _LOG_UPLOAD,
            _RESTORE_TO_NEW,
            "a clone from the uploaded log, in another zone",
            restore,
            'set postgres.availability_type = "REGIONAL"',
        ),
        "region": _region(settings, postgres),
        "rows": rows,
        "database": Means(
            _LOG_UPLOAD,
            _RESTORE_TO_NEW,
            "backups and log that outlive the instance",
            deleted,
            _NO_SETTING,
        )
        if settings.is_protected
        else Means(
            None,
            _RESTORE_TO_NEW,
            "nothing: backups go with the instance",
            deleted,
            "remove disposable or deletion_protection = false: backups then outlive the instance",
        ),
        "project": _PROJECT
        if settings.database_export is None
        else Means(
            _DAILY,
            _ELSEWHERE,
            "the last export in the shared project",
            "restore-postgres-from-an-export",
            _NO_SETTING,
            settings.database_export.retention_days,
        ),
    }


def _region(settings: EnvironmentSettings, postgres: CloudSqlPostgres) -> Means:
    lost = "postgres-is-lost-with-its-region"
    add_replica = "set postgres.read_replica.region to another region"
    replica, own = postgres.read_replica, postgres.region or settings.region
    if replica is not None and (replica.region or settings.region) != own:
        lag = -(-settings.alerts.postgres_replica_lag_seconds // 60)
        better = "lower alerts.postgres_replica_lag_seconds, and see that the replica keeps up"
        return Means(lag, _ELSEWHERE, "the replica in another region", lost, better)
    if (postgres.backup_location or own) != own:
        return Means(_DAILY, _ELSEWHERE, "a daily backup outside the region", lost, add_replica)
    return Means(
        None,
        _ELSEWHERE,
        "nothing: backups and log are in the region",
        lost,
        f'{add_replica}, or postgres.backup_location = "us" or the like for a day',
    )


def _machine(postgres: ComputeEnginePostgres) -> dict[str, Means]:
    interval = postgres.snapshot_interval_hours * 60
    restore = "restore-postgres-on-a-machine"
    smaller = "lower postgres.snapshot_interval_hours"
    managed = f'{smaller}, or use engine = "cloud_sql"'
    snapshot = Means(
        interval,
        _SNAPSHOT_RESTORE,
        "the last snapshot of the disk",
        restore,
        managed,
        window_days=postgres.snapshot_retention_days,
    )
    return {
        "instance": Means(
            0,
            _RESTART,
            "a new machine with the same disk",
            "a-machine-is-down-or-short-of-cpu-or-disk",
            _NO_SETTING,
        ),
        "zone": snapshot,
        "region": Means(
            None, _ELSEWHERE, "nothing: snapshots are in the region", restore, 'use "cloud_sql"'
        ),
        "rows": snapshot,
        "database": snapshot,
        "project": _PROJECT,
    }


_PROJECT = Means(
    None,
    _ELSEWHERE,
    "nothing: no copy lies outside the project",
    "postgres-was-deleted-or-not-backed-up",
    "add [database_export], which needs Cloud SQL, or remove recovery.project",
)
