"""How telemetry is added to the stacks: the collector's container, a server, their alerts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from constructs_lib.cloud_run.containers import SecretVersion
from constructs_lib.environment.names import TELEMETRY, Names
from constructs_lib.environment.settings import EnvironmentSettings
from constructs_lib.environment.stack import EnvironmentStack, labels
from constructs_lib.monitoring.monitoring import Monitoring
from constructs_lib.network.private_dns import DnsName
from constructs_lib.telemetry import alerts
from constructs_lib.telemetry.collector_config import (
    HEALTH_PORT,
    OTLP_PORT,
    TOKEN_VARIABLE,
    Backend,
    MemoryBudget,
    collector_config,
    to_yaml,
)
from constructs_lib.telemetry.lgtm import GRAFANA_PORT, lgtm_container
from constructs_lib.telemetry.settings import Collector, GrafanaCloud
from constructs_lib.telemetry.variables import (
    GRAFANA_ADMIN_PASSWORD,
    GRAFANA_CLOUD_TOKEN,
    cross_origins,
)
from constructs_lib.virtual_machine import alerts as machine_alerts
from constructs_lib.virtual_machine.virtual_machine import (
    IAP_RANGE,
    DataDisk,
    Ingress,
    Snapshots,
    VirtualMachine,
)
from envschema.services import Kind, only

_COLLECTOR = only(Kind.COLLECTOR).name
_CONFIG_VARIABLE = "COLLECTOR_CONFIG"


@dataclass(frozen=True, slots=True)
class CollectorContainer:
    """What the collector's container is given."""

    args: Sequence[str]
    probe_port: int
    variables: dict[str, str]
    secrets: dict[str, SecretVersion]


def collector_container(stack: EnvironmentStack) -> CollectorContainer:
    """Return what the collector's container is given; there must be a collector."""
    settings, names = stack.environment.settings, stack.environment.names
    collector = settings.collector
    if collector is None:
        raise ValueError("telemetry goes to an endpoint elsewhere: there is no collector")
    in_grafana_cloud = isinstance(settings.telemetry, GrafanaCloud)
    return CollectorContainer(
        args=[f"--config=env:{_CONFIG_VARIABLE}"],
        probe_port=HEALTH_PORT,
        variables={
            _CONFIG_VARIABLE: _config(settings, names, collector),
            # Go collects garbage harder before the collector has to refuse anything.
            "GOMEMLIMIT": f"{collector.memory_limit_mib}MiB",
        },
        secrets={TOKEN_VARIABLE: stack.secret(GRAFANA_CLOUD_TOKEN)} if in_grafana_cloud else {},
    )


def _config(settings: EnvironmentSettings, names: Names, collector: Collector) -> str:
    telemetry = settings.telemetry
    backend = (
        Backend(telemetry.otlp_gateway, str(telemetry.instance_id))
        if isinstance(telemetry, GrafanaCloud)
        else Backend(f"http://{names.telemetry_host}:{OTLP_PORT}")
    )
    return to_yaml(
        collector_config(
            name=names.workload(_COLLECTOR),
            allowed_origins=cross_origins(settings),
            max_request_bytes=collector.max_request_kib * 1024,
            memory=MemoryBudget(collector.memory_limit_mib, collector.memory_spike_mib),
            backend=backend,
        )
    )


def add_telemetry_server(stack: EnvironmentStack) -> None:
    """Add the telemetry server, where the environment has one of its own."""
    settings, names = stack.environment.settings, stack.environment.names
    server = settings.telemetry_server
    if server is None:
        return
    VirtualMachine(
        stack,
        TELEMETRY,
        name=names.workload(TELEMETRY),
        project_id=settings.project_id,
        region=settings.region,
        zone=server.zone,
        machine_type=server.machine_type,
        boot_image=server.boot_image,
        network=names.network_path,
        subnetwork=names.subnetwork_path,
        service_account=names.account_email(TELEMETRY),
        container=lgtm_container(
            image=stack.image("image_lgtm"),
            retention_days=server.retention_days,
            disk_size_gb=server.disk_size_gb,
            admin_password=stack.secret(GRAFANA_ADMIN_PASSWORD),
        ),
        disk=DataDisk(
            server.disk_name or f"{names.workload(TELEMETRY)}-data",
            server.disk_size_gb,
            snapshot=server.disk_snapshot,
        ),
        snapshots=Snapshots(
            24, server.snapshot_start_time, server.snapshot_retention_days, settings.region
        ),
        ingress=[
            Ingress("otlp", OTLP_PORT, [settings.network.client_cidr]),
            Ingress("grafana", GRAFANA_PORT, [IAP_RANGE]),
        ],
        dns_name=DnsName(names.private_zone, names.telemetry_host),
        labels=labels(stack.environment),
        deletion_protection=settings.is_protected,
    )


def add_telemetry_alerts(stack: EnvironmentStack, monitoring: Monitoring) -> None:
    """Watch the collector, where there is one, and the server behind it."""
    settings, add = stack.environment.settings, monitoring.alert
    if settings.collector is None:
        return
    collector = stack.environment.names.workload(_COLLECTOR)
    add(alerts.collector_loses_data(collector))
    add(alerts.collector_is_down(collector))
    add(alerts.collector_is_silent(collector))
    if settings.telemetry_server is not None:
        _add_server_alerts(stack, monitoring)


def _add_server_alerts(stack: EnvironmentStack, monitoring: Monitoring) -> None:
    machine = stack.environment.names.workload(TELEMETRY)
    limits, add = stack.environment.settings.alerts, monitoring.alert
    # ERROR, not CRITICAL: users are unaffected; only telemetry is lost.
    add(machine_alerts.machine_is_down(machine, "ERROR"))
    add(machine_alerts.machine_is_old(machine, limits.machine_image_days))
    add(
        machine_alerts.machine_disk_is_full(
            machine,
            limits.telemetry_disk_utilization,
            "ERROR",
            causes=(
                "Find out who sends so much: in Grafana, rates by service_name.",
                "Lower telemetry.retention_days if that is normal; it frees nothing today.",
            ),
        )
    )
