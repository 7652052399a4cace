"""The edge: what its mode can do, and which hosts it can serve."""

from __future__ import annotations

from collections.abc import Iterator

from constructs_lib.edge.hosts import apex_redirect, candidate_hosts, hosts_by_key, public_hosts
from constructs_lib.edge.settings import DomainMappingSettings, LoadBalancerSettings
from constructs_lib.environment.services import deployed_applications
from constructs_lib.environment.settings import EnvironmentSettings
from constructs_lib.settings.finding import Finding

DOMAIN_MAPPING_REGIONS = (
    "asia-east1",
    "asia-northeast1",
    "asia-southeast1",
    "europe-north1",
    "europe-west1",
    "europe-west4",
    "us-central1",
    "us-east1",
    "us-east4",
    "us-west1",
)
"""Source: Cloud Run documentation, mapping custom domains."""
_LONGEST_MAPPED_HOST = 64
EXPORTS_PER_MINUTE = 25
"""Of a quiet instance: traces and logs each five seconds, metrics each minute. Source: defaults of
OpenTelemetry's SDK; a busy one sends more often, 512 entries at a time."""


def hosts_belong_to_the_domain(settings: EnvironmentSettings) -> Iterator[Finding]:
    """Passkeys are bound to the domain, and session cookies to it and what is below it."""
    domain = settings.domain
    for service in deployed_applications(settings):
        if service.host is None:
            yield Finding(
                f"hosts.{service.name}",
                f"is missing, and the service {service.name} is on",
                f'add hosts.{service.name} = "{service.name}.{domain}", '
                f"or set {service.entry.enable_input} = false",
                allowed=f"a host within {domain}",
            )
    taken: dict[str, str] = {}
    for key, host in hosts_by_key(settings).items():
        if host != domain and not host.endswith(f".{domain}"):
            yield Finding(
                key,
                f"is not within domain = {domain}",
                f"use a host that ends in .{domain}",
                value=host,
                allowed=f"{domain} or a host below it",
            )
        if host in taken:
            yield Finding(
                key, f"is also {taken[host]}", "give each service a host of its own", value=host
            )
        taken[host] = key


def region_has_domain_mappings(settings: EnvironmentSettings) -> Iterator[Finding]:
    """Elsewhere Google refuses the mapping when it is applied."""
    edge, region = settings.edge, settings.region
    if isinstance(edge, DomainMappingSettings) and region not in DOMAIN_MAPPING_REGIONS:
        yield Finding(
            "edge.mode",
            f"Cloud Run has no domain mappings in {region}",
            'set edge.mode = "load_balancer", or choose one of these regions',
            value=edge.mode,
            allowed=f"domain_mapping in {', '.join(DOMAIN_MAPPING_REGIONS)}",
        )


def hosts_can_be_mapped(settings: EnvironmentSettings) -> Iterator[Finding]:
    """A mapping is reached by a CNAME, which cannot stand at the top of a zone."""
    domain = settings.domain
    if not isinstance(settings.edge, DomainMappingSettings):
        return
    for key, host in hosts_by_key(settings).items():
        if host == domain:
            yield Finding(
                key,
                "is the domain itself, and a domain mapping needs a CNAME, which cannot be there",
                f'use www.{domain}, or edge.mode = "load_balancer"',
                value=host,
                allowed=f"a host below {domain}",
            )
        elif len(host) > _LONGEST_MAPPED_HOST:
            yield Finding(
                key,
                f"has {len(host)} characters, too many for a domain mapping",
                'shorten it, or use edge.mode = "load_balancer"',
                value=host,
                allowed=f"up to {_LONGEST_MAPPED_HOST} characters",
            )


def somebody_is_served(settings: EnvironmentSettings) -> Iterator[Finding]:
    """A load balancer needs a backend, and only what is public becomes one."""
    edge = settings.edge
    if not isinstance(edge, LoadBalancerSettings):
        return
    if not any(service.is_public for service in deployed_applications(settings)):
        yield Finding(
            "edge.mode",
            "no service that is on is public, so nothing would be behind the load balancer",
            "set allow_unauthenticated = true, for all or for one of the services",
            value=edge.mode,
            allowed="load_balancer where a service is on and public",
        )


def candidates_have_hosts_of_their_own(settings: EnvironmentSettings) -> Iterator[Finding]:
    """A candidate at the host of a live service would take its traffic."""
    edge, domain = settings.edge, settings.domain
    if not isinstance(edge, LoadBalancerSettings):
        return
    taken = {host: key for key, host in hosts_by_key(settings).items()}
    for name, host in edge.candidate_hosts.items():
        key = f"edge.candidate_hosts.{name}"
        if not host.endswith(f".{domain}"):
            yield Finding(
                key,
                f"is not below domain = {domain}",
                f"use a host such as candidate-{name}.{domain}",
                value=host,
                allowed=f"a host below {domain}",
            )
        if host in taken:
            yield Finding(key, f"is also {taken[host]}", "use another host", value=host)
        taken[host] = key


def the_domain_itself_is_free(settings: EnvironmentSettings) -> Iterator[Finding]:
    """A redirect of the domain takes every path of it, and leads to a host that answers."""
    edge = settings.edge
    if not isinstance(edge, LoadBalancerSettings) or edge.apex_redirect is None:
        return
    key = "edge.apex_redirect"
    hosts = {host.workload: host.host for host in public_hosts(settings)}
    taken = {host: name for name, host in hosts_by_key(settings).items()}
    if settings.domain in taken:
        yield Finding(
            key,
            f"leads {settings.domain} elsewhere, which is {taken[settings.domain]}",
            f"remove the line, or give {taken[settings.domain]} another host",
            value=edge.apex_redirect,
        )
    elif edge.apex_redirect not in hosts:
        yield Finding(
            key,
            "is not on, or not public",
            "switch it on, or name another",
            value=edge.apex_redirect,
            allowed=", ".join(hosts),
        )


def a_preview_ends(settings: EnvironmentSettings) -> Iterator[Finding]:
    """A firewall that only logs is left so, unless somebody said until when."""
    edge = settings.edge
    if not isinstance(edge, LoadBalancerSettings):
        return
    key, armor = "edge.armor.waf_enforced_by", edge.armor
    if armor.waf == "enforce" and armor.waf_enforced_by is not None:
        yield Finding(
            key,
            'has no use: edge.armor.waf is "enforce" already',
            "remove the line",
            value=armor.waf_enforced_by.isoformat(),
        )
    elif armor.waf == "preview" and armor.waf_enforced_by is None and not settings.disposable:
        yield Finding(
            key,
            'is missing, and edge.armor.waf is "preview": no attack is refused',
            'add the last day of the preview, or set edge.armor.waf = "enforce"',
            allowed="a date such as 2027-01-31",
        )


def extra_records_stand_apart(settings: EnvironmentSettings) -> Iterator[Finding]:
    """Cloud DNS has one set for each name and type, and no other beside a CNAME (RFC 1034)."""
    dns = settings.edge.dns
    if dns is None:
        return
    hosts = {host: key for key, host in hosts_by_key(settings).items()}
    for candidate in candidate_hosts(settings):
        hosts[candidate.host] = f"edge.candidate_hosts.{candidate.workload}"
    if (apex := apex_redirect(settings)) is not None:
        hosts[apex.host] = "edge.apex_redirect"
    keys: dict[str, str] = {}
    aliases = {record.name for record in dns.records if record.type == "CNAME"}
    for number, record in enumerate(dns.records):
        table = f"edge.dns.records[{number}]"
        first, host = keys.setdefault(record.id, table), record.fqdn(settings.domain)
        if first != table:
            what = f"is at the place of {first}: one table holds all data of a name and type"
            yield Finding(f"{table}.name", what, "put the data into one table", value=record.name)
        elif record.name in aliases and record.type != "CNAME":
            what = "has a CNAME, beside which nothing else may stand"
            fix = "remove the CNAME, or this record"
            yield Finding(f"{table}.name", what, fix, value=record.name)
        elif host in hosts and record.type in {"A", "AAAA", "CNAME", "NS", "DS"}:
            what = f"is {hosts[host]}, whose records are made already"
            yield Finding(f"{table}.name", what, "remove the table", value=record.name)


def servers_fit_into_the_rate_of_the_collector(settings: EnvironmentSettings) -> Iterator[Finding]:
    """Servers send through the collector's public host, at worst all from one address of Google's.

    Twice as many instances, as while a release takes over (decision 0062).
    """
    edge = settings.edge
    if not isinstance(edge, LoadBalancerSettings) or settings.collector is None:
        return
    servers = sum(s.size.max_instance_count for s in deployed_applications(settings))
    needed = 2 * servers * EXPORTS_PER_MINUTE
    if edge.armor.collector_requests_per_minute < needed:
        yield Finding(
            "edge.armor.collector_requests_per_minute",
            f"is less than {servers} instances of the applications send while a release takes over",
            f"set {needed} or more, or lower max_instance_count",
            value=edge.armor.collector_requests_per_minute,
            allowed=f"{needed} or more",
        )


CHECKS = (
    hosts_belong_to_the_domain,
    region_has_domain_mappings,
    hosts_can_be_mapped,
    somebody_is_served,
    candidates_have_hosts_of_their_own,
    the_domain_itself_is_free,
    a_preview_ends,
    extra_records_stand_apart,
    servers_fit_into_the_rate_of_the_collector,
)
