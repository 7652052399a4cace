"""What every stack has: its state, its provider, and addresses that people can read."""

from __future__ import annotations

from collections.abc import Mapping

from cdktf import GcsBackend, TerraformElement, TerraformStack, TerraformVariable
from constructs import Construct, Node

from constructs_lib.cloud_run.containers import SecretFile, SecretVersion, VpcAccess
from constructs_lib.environment.authorities import ca_file
from constructs_lib.environment.environment import Environment
from constructs_lib.environment.wiring import unknown_secret
from constructs_lib.secrets.secrets import SecretTarget
from constructs_lib.terraform import google_provider, image_variable
from envschema import Secret
from jsii_lazy import addresses, stand_alone

TERRAFORM_VERSION = ">= 1.11"
"""The first with write-only arguments, through which secrets pass without being stored."""


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
    ) -> None:
        self._paths: dict[str, str] = {}
        super().__init__(scope, name)
        self.node.set_context(addresses.MARK, True)
        self.node.set_context(stand_alone.MARK, True)
        GcsBackend(self, bucket=state_bucket, prefix=state_prefix)
        self.add_override("terraform.required_version", TERRAFORM_VERSION)

    # Where it can, Node applies this rule itself: a call into Python for each element is slow.
    if not addresses.allocated_in_node():

        def _allocate_logical_id(self, tf_element: TerraformElement | Node) -> str:
            path = _path(tf_element).partition("/")[2]
            address = path.replace("/", "_").replace("-", "_")
            if self._paths.setdefault(address, path) != path:
                raise addresses.AddressCollisionError(
                    f"{self.node.id}: {path} and {self._paths[address]} both become {address}; "
                    "rename one of the constructs"
                )
            return address


def _path(element: TerraformElement | Node) -> str:
    """Return a construct's path with as few calls into Node as there can be: one."""
    if isinstance(element, Node):
        return element.path
    if isinstance(element, TerraformVariable):
        # Its text is its logical id, which is what is being asked for.
        return element.node.path
    return element.to_string()


class EnvironmentStack(Stack):
    """A stack of one environment, in that environment's project."""

    def __init__(self, scope: Construct, part: str, environment: Environment) -> None:
        settings = environment.settings
        super().__init__(
            scope,
            f"{settings.environment}-{part}",
            state_bucket=environment.shared.state_bucket,
            state_prefix=f"{settings.environment}/{part}",
        )
        google_provider(
            self,
            project_id=settings.project_id,
            region=settings.region,
            labels=labels(environment),
        )
        self.environment = environment

    def image(self, variable: str) -> str:
        """Declare a release's image variable; the environment file may hold its default."""
        settings = self.environment.settings
        return image_variable(
            self,
            variable,
            default=settings.image(variable),
            require_digest=settings.requires_digests,
        )

    def vpc_access(self) -> VpcAccess:
        """Return the workloads' way into the VPC."""
        settings, names = self.environment.settings, self.environment.names
        egress = settings.network.egress
        return VpcAccess(
            names.network,
            names.network,
            names.connector_path if egress == "connector" else None,
            all_traffic=egress == "nat",
        )

    def secret(self, variable: str) -> SecretVersion:
        """Return the pinned version of a secret that the foundation makes.

        Raises ``ConfigurationError`` for any other: it would be refused only when applied.
        """
        secrets = {secret.variable: secret for secret in self.environment.secrets}
        if variable not in secrets:
            raise unknown_secret(variable, secrets, f"a workload of {self.node.id}")
        return SecretVersion(secrets[variable].secret_id, secrets[variable].version)

    def secret_target(self, variable: str) -> SecretTarget:
        """Return the pinned version of a secret, for the stack that writes it."""
        environment = self.environment
        path = environment.names.secret_path(variable)
        return SecretTarget(path, environment.settings.secret_version(variable))

    def ca_file(self) -> SecretFile | None:
        """Return the file of private authorities, where a server has a certificate of one."""
        file = ca_file(self.environment.settings)
        if file is None:
            return None
        return SecretFile(file.directory, file.name, self.secret(file.variable))


def secret_versions(secrets: Mapping[str, Secret]) -> dict[str, SecretVersion]:
    """Return an application's secrets as Cloud Run refers to them."""
    return {name: SecretVersion(s.secret_id, s.version) for name, s in secrets.items()}


def labels(environment: Environment) -> dict[str, str]:
    """Return the labels of everything in an environment."""
    settings = environment.settings
    return {
        **settings.labels,
        "environment": settings.environment,
        "managed-by": "terraform",
    }
