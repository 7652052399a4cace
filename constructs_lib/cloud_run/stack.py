"""How the services of the catalogue are added to the stacks, with their alerts and charts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from cdktf import TerraformOutput

from constructs_lib.cloud_run import alerts, charts
from constructs_lib.cloud_run.cloud_run import CloudRun, Invoker, Service
from constructs_lib.cloud_run.containers import (
    AuthProxy,
    Resources,
    SecretFile,
    SecretVersion,
)
from constructs_lib.edge.hosts import only_through_load_balancer, public_hosts
from constructs_lib.environment.authorities import CA_FILE_VARIABLE
from constructs_lib.environment.environment import Environment
from constructs_lib.environment.names import DB_BOOTSTRAP
from constructs_lib.environment.services import (
    EnvironmentService,
    deployed_applications,
    deployed_services,
)
from constructs_lib.environment.stack import EnvironmentStack, secret_versions
from constructs_lib.literal import literal
from constructs_lib.monitoring.dashboard import Section
from constructs_lib.monitoring.monitoring import Monitoring, Probe
from constructs_lib.monitoring.stack import slo_targets
from constructs_lib.postgres.stack_jobs import auth_proxy
from constructs_lib.postgres.variables import APP_URL
from constructs_lib.pubsub.stack import push_invokers
from constructs_lib.telemetry.stack import collector_container
from envschema.services import MIGRATE, Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class _Container:
    """What a service's container is given: the part that depends on its kind."""

    args: Sequence[str] = ()
    probe_port: int | None = None
    variables: dict[str, str] = field(default_factory=dict)
    secrets: dict[str, SecretVersion] = field(default_factory=dict)
    secret_file: SecretFile | None = None
    auth_proxy: AuthProxy | None = None
    invokers: Sequence[Invoker] = ()


def add_services(stack: EnvironmentStack) -> CloudRun:
    """Add every service of the catalogue that is deployed."""
    settings = stack.environment.settings
    cloud_run = CloudRun(stack, "cloud-run", region=settings.region)
    proxy = auth_proxy(stack)
    for service in deployed_services(settings):
        _add_service(stack, cloud_run, service, proxy)
    return cloud_run


def _add_service(
    stack: EnvironmentStack,
    cloud_run: CloudRun,
    service: EnvironmentService,
    proxy: AuthProxy | None,
) -> None:
    settings, names = stack.environment.settings, stack.environment.names
    size, name = service.size, names.workload(service.name)
    # Declared before what the container refers to, as people read the stack's variables.
    image = stack.image(service.entry.image_input)
    container = _container(stack, service, proxy)
    resource = cloud_run.service(
        Service(
            name=name,
            image=image,
            service_account=names.account_email(service.name),
            port=service.port,
            probe_port=container.probe_port,
            args=container.args,
            startup_path=service.startup_path,
            liveness_path=service.liveness_path,
            variables=container.variables,
            secrets=container.secrets,
            secret_file=container.secret_file,
            resources=Resources(size.cpu, size.memory_mib),
            timeout_seconds=size.timeout_seconds,
            concurrency=size.concurrency,
            min_instance_count=service.min_instance_count,
            max_instance_count=size.max_instance_count,
            cpu_idle=size.cpu_idle,
            startup_cpu_boost=size.startup_cpu_boost,
            public=service.is_public,
            invokers=container.invokers,
            only_through_vpc=service.only_through_vpc,
            only_through_load_balancer=only_through_load_balancer(settings, service.name),
            vpc_access=stack.vpc_access() if service.uses_vpc else None,
            auth_proxy=container.auth_proxy,
            deletion_protection=settings.is_protected,
        )
    )
    TerraformOutput(
        stack,
        f"{service.entry.input_name}_latest_created_revision",
        value=resource.latest_created_revision,
        description=f"The newest revision of {name}, whether or not it serves",
    )
    if service.entry.kind is not Kind.COLLECTOR:
        TerraformOutput(
            stack,
            f"{service.entry.input_name}_url",
            value=resource.uri,
            description=f"Google's own address of {name}",
        )
    bound = stack.environment.apps.get(service.name)
    if bound is not None and (build_arguments := bound.build_arguments()):
        TerraformOutput(
            stack,
            f"{service.entry.input_name}_build_arguments",
            value={name: literal(value) for name, value in build_arguments.items()},
            description=f"What the image of {name} must be built with",
        )


def _container(
    stack: EnvironmentStack, service: EnvironmentService, proxy: AuthProxy | None
) -> _Container:
    """Return what the container of a service is given, by the kind of the service."""
    match service.entry.kind:
        case Kind.MCP:
            return _Container(invokers=_mcp_invokers(stack))
        case Kind.COLLECTOR:
            collector = collector_container(stack)
            return _Container(
                args=collector.args,
                probe_port=collector.probe_port,
                variables=collector.variables,
                secrets=collector.secrets,
            )
    bound = stack.environment.apps[service.name]
    return _Container(
        variables=bound.runtime_values(),
        secrets=secret_versions(bound.secrets),
        secret_file=stack.ca_file() if CA_FILE_VARIABLE in bound.bindings else None,
        auth_proxy=proxy if APP_URL in bound.secrets else None,
        invokers=push_invokers(stack) if service.entry.kind is Kind.API else (),
    )


def _mcp_invokers(stack: EnvironmentStack) -> tuple[Invoker, ...]:
    names, mcp = stack.environment.names, stack.environment.settings.mcp_service
    return tuple(
        Invoker(names.workload(caller), f"serviceAccount:{names.account_email(caller)}")
        for caller in (mcp.callers if mcp else ())
    )


def add_service_alerts(stack: EnvironmentStack, monitoring: Monitoring) -> None:
    """Watch every deployed service, from outside where it is public, and its objectives."""
    settings, names = stack.environment.settings, stack.environment.names
    hosts = {host.workload: host.host for host in public_hosts(settings)}
    monitoring.alert(alerts.no_instance_was_available())
    for service in deployed_services(settings):
        name, host = names.workload(service.name), hosts.get(service.name)
        if host is not None and service.uptime_path is not None:
            monitoring.probe(
                Probe(
                    name,
                    host,
                    service.uptime_path,
                    service.uptime_period_seconds,
                    status=service.entry.uptime_status,
                    content=service.uptime_content,
                )
            )
        monitoring.alert(alerts.error_ratio_is_high(name, settings.alerts.error_ratio))
        most = service.size.max_instance_count
        monitoring.alert(
            alerts.instances_run_out(name, most)
            if most > 1
            else alerts.requests_fill_the_instance(name, service.size.concurrency)
        )
        if not service.entry.streams:
            monitoring.alert(alerts.latency_is_high(name, settings.alerts.latency_p95_ms))
        if settings.slo is not None and service.entry.kind.is_application:
            monitoring.add_slo(name, slo_targets(settings.slo, service.name))


def add_job_alerts(stack: EnvironmentStack, monitoring: Monitoring) -> None:
    """Notify when a job of the database fails."""
    names = stack.environment.names
    monitoring.alert(alerts.job_failed(names.workload(MIGRATE)))
    if stack.environment.settings.enabled_postgres:
        monitoring.alert(alerts.job_failed(names.workload(DB_BOOTSTRAP)))


def service_sections(environment: Environment) -> Iterator[Section]:
    """Yield the charts of the applications, and of all instances."""
    limits = environment.settings.alerts
    yield charts.services(
        [
            charts.ServiceLimits(
                service=environment.names.workload(service.name),
                error_ratio=limits.error_ratio,
                latency_ms=limits.latency_p95_ms,
            )
            for service in deployed_applications(environment.settings)
        ]
    )
    yield charts.instances()


def job_sections(environment: Environment) -> Iterator[Section]:
    """Yield the charts of the jobs."""
    yield charts.jobs()
