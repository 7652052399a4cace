"""Where telemetry goes: the settings of each mode, and of the collector before two of them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from constructs_lib.settings.fields import MachineType, ResourceName, Zone
from constructs_lib.settings.model import StrictModel
from constructs_lib.settings.network_fields import Domain, OtlpUrl
from constructs_lib.virtual_machine.settings import BOOT_IMAGE, BootImage
from envschema.services import Kind, only

_ENTRY = only(Kind.COLLECTOR)
READ_TIMEOUT_SECONDS = 30


class Collector(StrictModel):
    """The OpenTelemetry Collector on Cloud Run."""

    host: Domain | None = None
    """``otlp`` below the environment's domain, unless stated."""
    cpu: Literal[1, 2] = 1
    memory_mib: Annotated[int, Field(ge=512, le=4096)] = 512
    concurrency: Annotated[int, Field(ge=1, le=1000)] = _ENTRY.concurrency
    min_instance_count: Annotated[int, Field(ge=1, le=100)] = _ENTRY.min_instance_count
    max_instance_count: Annotated[int, Field(ge=1, le=100)] = _ENTRY.max_instance_count
    """With ``concurrency``, the most that a flood from outside can use."""
    max_request_kib: Annotated[int, Field(ge=64, le=20480)] = 2048
    """Of one request, unpacked. Exporters send a few hundred spans at a time: below 1 MiB."""
    allow_unauthenticated: bool | None = None
    """Overrides the environment's ``allow_unauthenticated``. Browsers have no other way in."""

    @property
    def timeout_seconds(self) -> int:
        """How long a request may take, as the collector's own configuration has it."""
        return READ_TIMEOUT_SECONDS

    @property
    def cpu_idle(self) -> bool:
        """Never: it sends, and tries again, between requests."""
        return False

    @property
    def startup_cpu_boost(self) -> bool:
        """Always."""
        return True

    @property
    def memory_limit_mib(self) -> int:
        """Where everything is refused; the rest is for what the runtime does not count."""
        return self.memory_mib * 80 // 100

    @property
    def memory_spike_mib(self) -> int:
        """What may arrive between two looks: this much below the limit, refusing begins."""
        return self.memory_limit_mib // 4


class External(StrictModel):
    """Applications and browsers send to an endpoint that is operated elsewhere."""

    mode: Literal["external"]
    otlp_endpoint: OtlpUrl
    """OTLP over HTTP; ``/v1/traces`` and so on are appended."""


class GrafanaCloud(StrictModel):
    """The collector sends to Grafana Cloud's OTLP gateway.

    The token is the secret ``GRAFANA_CLOUD_TOKEN``, of an access policy that may only write.
    """

    mode: Literal["grafana_cloud"]
    otlp_gateway: OtlpUrl
    """As Grafana Cloud shows it for the stack, with ``/otlp`` at its end."""
    instance_id: Annotated[int, Field(ge=1)]
    """The number of the stack, which is the user name beside the token."""
    collector: Collector = Collector()


class SelfHosted(StrictModel):
    """The collector sends to Grafana, Loki, Tempo and Prometheus on one private machine."""

    mode: Literal["self_hosted"]
    zone: Zone
    """A zone of the environment's region. Moving to another is a restore from a snapshot."""
    machine_type: MachineType = "e2-standard-2"
    boot_image: BootImage = BOOT_IMAGE
    """Of the operating system; another one replaces the machine."""
    disk_size_gb: Annotated[int, Field(ge=20, le=10000)] = 50
    """May be raised in place, and never lowered."""
    retention_days: Annotated[int, Field(ge=1, le=365)] = 14
    """Of traces, logs and metrics; metrics go earlier when they fill a third of the disk."""
    disk_name: ResourceName | None = None
    """Set after a restore, which makes a disk of another name; else it is derived."""
    disk_snapshot: ResourceName | None = None
    """The snapshot from which a restored disk was made."""
    snapshot_start_time: Literal["00:00", "04:00", "08:00", "12:00", "16:00", "20:00"] = "04:00"
    """UTC; the disk is snapshotted once a day. A restore loses what came after."""
    snapshot_retention_days: Annotated[int, Field(ge=1, le=365)] = 7
    collector: Collector = Collector()


Telemetry = Annotated[External | GrafanaCloud | SelfHosted, Field(discriminator="mode")]


def collector_of(telemetry: External | GrafanaCloud | SelfHosted) -> Collector | None:
    """Return the collector, unless telemetry goes to an endpoint elsewhere."""
    return None if isinstance(telemetry, External) else telemetry.collector


def otlp_host_of(telemetry: External | GrafanaCloud | SelfHosted, domain: str) -> str | None:
    """Return the public host of the collector, where there is one."""
    collector = collector_of(telemetry)
    return None if collector is None else collector.host or f"otlp.{domain}"
