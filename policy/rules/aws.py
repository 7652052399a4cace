"""Rules about the bucket on AWS: who reaches it, and what is left of what it held.

checkov has checks of public access, encryption and versions as well (CKV2_AWS_6, CKV_AWS_145,
CKV_AWS_21). They rest on the graph that it draws from a bucket to the resources about it, and where
it draws none they say nothing. It has no check of TLS, of a bucket key, or of who may take a role.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from policy.rule import Hits, rule
from policy.stack import Resource, Stack

_BUCKET = "aws_s3_bucket"
_SWITCHES = (
    "block_public_acls",
    "block_public_policy",
    "ignore_public_acls",
    "restrict_public_buckets",
)
_ROLE_BY_TOKEN = "sts:AssumeRoleWithWebIdentity"


def _about(stack: Stack, bucket: Resource, kind: str) -> Iterator[Resource]:
    """Yield the resources of a type that are about a bucket."""
    names = {f"${{{bucket.address}.{attribute}}}" for attribute in ("bucket", "id")}
    for resource in stack.resources(kind):
        if resource.get("bucket") in {*names, bucket.get("bucket")}:
            yield resource


def _statements(document: object) -> list[Mapping[str, Any]]:
    """Return the statements of a policy; raises ValueError for what is no JSON."""
    statements = json.loads(str(document))["Statement"]
    return statements if isinstance(statements, list) else [statements]


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


@rule(
    title="A bucket on AWS cannot be made public, by an ACL or by a policy",
    reason="Uploads are private. One grant to everybody would publish them.",
    fix="add S3BucketPublicAccessBlock, with all of its switches on",
)
def s3_public_access(stack: Stack) -> Hits:
    """Find buckets without a public access block, or with a part of one."""
    for bucket in stack.resources(_BUCKET):
        blocks = list(_about(stack, bucket, "aws_s3_bucket_public_access_block"))
        off = [name for name in _SWITCHES if not any(b.get(name) is True for b in blocks)]
        if off:
            yield bucket.address, f"{', '.join(off)} not true"


@rule(
    title="A bucket on AWS encrypts with a KMS key of ours, and asks for it once for many objects",
    reason="Whoever reads an object needs the key as well, and AWS logs each use of a key. Without "
    "a bucket key, every object is a call that costs.",
    fix="add S3BucketServerSideEncryptionConfiguration with kms_master_key_id",
)
def s3_encryption(stack: Stack) -> Hits:
    """Find buckets whose default encryption is another one."""
    for bucket in stack.resources(_BUCKET):
        by_default = ("rule", "apply_server_side_encryption_by_default")
        kind = "aws_s3_bucket_server_side_encryption_configuration"
        encrypts = [
            configuration
            for configuration in _about(stack, bucket, kind)
            if configuration.get(*by_default, "sse_algorithm") == "aws:kms"
            and configuration.get(*by_default, "kms_master_key_id")
        ]
        if not encrypts:
            yield bucket.address, "nothing sets aws:kms with a kms_master_key_id"
        for configuration in encrypts:
            if configuration.get("rule", "bucket_key_enabled") is not True:
                yield configuration.address, "bucket_key_enabled is not true"


@rule(
    title="A bucket on AWS is versioned",
    reason="An overwritten or deleted upload is gone without it.",
    fix="add S3BucketVersioning",
)
def s3_versioning(stack: Stack) -> Hits:
    """Find buckets without versions."""
    for bucket in stack.resources(_BUCKET):
        states = [
            versioning.get("versioning_configuration", "status")
            for versioning in _about(stack, bucket, "aws_s3_bucket_versioning")
        ]
        if states != ["Enabled"]:
            yield bucket.address, f"versioning is {states[0] if states else 'not set'}"


@rule(
    title="A bucket on AWS answers over TLS only",
    reason="S3 also listens without TLS, and a presigned URL is all that a request needs.",
    fix="add S3BucketPolicy that denies everybody s3:* where aws:SecureTransport is false",
)
def s3_tls_only(stack: Stack) -> Hits:
    """Find buckets whose policy does not deny requests without TLS, for itself and its objects."""
    for bucket in stack.resources(_BUCKET):
        policies = _about(stack, bucket, "aws_s3_bucket_policy")
        arn = f"arn:aws:s3:::{bucket.get('bucket')}"
        denied = {
            resource
            for policy in policies
            for statement in _statements(policy.get("policy"))
            if _denies_without_tls(statement)
            for resource in _listed(statement.get("Resource"))
        }
        if open_ := [resource for resource in (arn, f"{arn}/*") if resource not in denied]:
            yield bucket.address, f"no statement denies {', '.join(open_)} without TLS"


def _denies_without_tls(statement: Mapping[str, Any]) -> bool:
    return (
        statement.get("Effect") == "Deny"
        and statement.get("Principal") in ("*", {"AWS": "*"})
        and "s3:*" in _listed(statement.get("Action"))
        # A further condition would let through what does not fulfil it.
        and statement.get("Condition")
        in (
            {"Bool": {"aws:SecureTransport": "false"}},
            {"Bool": {"aws:SecureTransport": False}},
        )
    )


@rule(
    title="Terraform makes no access key",
    reason="Its secret would be in the state.",
    fix="make the key by hand (docs/guides/storage.md), or let a Google account take a role",
)
def aws_access_key(stack: Stack) -> Hits:
    """Find access keys of AWS."""
    for resource in stack.resources("aws_iam_access_key"):
        yield resource.address, "its secret is in the state"


@rule(
    title="A role on AWS that is taken by a token names the one account that may take it",
    reason="Everybody with a Google account can get a token of that issuer.",
    fix="compare sub, aud and oaud with StringEquals, as aws_storage.py does",
)
def aws_web_identity(stack: Stack) -> Hits:
    """Find roles that more than one account of an issuer may take."""
    for role in stack.resources("aws_iam_role"):
        for statement in _statements(role.get("assume_role_policy")):
            if _ROLE_BY_TOKEN not in _listed(statement.get("Action")):
                continue
            issuer = statement["Principal"].get("Federated")
            compared = statement.get("Condition", {}).get("StringEquals", {})
            missing = [k for k in ("sub", "aud", "oaud") if not compared.get(f"{issuer}:{k}")]
            if missing:
                yield role.address, f"{', '.join(missing)} of {issuer} not compared"


RULES = (
    s3_public_access,
    s3_encryption,
    s3_versioning,
    s3_tls_only,
    aws_access_key,
    aws_web_identity,
)
