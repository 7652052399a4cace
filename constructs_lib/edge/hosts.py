"""Which hosts the world may reach, and which workload answers at each."""

from __future__ import annotations

from dataclasses import dataclass

from constructs_lib.edge.settings import LoadBalancer
from constructs_lib.environment.names import MCP, OTEL_COLLECTOR
from constructs_lib.environment.settings import EnvironmentSettings, Hosts, ServiceName
from constructs_lib.telemetry.settings import Telemetry, otlp_host_of


@dataclass(frozen=True, slots=True)
class PublicHost:
    """A host name and the workload behind it, named as for ``Names.workload``."""

    workload: str
    host: str


def public_hosts(settings: EnvironmentSettings) -> tuple[PublicHost, ...]:
    """Return the hosts of the deployed workloads that may be called without a Google identity.

    Whatever has to do with hosts follows this list: probes, certificates, routes and DNS records.
    """
    hosts = [
        PublicHost(service, host)
        for service in settings.services_on()
        if (host := settings.host(service)) is not None and settings.is_public(service)
    ]
    mcp = settings.mcp_service
    if mcp is not None and mcp.allow_unauthenticated and settings.hosts.mcp is not None:
        hosts.append(PublicHost(MCP, settings.hosts.mcp))
    collector, host = settings.collector_on, settings.otlp_host
    if collector is not None and host is not None and settings.allows_everybody(collector):
        hosts.append(PublicHost(OTEL_COLLECTOR, host))
    return tuple(hosts)


def hosts_by_key(hosts: Hosts, telemetry: Telemetry, domain: str) -> dict[str, str]:
    """Return every host that the file names or implies, by the setting that names it."""
    named = {f"hosts.{name}": host for name, host in hosts}
    named["telemetry.collector.host"] = otlp_host_of(telemetry, domain)
    return {key: host for key, host in named.items() if host is not None}


def candidate_hosts(settings: EnvironmentSettings) -> tuple[PublicHost, ...]:
    """Return the hosts of revisions under test; only a load balancer can have any.

    That of a service which is off or not public is not used.
    """
    if not isinstance(settings.edge, LoadBalancer):
        return ()
    public = {each.workload for each in public_hosts(settings)}
    return tuple(
        PublicHost(ServiceName(service), host)
        for service, host in settings.edge.candidate_hosts.given()
        if service in public
    )


def only_through_load_balancer(settings: EnvironmentSettings, workload: str) -> bool:
    """Tell whether a workload refuses what does not come through the load balancer.

    A workload without a public host is called at Google's own address, and IAM decides by whom.
    """
    return (
        isinstance(settings.edge, LoadBalancer)
        and settings.edge.restrict_ingress
        and any(each.workload == workload for each in public_hosts(settings))
    )
