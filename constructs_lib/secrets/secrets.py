"""Secret Manager: containers and who may read them. No value passes through here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cdktf import ITerraformDependable, TerraformResourceLifecycle
from cdktf_cdktf_provider_google.secret_manager_secret import (
    SecretManagerSecret,
    SecretManagerSecretReplication,
    SecretManagerSecretReplicationAuto,
)
from cdktf_cdktf_provider_google.secret_manager_secret_iam_member import (
    SecretManagerSecretIamMember,
)
from cdktf_cdktf_provider_google.secret_manager_secret_version import SecretManagerSecretVersion
from constructs import Construct

from constructs_lib.terraform import number_or_text

_DAY_SECONDS = 86400


@dataclass(frozen=True, slots=True)
class SecretTarget:
    """A secret that Terraform writes: its full name and the version that readers pin."""

    secret: str
    version: int


@dataclass(frozen=True, slots=True)
class SecretContainer:
    """A secret, and the IAM members that may read its versions."""

    secret_id: str
    readers: tuple[tuple[str, str], ...]
    """Pairs of a short name, which becomes part of the address, and the IAM member."""


class Secrets(Construct):
    """Secret containers with an accessor grant for each reader of each secret."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        containers: Sequence[SecretContainer],
        deletion_protection: bool,
        depends_on: Sequence[ITerraformDependable],
        destroy_delay_days: int = 7,
    ) -> None:
        super().__init__(scope, construct_id)
        for container in containers:
            secret = SecretManagerSecret(
                self,
                container.secret_id,
                secret_id=container.secret_id,
                replication=SecretManagerSecretReplication(
                    auto=SecretManagerSecretReplicationAuto()
                ),
                # A destroyed version can be brought back for this long.
                version_destroy_ttl=f"{destroy_delay_days * _DAY_SECONDS}s",
                deletion_protection=deletion_protection,
                depends_on=depends_on,
            )
            secret_id = secret.id
            for name, member in container.readers:
                SecretManagerSecretIamMember(
                    self,
                    f"{container.secret_id}-{name}",
                    secret_id=secret_id,
                    role="roles/secretmanager.secretAccessor",
                    member=member,
                )


def write_version(
    scope: Construct, construct_id: str, *, secret: str, value: str, version: int
) -> SecretManagerSecretVersion:
    """Write a version of a secret whose value Terraform composes, without storing the value.

    ``version`` is the number that readers pin. Raising it writes a new version; the one before
    stays enabled, because running revisions still pin it and a roll-back will.
    """
    return SecretManagerSecretVersion(
        scope,
        construct_id,
        secret=secret,
        secret_data_wo=value,
        secret_data_wo_version=number_or_text(version, text_since=8),
        deletion_policy="ABANDON",
        # Provider 6.50 replaces the resource for a new version (provider issue 22199).
        lifecycle=TerraformResourceLifecycle(create_before_destroy=True),
    )
