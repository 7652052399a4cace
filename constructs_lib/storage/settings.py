"""Where uploads are kept: the settings of the storage, by its mode."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from constructs_lib.settings.fields import (
    AwsAccountId,
    AwsRegion,
    BucketName,
    GoogleUniqueId,
    Location,
)
from constructs_lib.settings.model import StrictModel


class ManagedAwsBucket(StrictModel):
    """The account in which the bucket is made, with its key and who may use it."""

    account_id: AwsAccountId
    noncurrent_version_days: Annotated[int, Field(ge=1, le=3650)] = 30
    """How long an overwritten or deleted object can be brought back as a version."""
    incomplete_upload_days: Annotated[int, Field(ge=1, le=365)] = 7
    """After this, the parts of an upload that nobody finished are removed."""
    api_account_unique_id: GoogleUniqueId | None = None
    """The unique id of the API's service account, which may then take a role on AWS."""


class AwsS3Storage(StrictModel):
    """A bucket on AWS S3; without ``aws`` the bucket and its credentials are made outside."""

    mode: Literal["aws_s3"]
    bucket: BucketName
    """Unique among all buckets of AWS."""
    region: AwsRegion = "us-east-1"
    aws: ManagedAwsBucket | None = None


class GcsStorage(StrictModel):
    """A bucket on Cloud Storage, which the applications' S3 client reaches with an HMAC key."""

    mode: Literal["gcs"]
    bucket: BucketName
    """Unique among all buckets of Google Cloud."""
    location: Location | None = None
    """The environment's region, unless stated. Cannot be changed without a new bucket."""
    noncurrent_version_days: Annotated[int, Field(ge=1, le=3650)] = 30
    """How long an overwritten or deleted object can be brought back as a version."""
    soft_delete_days: Annotated[int, Field(ge=7, le=90)] = 7
    """How long an object is kept after its last version is gone."""
    incomplete_upload_days: Annotated[int, Field(ge=1, le=365)] = 7
    """After this, the parts of an upload that nobody finished are removed."""


Storage = Annotated[AwsS3Storage | GcsStorage, Field(discriminator="mode")]
