"""Telemetry over the stacks: the collector among the services, a server of its own in the data."""

from __future__ import annotations

from constructs_lib.cloud_run.cloud_run import CloudRun, Service
from constructs_lib.cloud_run.containers import Resources
from constructs_lib.edge.hosts import only_through_load_balancer
from constructs_lib.environment.names import OTEL_COLLECTOR, TELEMETRY, Names
from constructs_lib.environment.settings import EnvironmentSettings
from constructs_lib.environment.stack import EnvironmentStack, labels
from constructs_lib.environment.wiring import (
    GRAFANA_ADMIN_PASSWORD,
    GRAFANA_CLOUD_TOKEN,
    trusted_origins,
)
from constructs_lib.network.private_dns import DnsName
from constructs_lib.telemetry.collector_config import (
    HEALTH_PATH,
    HEALTH_PORT,
    OTLP_PORT,
    READ_TIMEOUT_SECONDS,
    TOKEN_VARIABLE,
    Backend,
    MemoryBudget,
    collector_config,
    to_yaml,
)
from constructs_lib.telemetry.lgtm import GRAFANA_PORT, lgtm_container
from constructs_lib.telemetry.settings import Collector, GrafanaCloud
from constructs_lib.terraform import literal
from constructs_lib.virtual_machine.virtual_machine import (
    IAP_RANGE,
    DataDisk,
    Ingress,
    Snapshots,
    VirtualMachine,
)

_CONFIG_VARIABLE = "COLLECTOR_CONFIG"


def add_collector(stack: EnvironmentStack, cloud_run: CloudRun) -> None:
    """Add the collector, unless telemetry goes to an endpoint elsewhere."""
    settings, names = stack.environment.settings, stack.environment.names
    collector = settings.collector_on
    if collector is None:
        return
    cloud = isinstance(settings.telemetry, GrafanaCloud)
    cloud_run.service(
        Service(
            name=names.workload(OTEL_COLLECTOR),
            image=stack.image("image_otel_collector"),
            service_account=names.account_email(OTEL_COLLECTOR),
            port=OTLP_PORT,
            probe_port=HEALTH_PORT,
            startup_path=HEALTH_PATH,
            liveness_path=HEALTH_PATH,
            args=[f"--config=env:{_CONFIG_VARIABLE}"],
            variables={
                _CONFIG_VARIABLE: literal(_config(settings, names, collector)),
                # Go collects garbage harder before the collector has to refuse anything.
                "GOMEMLIMIT": f"{collector.memory_limit_mib}MiB",
            },
            secrets={TOKEN_VARIABLE: stack.secret(GRAFANA_CLOUD_TOKEN)} if cloud else {},
            resources=Resources(collector.cpu, collector.memory_mib),
            timeout_seconds=READ_TIMEOUT_SECONDS,
            concurrency=collector.concurrency,
            min_instance_count=collector.min_instance_count,
            max_instance_count=collector.max_instance_count,
            # It sends, and tries again, between requests.
            cpu_idle=False,
            startup_cpu_boost=True,
            public=settings.allows_everybody(collector),
            only_through_load_balancer=only_through_load_balancer(settings, OTEL_COLLECTOR),
            vpc_access=None if cloud else stack.vpc_access(),
            deletion_protection=settings.deletion_protection,
        )
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
            name=names.workload(OTEL_COLLECTOR),
            allowed_origins=trusted_origins(settings),
            max_request_bytes=collector.max_request_kib * 1024,
            memory=MemoryBudget(collector.memory_limit_mib, collector.memory_spike_mib),
            backend=backend,
        )
    )


def add_server(stack: EnvironmentStack) -> None:
    """Add the telemetry server, where the environment has one of its own."""
    settings, names = stack.environment.settings, stack.environment.names
    server = settings.self_hosted_on
    if server is None:
        return
    network = settings.network
    callers = network.connector_cidr or network.subnet_cidr
    VirtualMachine(
        stack,
        TELEMETRY,
        name=names.workload(TELEMETRY),
        project_id=settings.project_id,
        region=settings.region,
        zone=server.zone,
        machine_type=server.machine_type,
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
            Ingress("otlp", OTLP_PORT, [callers]),
            Ingress("grafana", GRAFANA_PORT, [IAP_RANGE]),
        ],
        dns_name=DnsName(names.private_zone, names.telemetry_host),
        labels=labels(stack.environment),
        deletion_protection=settings.deletion_protection,
    )
