"""The bucket that holds Terraform's state of every stack."""

from __future__ import annotations

from collections.abc import Sequence

from cdktf import ITerraformDependable
from cdktf_cdktf_provider_google.storage_bucket import (
    StorageBucket,
    StorageBucketLifecycleRule,
    StorageBucketLifecycleRuleAction,
    StorageBucketLifecycleRuleCondition,
    StorageBucketSoftDeletePolicy,
    StorageBucketVersioning,
)
from constructs import Construct

from constructs_lib.terraform import kept

_SOFT_DELETE_SECONDS = 30 * 86400
_LEAST_DAYS = 30


class StateBucket(Construct):
    """A private, versioned bucket that Terraform refuses to destroy.

    A version that was overwritten stays for 30 days, and longer while fewer than ``versions_kept``
    are newer. What is deleted for good, by whomever, can be restored for 30 days. There is no
    retention policy: it would forbid the deletion of a lock.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        location: str,
        versions_kept: int,
        depends_on: Sequence[ITerraformDependable],
    ) -> None:
        super().__init__(scope, construct_id)
        self.name = name
        self.bucket = StorageBucket(
            self,
            "bucket",
            name=name,
            location=location,
            storage_class="STANDARD",
            force_destroy=False,
            uniform_bucket_level_access=True,
            public_access_prevention="enforced",
            versioning=StorageBucketVersioning(enabled=True),
            soft_delete_policy=StorageBucketSoftDeletePolicy(
                retention_duration_seconds=_SOFT_DELETE_SECONDS
            ),
            lifecycle_rule=[
                StorageBucketLifecycleRule(
                    action=StorageBucketLifecycleRuleAction(type="Delete"),
                    condition=StorageBucketLifecycleRuleCondition(
                        num_newer_versions=versions_kept,
                        days_since_noncurrent_time=_LEAST_DAYS,
                        with_state="ARCHIVED",
                    ),
                )
            ],
            lifecycle=kept(True),
            depends_on=depends_on,
        )
        # Asked once: every question to a resource goes to Node and back.
        self.bucket_name = str(self.bucket.name)
