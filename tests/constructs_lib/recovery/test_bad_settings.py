"""Promises that the configuration cannot keep."""

from __future__ import annotations

from pathlib import Path

from constructs_lib.recovery.means import FAILURES, means
from constructs_lib.recovery.settings import Recovery
from environments import Configuration, load
from tests.bad_settings import Bad, assert_reported, by_name
from tests.support import PROD_PROMISES_NOTHING, edited

ZONE = "zone = { rpo_minutes = 5, rto_minutes = 480 }"
PROD_REGION = "region = { rpo_minutes = 5, rto_minutes = 4320 }"
ROWS = "rows = { rpo_minutes = 5, rto_minutes = 240, noticed_within_days = 7 }"
DEV_END = 'NEXT_PUBLIC_GOOGLE_CLIENT_ID = ""\n'

BAD_SETTINGS = (
    Bad(
        "a database of one zone that loses nothing with its zone",
        ("staging", ZONE, "zone = { rpo_minutes = 0, rto_minutes = 480 }"),
        "recovery.zone.rpo_minutes",
        "up to 5 minutes are lost",
        value="0",
        allowed="5 or more",
        fix='set postgres.availability_type = "REGIONAL", or set 5 or more',
    ),
    Bad(
        "less time than a restore takes",
        ("staging", ZONE, "zone = { rpo_minutes = 5, rto_minutes = 5 }"),
        "recovery.zone.rto_minutes",
        "docs/runbook.md#restore-postgres-to-a-point-in-time",
        value="5",
        allowed="240 or more",
    ),
    Bad(
        "a region without anything outside of it",
        ("staging", ZONE, f"{ZONE}\n{PROD_REGION}"),
        "recovery.region.rpo_minutes",
        "everything is lost; what brings it back: nothing: backups and log are in the region",
        fix="set postgres.read_replica.region to another region, or postgres.backup_location",
    ),
    Bad(
        "a region without the replica that it rests on",
        ("prod", '[postgres.read_replica]\nregion = "us-east1"\n', ""),
        "recovery.region.rpo_minutes",
        "up to 1440 minutes are lost; what brings it back: a daily backup outside the region",
        allowed="1440 or more",
    ),
    Bad(
        "a replica that may lag more",
        (
            "prod",
            "latency_p95_ms = 3000",
            "latency_p95_ms = 3000\npostgres_replica_lag_seconds = 601",
        ),
        "recovery.region.rpo_minutes",
        "up to 11 minutes are lost",
        fix="lower alerts.postgres_replica_lag_seconds",
    ),
    Bad(
        "a mistake that is older than the log",
        ("prod", "transaction_log_retention_days = 7", "transaction_log_retention_days = 6"),
        "recovery.rows.rpo_minutes",
        "up to 1440 minutes are lost; what brings it back: a daily backup",
        fix="raise postgres.transaction_log_retention_days, or lower noticed_within_days",
    ),
    Bad(
        "a mistake that is older than all backups",
        (
            "prod",
            ROWS,
            "rows = { rpo_minutes = 1440, rto_minutes = 240, noticed_within_days = 31 }",
        ),
        "recovery.rows.noticed_within_days",
        "older than 30 days cannot be brought back",
        allowed="1 to 30",
    ),
    Bad(
        "a project whose copies are all inside of it",
        (
            "staging",
            ZONE,
            f"{ZONE}\nproject = {{ rpo_minutes = 1440, rto_minutes = 4320 }}",
        ),
        "recovery.project.rpo_minutes",
        "no copy lies outside the project",
        fix="add [database_export], which needs Cloud SQL, or remove recovery.project",
    ),
    Bad(
        "a secret that is rotated at once",
        ("prod", "secret = { rto_minutes = 120 }", "secret = { rto_minutes = 5 }"),
        "recovery.secret.rto_minutes",
        "docs/runbook.md#rotate-a-secret",
        allowed="60 or more",
    ),
    Bad(
        "a machine that loses less than a snapshot's interval",
        ("dev", DEV_END, f"{DEV_END}\n[recovery]\n{ZONE}\n"),
        "recovery.zone.rpo_minutes",
        "up to 1440 minutes are lost; what brings it back: the last snapshot of the disk",
        fix="lower postgres.snapshot_interval_hours",
    ),
    Bad(
        "a disposable database that is deleted",
        (
            "staging",
            ZONE,
            f"{ZONE}\ndatabase = {{ rpo_minutes = 5, rto_minutes = 480 }}",
        ),
        "recovery.database.rpo_minutes",
        "nothing: backups go with the instance",
        also=("staging", "allow_unauthenticated = true", "disposable = true"),
    ),
    Bad(
        "a failure that nobody knows",
        ("prod", "secret = { rto_minutes = 120 }", "planet = { rto_minutes = 120 }"),
        "recovery.planet",
        "",
    ),
)


@by_name(BAD_SETTINGS)
def test_a_bad_setting_is_reported_with_key_value_allowed_and_fix(bad: Bad, tmp_path: Path) -> None:
    assert_reported(bad, tmp_path)


def test_the_failures_are_those_that_may_be_promised() -> None:
    assert list(FAILURES) == list(Recovery.model_fields)


def _file(promises: str, folder: Path) -> Path:
    """Return environment files in which prod promises this, and nothing else."""
    name, table, _ = PROD_PROMISES_NOTHING
    return edited(folder, (name, table, promises))


def test_what_is_given_may_be_promised_to_the_minute(
    configuration: Configuration, tmp_path: Path
) -> None:
    given = means(configuration.environment("prod").settings)
    lines = [
        f"{failure} = {{ rpo_minutes = {way.rpo_minutes}, rto_minutes = {way.rto_minutes} }}"
        for failure, way in given.items()
        if way.rpo_minutes is not None and failure != "secret"
    ]
    assert len(lines) == len(FAILURES) - 1
    load(_file("\n".join(["[recovery]", *lines, ""]), tmp_path))


def test_nothing_has_to_be_promised(tmp_path: Path) -> None:
    load(_file("", tmp_path))
