"""A bucket for what people upload on AWS S3, its key, and the identities that may use it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from constructs import Construct

from constructs_lib.aws import (
    IamPolicy,
    IamRole,
    IamRolePolicyAttachment,
    IamUser,
    IamUserPolicyAttachment,
    KmsAlias,
    KmsKey,
    PolicyDocument,
    S3Bucket,
    S3BucketCorsConfiguration,
    S3BucketLifecycleConfiguration,
    S3BucketOwnershipControls,
    S3BucketPolicy,
    S3BucketPublicAccessBlock,
    S3BucketServerSideEncryptionConfiguration,
    S3BucketVersioning,
)
from constructs_lib.storage.cors import CORS_METHODS, MAX_AGE_SECONDS, UPLOAD_HEADERS
from constructs_lib.terraform import kept

KEY_DELETION_DAYS = 30
"""The longest that AWS waits before it deletes a key, and with it everything encrypted."""
_OBJECT_ACTIONS = ("s3:DeleteObject", "s3:GetObject", "s3:PutObject")
_GOOGLE = "accounts.google.com"
"""AWS knows this issuer by itself: there is no identity provider to be made."""


@dataclass(frozen=True, slots=True)
class AwsRetention:
    """How long lost things can be brought back, and unfinished ones stay. In days."""

    noncurrent_version_days: int
    incomplete_upload_days: int


@dataclass(frozen=True, slots=True)
class WebIdentity:
    """A Google service account that may take a role."""

    unique_id: str
    """The number of the account; a new account of the same name has another one."""
    audience: str
    """What the account has to ask Google for a token for."""


class AwsStorage(Construct):
    """A private, versioned, encrypted bucket, and a user that may use the objects below a prefix.

    The user's access key is made outside: its secret would be in the state. With ``web_identity``
    a Google service account may do the same by a role, without a key.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        account_id: str,
        region: str,
        identity_name: str,
        object_prefix: str,
        retention: AwsRetention,
        browser_origins: Sequence[str],
        web_identity: WebIdentity | None,
        deletion_protection: bool,
    ) -> None:
        """``identity_name`` is that of the user, the role, the policy and the key's alias.

        ``object_prefix`` is the beginning of each object's name, without a slash before it.
        """
        super().__init__(scope, construct_id)
        self.key = KmsKey(
            self,
            "key",
            description=f"Encrypts the objects of {name}",
            policy=_key_policy(account_id),
            deletion_window_in_days=KEY_DELETION_DAYS,
            lifecycle=kept(deletion_protection),
        )
        KmsAlias(self, "key-alias", name=f"alias/{identity_name}", target_key_id=self.key.key_id)
        self._add_bucket(name, retention, browser_origins, deletion_protection=deletion_protection)
        policy = IamPolicy(
            self,
            "object-user",
            name=identity_name,
            description=f"Uses the objects of {name}",
            policy=_object_policy(name, object_prefix, self.key.arn, region),
        )
        user = IamUser(self, "user", name=identity_name)
        IamUserPolicyAttachment(self, "user-object-user", user=user.name, policy_arn=policy.arn)
        if web_identity is not None:
            role = IamRole(
                self,
                "role",
                name=identity_name,
                description=f"What beep-api is on AWS: uses the objects of {name}",
                assume_role_policy=_trust_policy(web_identity),
            )
            IamRolePolicyAttachment(self, "role-object-user", role=role.name, policy_arn=policy.arn)

    def _add_bucket(
        self,
        name: str,
        retention: AwsRetention,
        browser_origins: Sequence[str],
        *,
        deletion_protection: bool,
    ) -> None:
        bucket = S3Bucket(self, "bucket", bucket=name, lifecycle=kept(deletion_protection)).bucket
        S3BucketPublicAccessBlock(self, "public-access-block", bucket=bucket)
        # No ACLs: whoever writes an object, the bucket's owner owns it.
        S3BucketOwnershipControls(
            self, "ownership", bucket=bucket, object_ownership="BucketOwnerEnforced"
        )
        versioning = S3BucketVersioning(self, "versioning", bucket=bucket)
        S3BucketServerSideEncryptionConfiguration(
            self, "encryption", bucket=bucket, kms_master_key_id=self.key.arn
        )
        S3BucketCorsConfiguration(
            self,
            "cors",
            bucket=bucket,
            allowed_origins=browser_origins,
            allowed_methods=CORS_METHODS,
            # The client signs its checksum and the metadata of an object as such headers.
            allowed_headers=(*UPLOAD_HEADERS, "x-amz-*"),
            expose_headers=("ETag",),
            max_age_seconds=MAX_AGE_SECONDS,
        )
        S3BucketLifecycleConfiguration(
            self,
            "retention",
            bucket=bucket,
            noncurrent_version_days=retention.noncurrent_version_days,
            incomplete_upload_days=retention.incomplete_upload_days,
            versioning=versioning,
        )
        S3BucketPolicy(self, "bucket-policy", bucket=bucket, policy=_bucket_policy(name))


def _document(*statements: Mapping[str, Any]) -> PolicyDocument:
    # In lines, because people review it; the provider compares what it means.
    return json.dumps({"Version": "2012-10-17", "Statement": statements}, indent=2) + "\n"


def _key_policy(account_id: str) -> PolicyDocument:
    """Return what AWS gives a key by default: IAM of the account decides who uses it."""
    return _document(
        {
            "Sid": "IamOfThisAccount",
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{account_id}:root"},
            "Action": "kms:*",
            "Resource": "*",
        }
    )


def _bucket_policy(bucket: str) -> PolicyDocument:
    return _document(
        {
            "Sid": "DenyWithoutTls",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
    )


def _object_policy(bucket: str, object_prefix: str, key_arn: str, region: str) -> PolicyDocument:
    objects = f"arn:aws:s3:::{bucket}"
    return _document(
        {
            "Sid": "UseObjects",
            "Effect": "Allow",
            "Action": _OBJECT_ACTIONS,
            # The applications' keys begin with a slash, which S3 keeps (UploadKey.ts).
            "Resource": [f"{objects}//{object_prefix}*", f"{objects}/{object_prefix}*"],
        },
        {
            "Sid": "EncryptAndDecryptThemInS3",
            "Effect": "Allow",
            "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
            "Resource": key_arn,
            "Condition": {"StringEquals": {"kms:ViaService": f"s3.{region}.amazonaws.com"}},
        },
    )


def _trust_policy(web_identity: WebIdentity) -> PolicyDocument:
    """Return who may take the role.

    A token of a Google service account has ``azp``, so that AWS compares ``aud`` with that, and
    ``oaud`` with the token's audience (IAM user guide, keys for web identity federation).
    """
    return _document(
        {
            "Sid": "TakeByGoogleServiceAccount",
            "Effect": "Allow",
            "Principal": {"Federated": _GOOGLE},
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": {
                "StringEquals": {
                    f"{_GOOGLE}:aud": web_identity.unique_id,
                    f"{_GOOGLE}:oaud": web_identity.audience,
                    f"{_GOOGLE}:sub": web_identity.unique_id,
                }
            },
        }
    )
