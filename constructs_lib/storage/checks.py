"""Storage: the two halves of its key, and what AWS makes of the names."""

from __future__ import annotations

import re
from collections.abc import Iterator

from constructs_lib.environment.settings import EnvironmentSettings
from constructs_lib.settings.finding import Finding

_S3_BUCKET = re.compile(
    r"(?!xn--|sthree-|amzn-s3-demo-)[a-z0-9][a-z0-9-]+[a-z0-9](?<!-s3alias)(?<!--ol-s3)(?<!--x-s3)(?<!--table-s3)"
)
"""Source: Amazon S3 user guide, general purpose bucket naming rules; without dots, for TLS."""
_OTHER_PARTITIONS = ("cn-", "us-gov-", "us-iso", "eu-isoe-", "eusc-")
"""Regions with accounts, names and endpoints of their own."""


def key_halves_match(settings: EnvironmentSettings) -> Iterator[Finding]:
    """An access key id signs with its own secret only; half a rotation refuses every request."""
    pinned = {
        name: settings.secret_version(name)
        for name in ("CLOUD_AWS_ACCESS_KEY_ID", "CLOUD_AWS_SECRET_ACCESS_KEY")
    }
    newest = max(pinned.values())
    for name, version in pinned.items():
        if version < newest:
            yield Finding(
                f"secret_versions.{name}",
                f"is not of the same key as the other half, which is version {newest}",
                f"set secret_versions.{name} = {newest}",
                value=version,
                allowed=f"{newest}: the halves of a key are added and pinned together",
            )


def managed_bucket_can_be_made(settings: EnvironmentSettings) -> Iterator[Finding]:
    """A bucket that exists may be called what it was called; a new one follows AWS's rules."""
    storage = settings.managed_aws_storage
    if storage is None:
        return
    if _S3_BUCKET.fullmatch(storage.bucket) is None:
        yield Finding(
            "storage.bucket",
            "is not a name under which AWS makes a bucket",
            "re-spell it, with hyphens for underscores",
            value=storage.bucket,
            allowed="3 to 63 lower-case letters, digits and hyphens, with no reserved beginning "
            "(xn--, sthree-, amzn-s3-demo-) or end (-s3alias, --ol-s3, --x-s3, --table-s3)",
        )
    if storage.region.startswith(_OTHER_PARTITIONS):
        yield Finding(
            "storage.region",
            "is of another partition of AWS than the policies are written for",
            "choose a region of the commercial partition, or remove storage.aws",
            value=storage.region,
            allowed="a region such as us-east-1 or eu-west-1",
        )


CHECKS = (key_halves_match, managed_bucket_can_be_made)
