"""Which hosts the world may reach, and which workload answers at each, at which of its paths."""

from __future__ import annotations

from dataclasses import dataclass

from constructs_lib.edge.settings import LoadBalancerSettings
from constructs_lib.environment.services import EnvironmentService, deployed_services
from constructs_lib.environment.settings import EnvironmentSettings
from envschema.services import Kind, only

API_PATHS = ("/v1/*", "/api/v1/*")
OTLP_PREFIX = "/otlp"
"""Below it, pages find the collector, which itself listens at ``/v1/traces`` and so on."""
_API = only(Kind.API).name
_COLLECTOR = only(Kind.COLLECTOR).name


@dataclass(frozen=True, slots=True)
class PublicHost:
    """A host name and the service that answers at it."""

    service: EnvironmentService
    host: str

    @property
    def workload(self) -> str:
        """The service, as ``Names.workload`` takes it."""
        return self.service.name


@dataclass(frozen=True, slots=True)
class PathRoute:
    """A path on the host of one service, with ``/*`` at its end, that leads to another service.

    With ``prefix_rewrite``, that replaces the path up to its ``*`` before the service sees it.
    """

    path: str
    service: str
    prefix_rewrite: str | None = None


def public_hosts(settings: EnvironmentSettings) -> tuple[PublicHost, ...]:
    """Return the hosts of the deployed services that may be called without a Google identity.

    Whatever has to do with hosts follows this list: probes, certificates, routes and DNS records.
    """
    return tuple(
        PublicHost(service, service.host)
        for service in deployed_services(settings)
        if service.host is not None and service.is_public
    )


def hosts_by_key(settings: EnvironmentSettings) -> dict[str, str]:
    """Return every host that the file names or implies, by the setting that names it."""
    named = {f"hosts.{name}": host for name, host in settings.hosts.items()}
    if settings.otlp_host is not None:
        named["telemetry.collector.host"] = settings.otlp_host
    return named


def candidate_hosts(settings: EnvironmentSettings) -> tuple[PublicHost, ...]:
    """Return the hosts of revisions under test; only a load balancer can have any.

    That of a service which is off or not public is not used.
    """
    if not isinstance(settings.edge, LoadBalancerSettings):
        return ()
    public = {host.workload: host.service for host in public_hosts(settings)}
    return tuple(
        PublicHost(public[name], host)
        for name, host in settings.edge.candidate_hosts.items()
        if name in public
    )


@dataclass(frozen=True, slots=True)
class ApexRedirect:
    """The domain itself, and the host to which it leads."""

    host: str
    to: str


def apex_redirect(settings: EnvironmentSettings) -> ApexRedirect | None:
    """Return where the domain itself leads, where that is asked and the service is public."""
    if not isinstance(settings.edge, LoadBalancerSettings):
        return None
    for host in public_hosts(settings):
        if host.workload == settings.edge.apex_redirect:
            return ApexRedirect(settings.domain, host.host)
    return None


def path_routes(settings: EnvironmentSettings, host: PublicHost) -> tuple[PathRoute, ...]:
    """Return the paths on a host that lead elsewhere: what its pages call at their own origin.

    Their content security policy allows no other. Only a load balancer routes by path.
    """
    if not isinstance(settings.edge, LoadBalancerSettings) or not host.service.entry.kind.is_web:
        return ()
    routes = (
        *(PathRoute(path, _API) for path in API_PATHS),
        PathRoute(f"{OTLP_PREFIX}/*", _COLLECTOR, prefix_rewrite="/"),
    )
    public = {public.workload for public in public_hosts(settings)}
    return tuple(route for route in routes if route.service in public)


def page_origin(settings: EnvironmentSettings, application: str, service: str) -> str | None:
    """Return the application's own origin, where its pages reach another service there.

    None: they call that service at its own host.
    """
    edge = settings.edge
    if not isinstance(edge, LoadBalancerSettings) or not edge.same_origin:
        return None
    for host in public_hosts(settings):
        if host.workload == application:
            reached = {route.service for route in path_routes(settings, host)}
            return f"https://{host.host}" if service in reached else None
    return None


def only_through_load_balancer(settings: EnvironmentSettings, workload: str) -> bool:
    """Tell whether a workload refuses what does not come through the load balancer.

    A workload without a public host is called at Google's own address, and IAM decides by whom.
    """
    return (
        isinstance(settings.edge, LoadBalancerSettings)
        and settings.edge.restrict_ingress
        and any(host.workload == workload for host in public_hosts(settings))
    )
