"""The aws provider and the few of its resources that are in use, typed.

The prebuilt bindings of aws are hundreds of megabytes for fifteen types. A class here writes the
arguments that it is given, under their names in the provider; tests hold every one of them against
``provider_schema/data/aws-<version>.json``, which is extracted from those bindings.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cdktf import (
    ITerraformDependable,
    TerraformProvider,
    TerraformProviderGeneratorMetadata,
    TerraformResource,
    TerraformResourceLifecycle,
    TerraformStack,
)
from constructs import Construct

PROVIDER_VERSION = "6.25.0"
"""The only version that stacks accept, and the one of the extracted schema."""

PolicyDocument = str
"""The JSON of an IAM policy."""

_GENERATED_FROM = TerraformProviderGeneratorMetadata(
    provider_name="aws",
    provider_version=PROVIDER_VERSION,
    provider_version_constraint=PROVIDER_VERSION,
)


class _AwsProvider(TerraformProvider):
    """The provider block; the base class of cdktf is abstract only in name."""


def aws_provider(
    stack: TerraformStack, *, account_id: str, region: str, tags: Mapping[str, str]
) -> None:
    """Add the provider block; every resource that can carry tags gets these.

    With credentials of another account than ``account_id`` the provider refuses to plan.
    """
    provider = _AwsProvider(
        stack,
        "aws",
        terraform_resource_type="aws",
        terraform_generator_metadata=_GENERATED_FROM,
        terraform_provider_source="aws",
    )
    provider.add_override("region", region)
    provider.add_override("allowed_account_ids", [account_id])
    provider.add_override("default_tags", [{"tags": dict(tags)}])


class _AwsResource(TerraformResource):
    """A resource with these arguments, as the provider names them; a block is a list of objects."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        terraform_resource_type: str,
        arguments: Mapping[str, Any],
        *,
        lifecycle: TerraformResourceLifecycle | None = None,
        depends_on: Sequence[ITerraformDependable] | None = None,
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            terraform_resource_type=terraform_resource_type,
            terraform_generator_metadata=_GENERATED_FROM,
            lifecycle=lifecycle,
            depends_on=depends_on,
        )
        for name, value in arguments.items():
            if value is not None:
                self.add_override(name, value)


class S3Bucket(_AwsResource):
    """``aws_s3_bucket``: the bucket alone; what it does has resources of its own."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        bucket: str,
        lifecycle: TerraformResourceLifecycle | None = None,
    ) -> None:
        super().__init__(
            scope, construct_id, "aws_s3_bucket", {"bucket": bucket}, lifecycle=lifecycle
        )
        self.bucket: str = self.get_string_attribute("bucket")


class S3BucketPublicAccessBlock(_AwsResource):
    """``aws_s3_bucket_public_access_block`` with all four of its switches on."""

    def __init__(self, scope: Construct, construct_id: str, *, bucket: str) -> None:
        arguments = {
            "bucket": bucket,
            "block_public_acls": True,
            "block_public_policy": True,
            "ignore_public_acls": True,
            "restrict_public_buckets": True,
        }
        super().__init__(scope, construct_id, "aws_s3_bucket_public_access_block", arguments)


class S3BucketOwnershipControls(_AwsResource):
    """``aws_s3_bucket_ownership_controls``."""

    def __init__(
        self, scope: Construct, construct_id: str, *, bucket: str, object_ownership: str
    ) -> None:
        rule = [{"object_ownership": object_ownership}]
        super().__init__(
            scope,
            construct_id,
            "aws_s3_bucket_ownership_controls",
            {"bucket": bucket, "rule": rule},
        )


class S3BucketVersioning(_AwsResource):
    """``aws_s3_bucket_versioning``, enabled."""

    def __init__(self, scope: Construct, construct_id: str, *, bucket: str) -> None:
        super().__init__(
            scope,
            construct_id,
            "aws_s3_bucket_versioning",
            {"bucket": bucket, "versioning_configuration": [{"status": "Enabled"}]},
        )


class S3BucketServerSideEncryptionConfiguration(_AwsResource):
    """``aws_s3_bucket_server_side_encryption_configuration`` with a KMS key and a bucket key."""

    def __init__(
        self, scope: Construct, construct_id: str, *, bucket: str, kms_master_key_id: str
    ) -> None:
        rule = {
            "apply_server_side_encryption_by_default": [
                {"sse_algorithm": "aws:kms", "kms_master_key_id": kms_master_key_id}
            ],
            # One call of KMS for many objects.
            "bucket_key_enabled": True,
        }
        super().__init__(
            scope,
            construct_id,
            "aws_s3_bucket_server_side_encryption_configuration",
            {"bucket": bucket, "rule": [rule]},
        )


class S3BucketCorsConfiguration(_AwsResource):
    """``aws_s3_bucket_cors_configuration`` with one rule."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        bucket: str,
        allowed_origins: Sequence[str],
        allowed_methods: Sequence[str],
        allowed_headers: Sequence[str],
        expose_headers: Sequence[str],
        max_age_seconds: int,
    ) -> None:
        rule = {
            "allowed_origins": list(allowed_origins),
            "allowed_methods": list(allowed_methods),
            "allowed_headers": list(allowed_headers),
            "expose_headers": list(expose_headers),
            "max_age_seconds": max_age_seconds,
        }
        super().__init__(
            scope,
            construct_id,
            "aws_s3_bucket_cors_configuration",
            {"bucket": bucket, "cors_rule": [rule]},
        )


class S3BucketLifecycleConfiguration(_AwsResource):
    """``aws_s3_bucket_lifecycle_configuration``: what S3 removes by itself, of all objects."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        bucket: str,
        noncurrent_version_days: int,
        incomplete_upload_days: int,
        versioning: S3BucketVersioning,
    ) -> None:
        every_object: dict[str, Any] = {"status": "Enabled", "filter": [{"prefix": ""}]}
        rules = [
            {
                "id": "noncurrent-versions",
                **every_object,
                "noncurrent_version_expiration": [{"noncurrent_days": noncurrent_version_days}],
                # What is left of a deleted object when its last version is gone.
                "expiration": [{"expired_object_delete_marker": True}],
            },
            {
                "id": "incomplete-uploads",
                **every_object,
                "abort_incomplete_multipart_upload": [
                    {"days_after_initiation": incomplete_upload_days}
                ],
            },
        ]
        super().__init__(
            scope,
            construct_id,
            "aws_s3_bucket_lifecycle_configuration",
            {"bucket": bucket, "rule": rules},
            # Before it, S3 has no noncurrent versions to speak of (provider documentation).
            depends_on=[versioning],
        )


class S3BucketPolicy(_AwsResource):
    """``aws_s3_bucket_policy``."""

    def __init__(
        self, scope: Construct, construct_id: str, *, bucket: str, policy: PolicyDocument
    ) -> None:
        super().__init__(
            scope, construct_id, "aws_s3_bucket_policy", {"bucket": bucket, "policy": policy}
        )


class KmsKey(_AwsResource):
    """``aws_kms_key``: a symmetric key that AWS rotates each year."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        description: str,
        policy: PolicyDocument,
        deletion_window_in_days: int,
        lifecycle: TerraformResourceLifecycle | None = None,
    ) -> None:
        arguments = {
            "description": description,
            "policy": policy,
            "deletion_window_in_days": deletion_window_in_days,
            "enable_key_rotation": True,
        }
        super().__init__(scope, construct_id, "aws_kms_key", arguments, lifecycle=lifecycle)
        self.arn: str = self.get_string_attribute("arn")
        self.key_id: str = self.get_string_attribute("key_id")


class KmsAlias(_AwsResource):
    """``aws_kms_alias``; the name begins with ``alias/``."""

    def __init__(
        self, scope: Construct, construct_id: str, *, name: str, target_key_id: str
    ) -> None:
        super().__init__(
            scope, construct_id, "aws_kms_alias", {"name": name, "target_key_id": target_key_id}
        )


class IamPolicy(_AwsResource):
    """``aws_iam_policy``: a managed policy, which may be attached to several identities."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        description: str,
        policy: PolicyDocument,
    ) -> None:
        arguments = {"name": name, "description": description, "policy": policy}
        super().__init__(scope, construct_id, "aws_iam_policy", arguments)
        self.arn: str = self.get_string_attribute("arn")


class IamUser(_AwsResource):
    """``aws_iam_user``. While it has a key, AWS refuses to delete it."""

    def __init__(self, scope: Construct, construct_id: str, *, name: str) -> None:
        super().__init__(scope, construct_id, "aws_iam_user", {"name": name})
        self.name: str = self.get_string_attribute("name")


class IamUserPolicyAttachment(_AwsResource):
    """``aws_iam_user_policy_attachment``."""

    def __init__(self, scope: Construct, construct_id: str, *, user: str, policy_arn: str) -> None:
        super().__init__(
            scope,
            construct_id,
            "aws_iam_user_policy_attachment",
            {"user": user, "policy_arn": policy_arn},
        )


class IamRole(_AwsResource):
    """``aws_iam_role``."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        description: str,
        assume_role_policy: PolicyDocument,
    ) -> None:
        arguments = {
            "name": name,
            "description": description,
            "assume_role_policy": assume_role_policy,
        }
        super().__init__(scope, construct_id, "aws_iam_role", arguments)
        self.name: str = self.get_string_attribute("name")


class IamRolePolicyAttachment(_AwsResource):
    """``aws_iam_role_policy_attachment``."""

    def __init__(self, scope: Construct, construct_id: str, *, role: str, policy_arn: str) -> None:
        super().__init__(
            scope,
            construct_id,
            "aws_iam_role_policy_attachment",
            {"role": role, "policy_arn": policy_arn},
        )
