"""Bad settings of the bucket for uploads."""

from __future__ import annotations

from pathlib import Path

from tests.bad_settings import Bad, assert_reported, by_name

BAD_SETTINGS = (
    Bad(
        "half a rotation of the storage key",
        ("prod", "BETTER_AUTH_SECRET = 2", "CLOUD_AWS_ACCESS_KEY_ID = 2"),
        "secret_versions.CLOUD_AWS_SECRET_ACCESS_KEY",
        "is not of the same key as the other half",
        value="1",
        fix="set secret_versions.CLOUD_AWS_SECRET_ACCESS_KEY = 2",
    ),
    Bad(
        "a storage mode that does not exist",
        ("staging", 'mode = "gcs"', 'mode = "gcss"'),
        "storage.mode",
        "is not one of the allowed values",
        value='"gcss"',
        allowed='"aws_s3", "gcs"',
        fix='set it to "gcs"',
    ),
    Bad(
        "a storage without a mode",
        ("staging", 'mode = "gcs"\n', ""),
        "storage.mode",
        "is missing",
        fix="add mode",
    ),
    Bad(
        "a setting of another storage mode",
        ("staging", 'mode = "gcs"', 'mode = "gcs"\nregion = "us-east-1"'),
        "storage.region",
        'needs mode = "aws_s3"',
        allowed="mode, bucket, location",
    ),
    Bad(
        "a zone for the location of a bucket",
        ("staging", 'mode = "gcs"', 'mode = "gcs"\nlocation = "us-central1-a"'),
        "storage.location",
        "is not a location",
        value='"us-central1-a"',
        allowed="the multi-region us, eu or asia",
    ),
    Bad(
        "soft delete shorter than Cloud Storage has it",
        ("staging", 'mode = "gcs"', 'mode = "gcs"\nsoft_delete_days = 1'),
        "storage.soft_delete_days",
        "greater than or equal to 7",
        value="1",
    ),
    Bad(
        "a bucket that two environments share",
        ("prod", '"beep-prod-example"\n\n[telemetry]', '"beep-staging-example"\n\n[telemetry]'),
        "storage.bucket",
        "is also the bucket of staging",
        value='"beep-staging-example"',
    ),
    Bad(
        "uploads in the bucket of Terraform's state",
        (
            "staging",
            '"beep-staging-example"\n\n[telemetry]',
            '"beep-terraform-state-example"\n\n[telemetry]',
        ),
        "storage.bucket",
        "is also the state_bucket of bootstrap.toml",
    ),
)


@by_name(BAD_SETTINGS)
def test_a_bad_setting_is_reported_with_key_value_allowed_and_fix(bad: Bad, tmp_path: Path) -> None:
    assert_reported(bad, tmp_path)
