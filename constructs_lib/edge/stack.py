"""How the edge is spread over the stacks: what must be there first, and what leads to services.

The foundation holds what takes time and what others need: the DNS zone, and certificates that are
issued before any host points here. The services stack holds what directs traffic: the load balancer
or the domain mappings, and the records of the hosts.
"""

from __future__ import annotations

from collections.abc import Sequence, Set

from cdktf import ITerraformDependable, TerraformOutput
from constructs import Construct

from constructs_lib.cloud_run.cloud_run import CloudRun
from constructs_lib.edge.alerts import (
    armor_refuses_much,
    edge_error_ratio_is_high,
    sign_in_fails,
    sign_in_failures_filter,
)
from constructs_lib.edge.armor import Attacks, Policy, SignIn, policy_name
from constructs_lib.edge.certificates import Certificates, CertifiedHost
from constructs_lib.edge.dns import DnsRecord, PublicZone, add_records, output_records
from constructs_lib.edge.domain_mapping import DomainMappings
from constructs_lib.edge.hosts import (
    PublicHost,
    apex_redirect,
    candidate_hosts,
    path_routes,
    public_hosts,
)
from constructs_lib.edge.load_balancer import (
    Backend,
    Host,
    LoadBalancer,
    Redirect,
    Route,
    Site,
    static_backend,
)
from constructs_lib.edge.settings import Armor, LoadBalancerSettings
from constructs_lib.environment.limits import limits
from constructs_lib.environment.names import SIGN_IN_FAILURES
from constructs_lib.environment.services import EnvironmentService
from constructs_lib.environment.settings import EnvironmentSettings
from constructs_lib.environment.stack import EnvironmentStack
from constructs_lib.literal import literal
from constructs_lib.monitoring.monitoring import Monitoring
from constructs_lib.project.project_services import ProjectServices
from constructs_lib.settings.fields import WAF_RULE_SETS
from envschema.services import Kind

STATIC_PATH = "/_next/static/*"
"""What Next.js builds: each file has the hash of its content in its name."""
APEX = "apex"
"""The id of what leads the domain itself elsewhere; no service has that name."""
CANDIDATE = "candidate"
"""The tag of a revision under test, as the pipeline gives it."""
SIGN_IN_PATH = "/api/v1/auth/"
"""Where the API signs people in, whichever host they ask."""
PAGES, API, COLLECTOR = "pages", "api", "collector"
"""The classes of backends: each has a policy of its own."""
HSTS = "Strict-Transport-Security: max-age=63072000"
"""Two years, as the pages say themselves; the API and the collector say nothing."""


def add_domain(stack: EnvironmentStack, apis: ProjectServices) -> None:
    """Add to the foundation: the public zone where asked, and the load balancer's certificates."""
    settings, names = stack.environment.settings, stack.environment.names
    dns = settings.edge.dns
    zone = None
    if dns is not None:
        zone = PublicZone(
            stack,
            "public-dns",
            name=names.public_zone,
            domain=settings.domain,
            certificate_authorities=dns.certificate_authorities,
            incident_email=dns.incident_email,
            ttl_seconds=dns.ttl_seconds,
            deletion_protection=settings.is_protected,
            depends_on=apis.of("dns"),
        )
        extra = [
            DnsRecord(
                f"record-{record.id}",
                f"{record.fqdn(settings.domain)}.",
                record.type,
                tuple(literal(text) for text in record.data),
            )
            for record in dns.records
        ]
        add_records(zone, extra, zone=zone.zone.name, ttl_seconds=dns.ttl_seconds)
        TerraformOutput(
            stack,
            "dns_name_servers",
            value=zone.zone.name_servers,
            description=f"To which the domain above has to delegate {settings.domain}",
        )
    if not isinstance(settings.edge, LoadBalancerSettings):
        return
    certificates = Certificates(
        stack,
        "certificates",
        map_name=names.certificate_map,
        hosts=[
            CertifiedHost(construct_id, host, names.certificate(host))
            for construct_id, host in _certified(stack)
        ],
        deletion_protection=settings.is_protected,
        depends_on=apis.of("certificatemanager"),
    )
    if dns is not None and zone is not None:
        add_records(zone, certificates.records, zone=zone.zone.name, ttl_seconds=dns.ttl_seconds)
    else:
        output_records(
            stack,
            certificates.records,
            description="To be created before the hosts point here: Google proves ownership by "
            "them, now and at each renewal",
        )


def add_edge(stack: EnvironmentStack, cloud_run: CloudRun) -> None:
    """Add to the services what makes the public hosts lead to them."""
    edge = stack.environment.settings.edge
    if isinstance(edge, LoadBalancerSettings):
        _load_balancer(stack, edge, cloud_run)
    else:
        _domain_mappings(stack, cloud_run)
    if sentences := limits(stack.environment.settings):
        TerraformOutput(
            stack, "limits", value=list(sentences), description="What this environment cannot do"
        )


def _direct_traffic(
    stack: EnvironmentStack,
    edge: Construct,
    records: Sequence[DnsRecord],
    depends_on: Sequence[ITerraformDependable] = (),
) -> None:
    """Write the records of the hosts, or output them for a zone elsewhere."""
    dns = stack.environment.settings.edge.dns
    if dns is None:
        description = "To be created once everything else answers: they turn the traffic"
        output_records(stack, records, description=description)
        return
    add_records(
        edge,
        records,
        zone=stack.environment.names.public_zone,
        ttl_seconds=dns.ttl_seconds,
        depends_on=depends_on,
    )


def _domain_mappings(stack: EnvironmentStack, cloud_run: CloudRun) -> None:
    settings, names = stack.environment.settings, stack.environment.names
    mappings = DomainMappings(stack, "edge", project_id=settings.project_id, region=settings.region)
    for host in public_hosts(settings):
        service = cloud_run.services[names.workload(host.workload)]
        mappings.map(host.workload, host=host.host, service=service.name)
    _direct_traffic(stack, mappings, mappings.records)


def _load_balancer(
    stack: EnvironmentStack,
    edge: LoadBalancerSettings,
    cloud_run: CloudRun,
) -> None:
    settings, names = stack.environment.settings, stack.environment.names
    hosts = _hosts(stack)
    live = {host.workload: host.host for host in public_hosts(settings)}
    sites = [
        Site(
            id=_id(host, tag),
            host=host.host,
            backend=_id(host, tag),
            routes=tuple(
                Route(path=route.path, backend=route.service, prefix_rewrite=route.prefix_rewrite)
                for route in path_routes(settings, host)
            ),
            cached_path=STATIC_PATH if _is_cached(edge, host) and not tag else None,
        )
        for host, tag in hosts
    ]
    apex = apex_redirect(settings)
    redirects = [Redirect(id=APEX, host=apex.host, to=apex.to)] if apex else []
    load_balancer = LoadBalancer(
        stack,
        "edge",
        name=names.edge,
        region=settings.region,
        backends=[
            Backend(
                id=_id(host, tag),
                name=names.workload(_id(host, tag)),
                service=cloud_run.services[names.workload(host.workload)].name,
                policy=_class(host.service),
                headers=() if _class(host.service) == PAGES else (HSTS,),
                tag=tag,
            )
            for host, tag in hosts
        ],
        sites=sites,
        redirects=redirects,
        default_host=live.get(settings.client_service, next(iter(live.values()))),
        certificate_map=names.certificate_map_path,
        log_sample_rate=edge.log_sample_rate,
        policies=_policies(settings, edge.armor, {_class(host.service) for host, _ in hosts}),
        deletion_protection=settings.is_protected,
    )
    led: tuple[Host, ...] = (*sites, *redirects)
    records = [record for host in led for record in load_balancer.records(host)]
    _direct_traffic(stack, load_balancer, records, depends_on=load_balancer.listeners)


def add_edge_alerts(stack: EnvironmentStack, monitoring: Monitoring) -> None:
    """Watch what the load balancer answers and refuses, and whether people can sign in."""
    settings, names = stack.environment.settings, stack.environment.names
    edge = settings.edge
    if not isinstance(edge, LoadBalancerSettings):
        return
    hosts = public_hosts(settings)
    for host in hosts:
        name = names.workload(host.workload)
        monitoring.alert(
            edge_error_ratio_is_high(
                name,
                backends=[name, *([static_backend(name)] if _is_cached(edge, host) else ())],
                ratio=settings.alerts.error_ratio,
                minimum_requests=settings.alerts.edge_minimum_requests,
            )
        )
    policies = [
        policy_name(names.edge, policy.id)
        for policy in _policies(settings, edge.armor, {_class(host.service) for host in hosts})
    ]
    monitoring.alert(armor_refuses_much(policies, settings.alerts.armor_denials))
    for host in hosts:
        if host.service.entry.kind is Kind.API:
            counted = names.workload(SIGN_IN_FAILURES)
            monitoring.count_entries(
                "failed-sign-ins",
                name=counted,
                description="Attempts to sign in that the API refused",
                filter=sign_in_failures_filter(names.workload(host.workload), SIGN_IN_PATH),
            )
            monitoring.alert(sign_in_fails(counted, settings.alerts.sign_in_failures))


def _is_cached(edge: LoadBalancerSettings, host: PublicHost) -> bool:
    return edge.cdn and host.service.entry.has_static_files


def _class(service: EnvironmentService) -> str:
    """Return the class of a backend. An MCP server is called as an API is."""
    kind = service.entry.kind
    if kind is Kind.COLLECTOR:
        return COLLECTOR
    return PAGES if kind.is_web else API


def _policies(settings: EnvironmentSettings, armor: Armor, classes: Set[str]) -> list[Policy]:
    """Return the policy of each class that has a backend."""
    attacks = Attacks(
        rule_sets=WAF_RULE_SETS,
        exempt_rule_ids=armor.waf_exempt_rule_ids,
        is_enforced=armor.waf == "enforce",
    )
    collector = settings.collector
    policies = (
        Policy(
            id=PAGES,
            description="Pages: known attacks, and too many requests from one address",
            requests_per_minute=armor.requests_per_minute,
            attacks=attacks,
        ),
        Policy(
            id=API,
            description="API: known attacks, too many attempts to sign in, too many requests",
            requests_per_minute=armor.requests_per_minute,
            attacks=attacks,
            sign_in=SignIn(
                path=SIGN_IN_PATH,
                requests_per_minute=armor.sign_in_requests_per_minute,
                ban_seconds=armor.sign_in_ban_seconds,
            ),
        ),
        Policy(
            id=COLLECTOR,
            # Spans contain SQL, and the paths that attackers asked for: no search for attacks.
            description="Collector: bodies that are too large, and too many requests",
            requests_per_minute=armor.collector_requests_per_minute,
            max_body_bytes=collector.max_request_kib * 1024 if collector else None,
        ),
    )
    return [policy for policy in policies if policy.id in classes]


def _hosts(stack: EnvironmentStack) -> list[tuple[PublicHost, str | None]]:
    """Return each host behind the load balancer, with the tag of the revision that it leads to."""
    settings = stack.environment.settings
    return [
        *((host, None) for host in public_hosts(settings)),
        *((host, CANDIDATE) for host in candidate_hosts(settings)),
    ]


def _certified(stack: EnvironmentStack) -> list[tuple[str, str]]:
    """Return the id and the name of each host that answers over https."""
    apex = apex_redirect(stack.environment.settings)
    return [
        *((_id(host, tag), host.host) for host, tag in _hosts(stack)),
        *([(APEX, apex.host)] if apex else ()),
    ]


def _id(host: PublicHost, tag: str | None) -> str:
    return f"{host.workload}-{tag}" if tag else str(host.workload)
