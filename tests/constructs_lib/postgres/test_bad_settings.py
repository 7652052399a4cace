"""Bad settings of Postgres, whichever engine runs it."""

from __future__ import annotations

from pathlib import Path

from tests.bad_settings import Bad, assert_reported, by_name

BAD_SETTINGS = (
    Bad(
        "a custom tier on Enterprise Plus",
        ("prod", 'edition = "ENTERPRISE"', 'edition = "ENTERPRISE_PLUS"'),
        "postgres.tier",
        "does not fit edition ENTERPRISE_PLUS",
        value='"db-custom-4-15360"',
        allowed="db-perf-optimized-N-2",
    ),
    Bad(
        "a performance tier on Enterprise",
        ("prod", '"db-custom-4-15360"', '"db-perf-optimized-N-4"'),
        "postgres.tier",
        "does not fit edition ENTERPRISE",
        value='"db-perf-optimized-N-4"',
    ),
    Bad(
        "a machine that does not exist",
        ("prod", '"db-custom-4-15360"', '"db-custom-3-15000"'),
        "postgres.tier",
        "is not a machine that Cloud SQL makes",
        value='"db-custom-3-15000"',
    ),
    Bad(
        "high availability on a shared core",
        (
            "staging",
            'tier = "db-custom-1-3840"\navailability_type = "ZONAL"',
            'tier = "db-g1-small"\navailability_type = "REGIONAL"',
        ),
        "postgres.availability_type",
        "not offered on db-g1-small",
        value='"REGIONAL"',
    ),
    Bad(
        "a log kept longer than the edition keeps it",
        ("prod", "log_retention_days = 7", "log_retention_days = 14"),
        "postgres.transaction_log_retention_days",
        "7 days at most",
        value="14",
        allowed="1 to 7",
    ),
    Bad(
        "the schema's owner as the applications' role",
        ("prod", "max_connections = 400", 'app_user = "beep_owner"\nmax_connections = 400'),
        "postgres.app_user",
        "row-level security does not bind",
        value='"beep_owner"',
    ),
    Bad(
        "more instances than connections",
        ("prod", "max_connections = 400", "max_connections = 200"),
        "postgres.max_connections",
        "17 instances of the old and 17 of the new revision with a pool of 10 each, "
        "and 15 reserved, need 355 connections",
        value="200",
        fix="355 or more",
    ),
    Bad(
        "a database without its engine",
        ("prod", 'engine = "cloud_sql"\n', ""),
        "postgres.engine",
        "is missing",
        fix="add engine",
    ),
    Bad(
        "an engine that is not offered",
        ("prod", 'engine = "cloud_sql"', 'engine = "cloud-sql"'),
        "postgres.engine",
        "is not one of the allowed values",
        value='"cloud-sql"',
        fix="cloud_sql",
    ),
    Bad(
        "a setting of the other engine",
        ("dev", "disk_size_gb = 20", "disk_size_gb = 20\nretained_backups = 7"),
        "postgres.retained_backups",
        'needs engine = "cloud_sql"',
        fix='or set postgres.engine = "cloud_sql"',
    ),
    Bad(
        "a machine in another region",
        ("dev", '"us-central1-b"', '"europe-west1-b"'),
        "postgres.zone",
        "is not in region = us-central1",
        value='"europe-west1-b"',
    ),
    Bad(
        "a machine that is not offered",
        ("dev", '"e2-medium"', '"e2-micro"'),
        "postgres.machine_type",
        "is not a machine type that is offered here",
        value='"e2-micro"',
    ),
    Bad(
        "more connections than the machine's memory",
        (
            "dev",
            '"e2-medium"\ndisk_size_gb = 20\nmax_connections = 150',
            '"e2-small"\ndisk_size_gb = 20\nmax_connections = 150',
        ),
        "postgres.max_connections",
        "e2-small has 2048 MiB, enough for 102 connections",
        value="150",
    ),
    Bad(
        "the image of a machine by its family",
        ("dev", "disk_size_gb = 20", 'disk_size_gb = 20\nboot_image = "cos-121-lts"'),
        "postgres.boot_image",
        "is not the name of one image",
        value='"cos-121-lts"',
        allowed="a family would change by itself",
    ),
    Bad(
        "connections for one revision only",
        ("prod", "max_connections = 400", "max_connections = 354"),
        "postgres.max_connections",
        "17 instances of the old and 17 of the new revision",
        allowed="355 or more",
    ),
    Bad(
        "a disk that Cloud SQL does not make",
        ("prod", "disk_size_gb = 100", "disk_size_gb = 5"),
        "postgres.disk_size_gb",
        "greater than or equal to 10",
    ),
    Bad(
        "production updated with everybody else",
        ("prod", ', track = "week5"', ', track = "canary"'),
        "postgres.maintenance.track",
        "update production no later than any other environment",
        value='"canary"',
        allowed="a track after that of one of staging",
        fix="set stable or week5, or an earlier track in staging",
    ),
    Bad(
        "production updated last, with everybody else",
        ("prod", "retained_backups = 30", "retained_backups = 30"),
        "postgres.maintenance.track",
        "update production no later than any other environment",
        value='"week5"',
        fix="set an earlier track in staging",
        also=("staging", '"canary"', '"week5"'),
    ),
    Bad(
        "a daily snapshot at an hour of no daily snapshot",
        (
            "dev",
            "snapshot_interval_hours = 24",
            'snapshot_interval_hours = 24\nsnapshot_start_time = "03:00"',
        ),
        "postgres.snapshot_start_time",
        "is not when Google takes daily snapshots",
        value='"03:00"',
    ),
    Bad(
        "a restored disk without a name",
        ("dev", "disk_size_gb = 20", 'disk_size_gb = 20\ndisk_snapshot = "beep-postgres-data-1"'),
        "postgres.disk_name",
        "is missing",
    ),
    Bad(
        "the superuser as owner",
        ("dev", "disk_size_gb = 20", 'disk_size_gb = 20\nowner_user = "postgres"'),
        "postgres.owner_user",
        "cannot sign in over the network",
        value='"postgres"',
    ),
    Bad(
        "an image that the machine cannot pull",
        (
            "dev",
            '"us-central1-docker.pkg.dev/beep-shared-example/beep/pgvector:0.8.1-pg17"',
            '"docker.io/pgvector/pgvector:0.8.1-pg17"',
        ),
        "image_postgres",
        "is not in Artifact Registry",
        value='"docker.io/pgvector/pgvector:0.8.1-pg17"',
    ),
    Bad(
        "Postgres switched off while the API needs it",
        ("prod", "enable_postgres = true", "enable_postgres = false"),
        "secret_versions.DB_PG_PASSWORD",
        "enable_postgres is false",
        fix="turn the switch back on",
    ),
    Bad(
        "Postgres switched off without saying where the database is",
        ("prod", "enable_postgres = true", "enable_postgres = false"),
        "variables.DB_PG_HOST",
        "enable_postgres is false",
        allowed="text that is not empty",
    ),
    Bad(
        "a new password without a new URL",
        ("prod", "BETTER_AUTH_SECRET = 2", "DB_PG_PASSWORD = 2"),
        "secret_versions.DB_PG_URL",
        "holds the password of before: DB_PG_PASSWORD = 2",
        value="1",
        fix="set secret_versions.DB_PG_URL = 2",
    ),
    Bad(
        "a replica of another edition",
        ("prod", 'region = "us-east1"', 'region = "us-east1"\ntier = "db-perf-optimized-N-2"'),
        "postgres.read_replica.tier",
        "does not fit edition ENTERPRISE",
        value='"db-perf-optimized-N-2"',
    ),
    Bad(
        "a zone for the region of a replica",
        ("prod", 'region = "us-east1"', 'region = "us-east1-b"'),
        "postgres.read_replica.region",
        "is not a Google Cloud region",
        value='"us-east1-b"',
    ),
    Bad(
        "backups nowhere",
        ("prod", 'backup_location = "us"', 'backup_location = "US"'),
        "postgres.backup_location",
        "is not a location",
        value='"US"',
        allowed="the multi-region us, eu or asia",
    ),
)


@by_name(BAD_SETTINGS)
def test_a_bad_setting_is_reported_with_key_value_allowed_and_fix(bad: Bad, tmp_path: Path) -> None:
    assert_reported(bad, tmp_path)
