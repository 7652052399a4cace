"""Variables that follow from the storage: the bucket, and how the S3 client reaches it."""

from __future__ import annotations

from collections.abc import Iterator

from constructs_lib.environment.names import Names
from constructs_lib.environment.settings import EnvironmentSettings
from constructs_lib.environment.source import VariableSource
from constructs_lib.storage.settings import AwsS3Storage
from envschema import FromTopology

GCS_ENDPOINT = "https://storage.googleapis.com"


def _values(settings: EnvironmentSettings, names: Names) -> Iterator[tuple[str, FromTopology]]:
    storage = settings.storage
    if storage is None:
        return
    yield "CLOUD_AWS_S3_BUCKET_NAME", FromTopology(storage.bucket, "storage.bucket")
    if isinstance(storage, AwsS3Storage):
        yield "CLOUD_AWS_REGION", FromTopology(storage.region, "storage.region")
        yield "AWS_REGION", FromTopology(storage.region, "storage.region")
        return
    for name, text in (
        ("CLOUD_AWS_REGION", "auto"),
        ("AWS_REGION", "auto"),
        ("AWS_ENDPOINT_URL_S3", GCS_ENDPOINT),
        # By default the client adds checksums that Cloud Storage does not know: a streamed body
        # fails, and a presigned upload carries the checksum of an empty one (aws-sdk-js-v3 #6810,
        # #6994).
        ("AWS_REQUEST_CHECKSUM_CALCULATION", "WHEN_REQUIRED"),
        ("AWS_RESPONSE_CHECKSUM_VALIDATION", "WHEN_REQUIRED"),
    ):
        yield name, FromTopology(text, "storage.mode")


def _disabled_variables(settings: EnvironmentSettings) -> dict[str, str]:
    if settings.storage is not None:
        return {}
    return {"CLOUD_AWS_S3_BUCKET_NAME": "there is no [storage], and the schema wants a bucket"}


SOURCE = VariableSource(
    values=_values,
    disabled_variables=_disabled_variables,
    # One value under two names: the schema reads the one, the S3 client the other.
    secret_aliases={
        name: f"CLOUD_{name}" for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
    },
)
