"""Faults that any setting of any file can have."""

from __future__ import annotations

from pathlib import Path

from tests.bad_settings import Bad, assert_reported, by_name

BAD_SETTINGS = (
    Bad(
        "an unknown key",
        ("prod", "allow_unauthenticated = true", 'owner = "a"\nallow_unauthenticated = true'),
        "owner",
        "is not a setting",
        allowed="environment, project_id",
        fix="remove it",
    ),
    Bad(
        "a misspelt key",
        ("prod", "enable_postgres = true", "enable_postgress = true"),
        "enable_postgress",
        "is not a setting",
        fix="rename it to enable_postgres",
    ),
    Bad(
        "a misspelt key in a table",
        ("prod", "retained_backups = 30", "retained_backup = 30"),
        "postgres.retained_backup",
        "is not a setting",
        fix="rename it to retained_backups",
    ),
    Bad(
        "an unknown table",
        ("staging", "[telemetry]", "[telemetrics]"),
        "telemetrics",
        "is not a setting",
        fix="rename it to telemetry",
    ),
    Bad(
        "a missing key",
        ("dev", "enable_redis = true\n", ""),
        "enable_redis",
        "is missing",
        fix="add enable_redis",
    ),
    Bad(
        "text for a number",
        ("prod", "max_connections = 400", 'max_connections = "400"'),
        "postgres.max_connections",
        "should be a valid integer",
        value='"400"',
    ),
    Bad(
        "a number for a switch",
        ("prod", "enable_redis = true", "enable_redis = 1"),
        "enable_redis",
        "should be a valid boolean",
        value="1",
    ),
    Bad(
        "a string for a list",
        ("dev", '["dev-alerts@example.com"]', '"dev-alerts@example.com"'),
        "notification_emails",
        "should be a valid array",
        value='"dev-alerts@example.com"',
    ),
    Bad(
        "the file of another environment",
        ("prod", 'environment = "prod"', 'environment = "staging"'),
        "environment",
        "does not match the name of the file",
        value='"staging"',
    ),
    Bad(
        "a project that two environments share",
        ("prod", '"beep-prod-example"\nproject_number', '"beep-dev-example"\nproject_number'),
        "project_id",
        "is also the project_id of dev",
    ),
)


@by_name(BAD_SETTINGS)
def test_a_bad_setting_is_reported_with_key_value_allowed_and_fix(bad: Bad, tmp_path: Path) -> None:
    assert_reported(bad, tmp_path)
