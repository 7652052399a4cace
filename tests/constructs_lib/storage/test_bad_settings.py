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
        "an AWS account with the hyphens of the console",
        ("prod", '"123456789012"', '"1234-5678-9012"'),
        "storage.aws.account_id",
        "is not the id of an AWS account",
        value='"1234-5678-9012"',
        allowed="12 digits",
        fix="aws sts get-caller-identity",
    ),
    Bad(
        "an AWS account as a number, which loses a zero at its beginning",
        ("prod", '"123456789012"', "123456789012"),
        "storage.aws.account_id",
        "should be a valid string",
        value="123456789012",
        allowed="a text in quotes",
    ),
    Bad(
        "a bucket on AWS without an account",
        ("prod", 'account_id = "123456789012"\n', ""),
        "storage.aws.account_id",
        "is missing",
        fix="add account_id",
    ),
    Bad(
        "the e-mail address of a service account for its unique id",
        (
            "prod",
            '"123456789012"',
            '"123456789012"\napi_account_unique_id = "beep-api@example.com"',
        ),
        "storage.aws.api_account_unique_id",
        "is not the unique id of a service account",
        allowed="21 digits",
        fix="gcloud iam service-accounts describe",
    ),
    Bad(
        "versions on AWS that expire at once",
        ("prod", '"123456789012"', '"123456789012"\nnoncurrent_version_days = 0'),
        "storage.aws.noncurrent_version_days",
        "greater than or equal to 1",
        value="0",
    ),
    Bad(
        "a bucket on AWS and on Cloud Storage",
        ("staging", 'mode = "gcs"', 'mode = "gcs"\naws = { account_id = "123456789012" }'),
        "storage.aws",
        'needs mode = "aws_s3"',
        fix='set storage.mode = "aws_s3"',
    ),
    Bad(
        "a zone for the region of a bucket on AWS",
        ("prod", 'mode = "aws_s3"', 'mode = "aws_s3"\nregion = "us-east-1a"'),
        "storage.region",
        "is not an AWS region",
        value='"us-east-1a"',
    ),
    Bad(
        "a region of another partition of AWS",
        ("prod", 'mode = "aws_s3"', 'mode = "aws_s3"\nregion = "cn-north-1"'),
        "storage.region",
        "is of another partition of AWS",
        value='"cn-north-1"',
        allowed="us-east-1",
    ),
    Bad(
        "a new bucket whose name AWS refuses",
        (
            "prod",
            'mode = "aws_s3"\nbucket = "beep-prod-example"',
            'mode = "aws_s3"\nbucket = "beep_prod_example"',
        ),
        "storage.bucket",
        "is not a name under which AWS makes a bucket",
        value='"beep_prod_example"',
        fix="hyphens for underscores",
    ),
    Bad(
        "a bucket that two environments share",
        (
            "prod",
            'mode = "aws_s3"\nbucket = "beep-prod-example"',
            'mode = "aws_s3"\nbucket = "beep-staging-example"',
        ),
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
