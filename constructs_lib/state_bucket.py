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


class StateBucket(Construct):
    """A private, versioned bucket that Terraform refuses to destroy."""

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
                        num_newer_versions=versions_kept, with_state="ARCHIVED"
                    ),
                )
            ],
            lifecycle=kept(True),
            depends_on=depends_on,
        )
