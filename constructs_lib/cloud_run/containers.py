"""What a Cloud Run container consists of, the same for services and jobs.

The provider has different classes for the same block of a service and of a job. Both families are
written out in ``ServiceBlocks`` and ``JobBlocks``, so that an editor and mypy can follow every
class; a test holds them to the same shape.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from cdktf_cdktf_provider_google.cloud_run_v2_job import (
    CloudRunV2JobTemplateTemplateContainers,
    CloudRunV2JobTemplateTemplateContainersEnv,
    CloudRunV2JobTemplateTemplateContainersEnvValueSource,
    CloudRunV2JobTemplateTemplateContainersEnvValueSourceSecretKeyRef,
    CloudRunV2JobTemplateTemplateContainersResources,
    CloudRunV2JobTemplateTemplateContainersStartupProbe,
    CloudRunV2JobTemplateTemplateContainersStartupProbeHttpGet,
    CloudRunV2JobTemplateTemplateContainersVolumeMounts,
    CloudRunV2JobTemplateTemplateVolumes,
    CloudRunV2JobTemplateTemplateVolumesSecret,
    CloudRunV2JobTemplateTemplateVolumesSecretItems,
    CloudRunV2JobTemplateTemplateVpcAccess,
    CloudRunV2JobTemplateTemplateVpcAccessNetworkInterfaces,
)
from cdktf_cdktf_provider_google.cloud_run_v2_service import (
    CloudRunV2ServiceTemplateContainers,
    CloudRunV2ServiceTemplateContainersEnv,
    CloudRunV2ServiceTemplateContainersEnvValueSource,
    CloudRunV2ServiceTemplateContainersEnvValueSourceSecretKeyRef,
    CloudRunV2ServiceTemplateContainersLivenessProbe,
    CloudRunV2ServiceTemplateContainersLivenessProbeHttpGet,
    CloudRunV2ServiceTemplateContainersResources,
    CloudRunV2ServiceTemplateContainersStartupProbe,
    CloudRunV2ServiceTemplateContainersStartupProbeHttpGet,
    CloudRunV2ServiceTemplateContainersVolumeMounts,
    CloudRunV2ServiceTemplateVolumes,
    CloudRunV2ServiceTemplateVolumesSecret,
    CloudRunV2ServiceTemplateVolumesSecretItems,
    CloudRunV2ServiceTemplateVpcAccess,
    CloudRunV2ServiceTemplateVpcAccessNetworkInterfaces,
)

from constructs_lib.literal import literal

_READ_ONLY_FILE_MODE = 0o444
_SECRET_VOLUME = "secret-file"

VariableT = TypeVar("VariableT")
MountT = TypeVar("MountT")
VolumeT = TypeVar("VolumeT")


@dataclass(frozen=True, slots=True)
class SecretVersion:
    """A version of a secret of the same project, by number."""

    secret_id: str
    version: int


@dataclass(frozen=True, slots=True)
class SecretFile:
    """A secret that the container reads as a file."""

    directory: str
    file_name: str
    secret: SecretVersion

    @property
    def path(self) -> str:
        """The path inside the container."""
        return f"{self.directory}/{self.file_name}"


@dataclass(frozen=True, slots=True)
class Resources:
    """Limits of one container."""

    cpu: int
    memory_mib: int

    def limits(self) -> dict[str, str]:
        """Return the limits in Cloud Run's notation."""
        return {"cpu": str(self.cpu), "memory": f"{self.memory_mib}Mi"}


@dataclass(frozen=True, slots=True)
class HttpProbe:
    """A startup or liveness probe over HTTP."""

    path: str
    port: int
    period_seconds: int
    failures: int
    """Failures in a row after which the container has failed."""

    timeout_seconds: int = 5
    """No longer than the period: Cloud Run refuses it."""

    def __post_init__(self) -> None:
        if self.timeout_seconds > self.period_seconds:
            raise ValueError(
                f"{self.path}: a timeout of {self.timeout_seconds} s outlasts the period of "
                f"{self.period_seconds} s"
            )


@dataclass(frozen=True, slots=True)
class AuthProxy:
    """The Cloud SQL Auth Proxy as a sidecar: TLS with a client certificate, on loopback."""

    image: str
    connection_name: str
    port: int
    resources: Resources = Resources(cpu=1, memory_mib=512)

    NAME = "auth-proxy"
    HEALTH_PORT = 9090
    ADMIN_PORT = 9091
    ACCEPT_SECONDS = 5
    """How long new connections are taken after SIGTERM."""
    DRAIN_SECONDS = 9
    """How long open connections are waited for; by default the proxy cuts them at once."""
    STOP_URL = f"http://127.0.0.1:{ADMIN_PORT}/quitquitquit"

    def arguments(self, *, stoppable: bool) -> list[str]:
        """Return the command line.

        A stoppable proxy ends when ``STOP_URL`` is posted to. Any other ends with its instance:
        Cloud Run sends SIGTERM to all containers at once and ends them 10 s later, and the
        application must reach the database until it has answered what it was asked.
        """
        if stoppable:
            stop = ["--quitquitquit", f"--admin-port={self.ADMIN_PORT}"]
        else:
            stop = [
                f"--min-sigterm-delay={self.ACCEPT_SECONDS}s",
                f"--max-sigterm-delay={self.DRAIN_SECONDS}s",
            ]
        return [
            "--private-ip",
            "--address=127.0.0.1",
            f"--port={self.port}",
            "--structured-logs",
            "--exit-zero-on-sigterm",
            "--health-check",
            # Cloud Run probes from outside the container, so loopback would not do.
            "--http-address=0.0.0.0",
            f"--http-port={self.HEALTH_PORT}",
            *stop,
            self.connection_name,
        ]

    def startup_probe(self) -> HttpProbe:
        """Return the probe that holds the main container back until the proxy is ready."""
        return HttpProbe(
            "/startup", self.HEALTH_PORT, period_seconds=2, failures=30, timeout_seconds=2
        )


@dataclass(frozen=True, slots=True)
class VpcAccess:
    """How a workload reaches the VPC: straight from the subnet, or through a connector.

    With ``all_traffic`` it reaches the internet through the VPC as well, else directly.
    """

    network: str
    subnetwork: str
    connector: str | None = None
    all_traffic: bool = False

    @property
    def egress(self) -> str:
        """What goes through the VPC, as Cloud Run calls it."""
        return "ALL_TRAFFIC" if self.all_traffic else "PRIVATE_RANGES_ONLY"


class Blocks(ABC, Generic[VariableT, MountT, VolumeT]):
    """Builds the blocks that Cloud Run services and jobs have in common.

    Its two subclasses name the provider's classes; what does not depend on these is here.
    """

    @abstractmethod
    def variable(self, name: str, value: str) -> VariableT:
        """Return a variable that has its value in the configuration."""

    @abstractmethod
    def secret_variable(self, name: str, secret: SecretVersion) -> VariableT:
        """Return a variable that has its value in Secret Manager."""

    @abstractmethod
    def secret_mount(self, file: SecretFile) -> MountT:
        """Return the place of the secret's volume in the container."""

    @abstractmethod
    def secret_volume(self, file: SecretFile) -> VolumeT:
        """Return the volume that holds the secret as its only file."""

    def environment(
        self, values: Mapping[str, str], secrets: Mapping[str, SecretVersion]
    ) -> list[VariableT]:
        """Return all variables sorted by name, so that a new one is a diff of its own lines.

        The container gets each value as it stands here: Terraform replaces nothing in it.
        """
        variables = {name: self.variable(name, literal(value)) for name, value in values.items()}
        variables |= {name: self.secret_variable(name, secret) for name, secret in secrets.items()}
        return [variables[name] for name in sorted(variables)]

    def mounts(self, file: SecretFile | None) -> list[MountT] | None:
        """Return the volume mounts of the main container, ``None`` where it has none."""
        return None if file is None else [self.secret_mount(file)]

    def volumes(self, file: SecretFile | None) -> list[VolumeT] | None:
        """Return the volumes of a service or job, ``None`` where it has none."""
        return None if file is None else [self.secret_volume(file)]


class ServiceBlocks(
    Blocks[
        CloudRunV2ServiceTemplateContainersEnv,
        CloudRunV2ServiceTemplateContainersVolumeMounts,
        CloudRunV2ServiceTemplateVolumes,
    ]
):
    """The blocks of Cloud Run services."""

    def variable(self, name: str, value: str) -> CloudRunV2ServiceTemplateContainersEnv:
        """Return a variable that has its value in the service's configuration."""
        return CloudRunV2ServiceTemplateContainersEnv(name=name, value=value)

    def secret_variable(
        self, name: str, secret: SecretVersion
    ) -> CloudRunV2ServiceTemplateContainersEnv:
        """Return a variable that has its value in Secret Manager."""
        reference = CloudRunV2ServiceTemplateContainersEnvValueSourceSecretKeyRef(
            secret=secret.secret_id, version=str(secret.version)
        )
        source = CloudRunV2ServiceTemplateContainersEnvValueSource(secret_key_ref=reference)
        return CloudRunV2ServiceTemplateContainersEnv(name=name, value_source=source)

    def secret_mount(self, file: SecretFile) -> CloudRunV2ServiceTemplateContainersVolumeMounts:
        """Return the place of the secret's volume in the container."""
        return CloudRunV2ServiceTemplateContainersVolumeMounts(
            name=_SECRET_VOLUME, mount_path=file.directory
        )

    def secret_volume(self, file: SecretFile) -> CloudRunV2ServiceTemplateVolumes:
        """Return the volume that holds the secret as its only file."""
        item = CloudRunV2ServiceTemplateVolumesSecretItems(
            path=file.file_name, version=str(file.secret.version), mode=_READ_ONLY_FILE_MODE
        )
        secret = CloudRunV2ServiceTemplateVolumesSecret(secret=file.secret.secret_id, items=[item])
        return CloudRunV2ServiceTemplateVolumes(name=_SECRET_VOLUME, secret=secret)

    def startup_probe(self, probe: HttpProbe) -> CloudRunV2ServiceTemplateContainersStartupProbe:
        """Return the probe that a container passes before it counts as started."""
        return CloudRunV2ServiceTemplateContainersStartupProbe(
            http_get=CloudRunV2ServiceTemplateContainersStartupProbeHttpGet(
                path=probe.path, port=probe.port
            ),
            period_seconds=probe.period_seconds,
            timeout_seconds=probe.timeout_seconds,
            failure_threshold=probe.failures,
            initial_delay_seconds=0,
        )

    def liveness_probe(self, probe: HttpProbe) -> CloudRunV2ServiceTemplateContainersLivenessProbe:
        """Return the probe whose failure restarts a container. Jobs have none."""
        return CloudRunV2ServiceTemplateContainersLivenessProbe(
            http_get=CloudRunV2ServiceTemplateContainersLivenessProbeHttpGet(
                path=probe.path, port=probe.port
            ),
            period_seconds=probe.period_seconds,
            timeout_seconds=probe.timeout_seconds,
            failure_threshold=probe.failures,
            initial_delay_seconds=0,
        )

    def vpc_access(self, access: VpcAccess) -> CloudRunV2ServiceTemplateVpcAccess:
        """Return the way into the VPC, and what takes it."""
        if access.connector is not None:
            return CloudRunV2ServiceTemplateVpcAccess(
                connector=access.connector, egress=access.egress
            )
        interface = CloudRunV2ServiceTemplateVpcAccessNetworkInterfaces(
            network=access.network, subnetwork=access.subnetwork
        )
        return CloudRunV2ServiceTemplateVpcAccess(
            network_interfaces=[interface], egress=access.egress
        )

    def auth_proxy(
        self, proxy: AuthProxy, *, cpu_idle: bool
    ) -> CloudRunV2ServiceTemplateContainers:
        """Return the Auth Proxy as a sidecar, which ends with the instance."""
        return CloudRunV2ServiceTemplateContainers(
            name=proxy.NAME,
            image=proxy.image,
            args=proxy.arguments(stoppable=False),
            resources=CloudRunV2ServiceTemplateContainersResources(
                limits=proxy.resources.limits(), cpu_idle=cpu_idle
            ),
            startup_probe=self.startup_probe(proxy.startup_probe()),
        )


class JobBlocks(
    Blocks[
        CloudRunV2JobTemplateTemplateContainersEnv,
        CloudRunV2JobTemplateTemplateContainersVolumeMounts,
        CloudRunV2JobTemplateTemplateVolumes,
    ]
):
    """The blocks of Cloud Run jobs."""

    def variable(self, name: str, value: str) -> CloudRunV2JobTemplateTemplateContainersEnv:
        """Return a variable that has its value in the job's configuration."""
        return CloudRunV2JobTemplateTemplateContainersEnv(name=name, value=value)

    def secret_variable(
        self, name: str, secret: SecretVersion
    ) -> CloudRunV2JobTemplateTemplateContainersEnv:
        """Return a variable that has its value in Secret Manager."""
        reference = CloudRunV2JobTemplateTemplateContainersEnvValueSourceSecretKeyRef(
            secret=secret.secret_id, version=str(secret.version)
        )
        source = CloudRunV2JobTemplateTemplateContainersEnvValueSource(secret_key_ref=reference)
        return CloudRunV2JobTemplateTemplateContainersEnv(name=name, value_source=source)

    def secret_mount(self, file: SecretFile) -> CloudRunV2JobTemplateTemplateContainersVolumeMounts:
        """Return the place of the secret's volume in the container."""
        return CloudRunV2JobTemplateTemplateContainersVolumeMounts(
            name=_SECRET_VOLUME, mount_path=file.directory
        )

    def secret_volume(self, file: SecretFile) -> CloudRunV2JobTemplateTemplateVolumes:
        """Return the volume that holds the secret as its only file."""
        item = CloudRunV2JobTemplateTemplateVolumesSecretItems(
            path=file.file_name, version=str(file.secret.version), mode=_READ_ONLY_FILE_MODE
        )
        secret = CloudRunV2JobTemplateTemplateVolumesSecret(
            secret=file.secret.secret_id, items=[item]
        )
        return CloudRunV2JobTemplateTemplateVolumes(name=_SECRET_VOLUME, secret=secret)

    def startup_probe(
        self, probe: HttpProbe
    ) -> CloudRunV2JobTemplateTemplateContainersStartupProbe:
        """Return the probe that a container passes before it counts as started."""
        return CloudRunV2JobTemplateTemplateContainersStartupProbe(
            http_get=CloudRunV2JobTemplateTemplateContainersStartupProbeHttpGet(
                path=probe.path, port=probe.port
            ),
            period_seconds=probe.period_seconds,
            timeout_seconds=probe.timeout_seconds,
            failure_threshold=probe.failures,
            initial_delay_seconds=0,
        )

    def vpc_access(self, access: VpcAccess) -> CloudRunV2JobTemplateTemplateVpcAccess:
        """Return the way into the VPC, and what takes it."""
        if access.connector is not None:
            return CloudRunV2JobTemplateTemplateVpcAccess(
                connector=access.connector, egress=access.egress
            )
        interface = CloudRunV2JobTemplateTemplateVpcAccessNetworkInterfaces(
            network=access.network, subnetwork=access.subnetwork
        )
        return CloudRunV2JobTemplateTemplateVpcAccess(
            network_interfaces=[interface], egress=access.egress
        )

    def auth_proxy(self, proxy: AuthProxy) -> CloudRunV2JobTemplateTemplateContainers:
        """Return the Auth Proxy as a sidecar that the job stops, or its task would never end."""
        return CloudRunV2JobTemplateTemplateContainers(
            name=proxy.NAME,
            image=proxy.image,
            args=proxy.arguments(stoppable=True),
            resources=CloudRunV2JobTemplateTemplateContainersResources(
                limits=proxy.resources.limits()
            ),
            startup_probe=self.startup_probe(proxy.startup_probe()),
        )


SERVICE_BLOCKS = ServiceBlocks()
JOB_BLOCKS = JobBlocks()
