"""What a Cloud Run container consists of, the same for services and jobs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from cdktf_cdktf_provider_google import cloud_run_v2_job, cloud_run_v2_service

_READ_ONLY_FILE_MODE = 0o444


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


@dataclass(frozen=True, slots=True)
class Resources:
    """Limits of one container."""

    cpu: int
    memory_mib: int

    def limits(self) -> dict[str, str]:
        """Return the limits in Cloud Run's notation."""
        return {"cpu": str(self.cpu), "memory": f"{self.memory_mib}Mi"}


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
    STOP_URL = f"http://127.0.0.1:{ADMIN_PORT}/quitquitquit"


@dataclass(frozen=True, slots=True)
class VpcAccess:
    """How a workload reaches the VPC: straight from the subnet, or through a connector."""

    network: str
    subnetwork: str
    connector: str | None = None


class Blocks:
    """Builds the blocks of one resource type.

    The bindings give services and jobs classes of their own for blocks of the same shape; this
    picks the class by its place in the schema, so that the shape is described once.
    """

    def __init__(self, module: ModuleType, prefix: str) -> None:
        self._module = module
        self._prefix = prefix

    def new(self, block: str, /, **arguments: Any) -> Any:
        """Build a block, for example ``new("ContainersEnv", name=...)``."""
        return getattr(self._module, f"{self._prefix}{block}")(**arguments)

    def environment(
        self, values: Mapping[str, str], secrets: Mapping[str, SecretVersion]
    ) -> list[Any]:
        """Return all variables sorted by name, so that a new one is a diff of its own lines."""
        plain = {name: self.new("ContainersEnv", name=name, value=v) for name, v in values.items()}
        secret = {name: self._secret_variable(name, v) for name, v in secrets.items()}
        return [block for _, block in sorted({**plain, **secret}.items())]

    def _secret_variable(self, name: str, secret: SecretVersion) -> Any:
        reference = self.new(
            "ContainersEnvValueSourceSecretKeyRef",
            secret=secret.secret_id,
            version=str(secret.version),
        )
        source = self.new("ContainersEnvValueSource", secret_key_ref=reference)
        return self.new("ContainersEnv", name=name, value_source=source)

    def http_probe(
        self, kind: str, path: str, port: int, *, period_seconds: int, failures: int
    ) -> Any:
        """Return a startup or liveness probe over HTTP."""
        return self.new(
            f"Containers{kind}",
            http_get=self.new(f"Containers{kind}HttpGet", path=path, port=port),
            period_seconds=period_seconds,
            timeout_seconds=min(5, period_seconds),
            failure_threshold=failures,
            initial_delay_seconds=0,
        )

    def secret_volume(self, name: str, file: SecretFile) -> Any:
        """Return the volume that holds one secret as one file."""
        item = self.new(
            "VolumesSecretItems",
            path=file.file_name,
            version=str(file.secret.version),
            mode=_READ_ONLY_FILE_MODE,
        )
        secret = self.new("VolumesSecret", secret=file.secret.secret_id, items=[item])
        return self.new("Volumes", name=name, secret=secret)

    def vpc_access(self, access: VpcAccess) -> Any:
        """Return the way into the VPC; what is not private goes out directly."""
        if access.connector is not None:
            return self.new("VpcAccess", connector=access.connector, egress="PRIVATE_RANGES_ONLY")
        interface = self.new(
            "VpcAccessNetworkInterfaces", network=access.network, subnetwork=access.subnetwork
        )
        return self.new("VpcAccess", network_interfaces=[interface], egress="PRIVATE_RANGES_ONLY")

    def auth_proxy(self, proxy: AuthProxy, *, stoppable: bool, **resources: bool) -> Any:
        """Return the sidecar. A job must be able to stop it, or its task would never end."""
        flags = [
            "--private-ip",
            "--address=127.0.0.1",
            f"--port={proxy.port}",
            "--structured-logs",
            "--exit-zero-on-sigterm",
            "--health-check",
            # The probe comes from outside of the container.
            "--http-address=0.0.0.0",
            f"--http-port={proxy.HEALTH_PORT}",
        ]
        if stoppable:
            flags += ["--quitquitquit", f"--admin-port={proxy.ADMIN_PORT}"]
        return self.new(
            "Containers",
            name=proxy.NAME,
            image=proxy.image,
            args=[*flags, proxy.connection_name],
            resources=self.new("ContainersResources", limits=proxy.resources.limits(), **resources),
            startup_probe=self.http_probe(
                "StartupProbe", "/startup", proxy.HEALTH_PORT, period_seconds=2, failures=30
            ),
        )


SERVICE_BLOCKS = Blocks(cloud_run_v2_service, "CloudRunV2ServiceTemplate")
JOB_BLOCKS = Blocks(cloud_run_v2_job, "CloudRunV2JobTemplateTemplate")
