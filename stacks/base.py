"""What every stack has: its state, its provider, and addresses that people can read."""

from __future__ import annotations

from cdktf import GcsBackend, TerraformElement, TerraformStack
from cdktf_cdktf_provider_google.provider import GoogleProvider
from constructs import Construct

from environments import Environment

TERRAFORM_VERSION = ">= 1.11"
"""The first with write-only arguments, through which secrets pass without being stored."""


class AddressCollisionError(ValueError):
    """Two constructs of a stack would have the same Terraform address."""


class Stack(TerraformStack):
    """A Terraform root module with its state in the shared bucket.

    A resource's address is its construct path in snake case, without the hash that cdktf would
    append: the text under review then reads like the construct tree. Two paths that give one
    address raise ``AddressCollisionError``.
    """

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        state_bucket: str,
        state_prefix: str,
        project_id: str,
        region: str,
        labels: dict[str, str],
    ) -> None:
        self._paths: dict[str, str] = {}
        super().__init__(scope, name)
        GcsBackend(self, bucket=state_bucket, prefix=state_prefix)
        GoogleProvider(
            self,
            "google",
            project=project_id,
            region=region,
            default_labels=labels,
        )
        self.add_override("terraform.required_version", TERRAFORM_VERSION)

    def _allocate_logical_id(self, tf_element: TerraformElement) -> str:
        path = tf_element.node.path.partition("/")[2]
        address = path.replace("/", "_").replace("-", "_")
        if self._paths.setdefault(address, path) != path:
            raise AddressCollisionError(
                f"{self.node.id}: {path} and {self._paths[address]} both become {address}; "
                "rename one of the constructs"
            )
        return address


class EnvironmentStack(Stack):
    """A stack of one environment, in that environment's project."""

    def __init__(self, scope: Construct, part: str, environment: Environment) -> None:
        settings = environment.settings
        super().__init__(
            scope,
            f"{settings.environment}-{part}",
            state_bucket=environment.shared.state_bucket,
            state_prefix=f"{settings.environment}/{part}",
            project_id=settings.project_id,
            region=settings.region,
            labels=labels(environment),
        )
        self.environment = environment


def labels(environment: Environment) -> dict[str, str]:
    """Return the labels of everything in an environment."""
    settings = environment.settings
    return {
        **settings.labels,
        "environment": settings.environment,
        "managed-by": "terraform",
    }
