"""The edge: what its mode can do, and which hosts it can serve."""

from __future__ import annotations

from collections.abc import Iterator

from constructs_lib.edge.hosts import hosts_by_key
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


CHECKS = (
    hosts_belong_to_the_domain,
    region_has_domain_mappings,
    hosts_can_be_mapped,
    somebody_is_served,
    candidates_have_hosts_of_their_own,
)
