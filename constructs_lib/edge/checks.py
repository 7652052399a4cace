"""The edge: what its mode can do, and which hosts it can serve."""

from __future__ import annotations

from collections.abc import Iterator

from constructs_lib.edge.hosts import hosts_by_key
from constructs_lib.edge.settings import DomainMapping, Edge, LoadBalancer
from constructs_lib.environment.settings import Hosts, Services
from constructs_lib.settings.finding import Finding
from constructs_lib.telemetry.settings import Telemetry

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


def region_has_domain_mappings(edge: Edge, region: str) -> Iterator[Finding]:
    """Elsewhere Google refuses the mapping when it is applied."""
    if isinstance(edge, DomainMapping) and region not in DOMAIN_MAPPING_REGIONS:
        yield Finding(
            "edge.mode",
            f"Cloud Run has no domain mappings in {region}",
            'set edge.mode = "load_balancer", or choose one of these regions',
            value=edge.mode,
            allowed=f"domain_mapping in {', '.join(DOMAIN_MAPPING_REGIONS)}",
        )


def hosts_can_be_mapped(
    edge: Edge, hosts: Hosts, domain: str, telemetry: Telemetry
) -> Iterator[Finding]:
    """A mapping is reached by a CNAME, which cannot stand at the top of a zone."""
    if not isinstance(edge, DomainMapping):
        return
    for key, host in hosts_by_key(hosts, telemetry, domain).items():
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


def someone_is_served(
    edge: Edge,
    services: Services,
    allow_unauthenticated: bool,
    enable_web: bool,
    enable_todox: bool,
    enable_marketing: bool,
) -> Iterator[Finding]:
    """A load balancer needs a backend, and only what is public becomes one."""
    on = {"api": True, "web": enable_web, "todox": enable_todox, "marketing": enable_marketing}
    own = [getattr(services, name).allow_unauthenticated for name, is_on in on.items() if is_on]
    public = [allow_unauthenticated if each is None else each for each in own]
    if isinstance(edge, LoadBalancer) and not any(public):
        yield Finding(
            "edge.mode",
            "no service that is on is public, so nothing would be behind the load balancer",
            "set allow_unauthenticated = true, for all or for one of the services",
            value=edge.mode,
            allowed="load_balancer where a service is on and public",
        )


def candidates_have_hosts_of_their_own(
    edge: Edge, hosts: Hosts, domain: str, telemetry: Telemetry
) -> Iterator[Finding]:
    """A candidate at the host of a live service would take its traffic."""
    if not isinstance(edge, LoadBalancer):
        return
    taken = {host: key for key, host in hosts_by_key(hosts, telemetry, domain).items()}
    for name, host in edge.candidate_hosts.given():
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
