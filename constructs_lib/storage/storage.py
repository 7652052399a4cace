"""A bucket for what people upload, reached by an S3 client through Cloud Storage's XML API."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cdktf_cdktf_provider_google.storage_bucket import (
    StorageBucket,
    StorageBucketCors,
    StorageBucketLifecycleRule,
    StorageBucketLifecycleRuleAction,
    StorageBucketLifecycleRuleCondition,
    StorageBucketSoftDeletePolicy,
    StorageBucketVersioning,
)
from cdktf_cdktf_provider_google.storage_bucket_iam_member import StorageBucketIamMember
from constructs import Construct

from constructs_lib.storage.cors import CORS_METHODS, MAX_AGE_SECONDS, UPLOAD_HEADERS
from constructs_lib.terraform import kept

_DAY_SECONDS = 86400


@dataclass(frozen=True, slots=True)
class Retention:
    """How long lost things can be brought back, and unfinished ones stay. In days."""

    noncurrent_version_days: int
    soft_delete_days: int
    incomplete_upload_days: int


class Storage(Construct):
    """A private, versioned bucket, and one account that may use its objects.

    The account signs with an HMAC key that is made outside: the key's secret is a computed
    attribute in the provider, and would be in the state.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        location: str,
        retention: Retention,
        browser_origins: Sequence[str],
        member: str,
        deletion_protection: bool,
    ) -> None:
        super().__init__(scope, construct_id)
        self.bucket = StorageBucket(
            self,
            "bucket",
            name=name,
            # As the API answers, so that no later plan sees a difference.
            location=location.upper(),
            storage_class="STANDARD",
            # Even without protection: a bucket that holds something is emptied by a person.
            force_destroy=False,
            uniform_bucket_level_access=True,
            public_access_prevention="enforced",
            versioning=StorageBucketVersioning(enabled=True),
            soft_delete_policy=StorageBucketSoftDeletePolicy(
                retention_duration_seconds=retention.soft_delete_days * _DAY_SECONDS
            ),
            lifecycle_rule=_lifecycle_rules(retention),
            cors=[
                StorageBucketCors(
                    origin=list(browser_origins),
                    method=list(CORS_METHODS),
                    # One list for what a browser sends with an upload, and reads of the answer.
                    response_header=[*UPLOAD_HEADERS, "ETag"],
                    max_age_seconds=MAX_AGE_SECONDS,
                )
            ],
            lifecycle=kept(deletion_protection),
        )
        StorageBucketIamMember(
            self,
            "object-user",
            bucket=self.bucket.name,
            # Objects and multipart uploads; neither the bucket itself nor anybody's access.
            role="roles/storage.objectUser",
            member=member,
        )


def _lifecycle_rules(retention: Retention) -> list[StorageBucketLifecycleRule]:
    return [
        StorageBucketLifecycleRule(
            action=StorageBucketLifecycleRuleAction(type="Delete"),
            condition=StorageBucketLifecycleRuleCondition(
                days_since_noncurrent_time=retention.noncurrent_version_days,
                with_state="ARCHIVED",
            ),
        ),
        StorageBucketLifecycleRule(
            action=StorageBucketLifecycleRuleAction(type="AbortIncompleteMultipartUpload"),
            condition=StorageBucketLifecycleRuleCondition(age=retention.incomplete_upload_days),
        ),
    ]
