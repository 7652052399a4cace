"""Rules about addresses and ports, which the stacks of an environment must agree on."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from itertools import combinations
from typing import Any

from policy.rule import EnvironmentHits, Hits, Stacks, environment_rule, rule
from policy.stack import Resource, Stack, texts

_SERVICE = "google_cloud_run_v2_service"
_JOB = "google_cloud_run_v2_job"
_SUBNET = "google_compute_subnetwork"
_DEFAULT_MAX_INSTANCES = 100
"""What Google allows where a service states nothing. Source: Cloud Run, maximum instances."""
_ADDRESSES_PER_INSTANCE = 2
"""While revisions change. Source: Cloud Run, Direct VPC egress, IP address allocation."""
_RESERVED_ADDRESSES = 4
"""Of each subnet, for Google. Source: VPC, reserved addresses in a subnet."""
_LONGEST_PREFIX = 26
"""Of a subnet for Direct VPC egress. Source: Cloud Run, Direct VPC egress, limitations."""
_REFERENCE = re.compile(r"\$\{(\w+\.\w+)\.\w+\}")
_EXPRESSION = re.compile(r"\$\{[^}]*\}")
_REDIS_URL = re.compile(r"\b(rediss?)://([^\s/?#\"']*)")
_PLAIN_REDIS_PORT, _TLS_REDIS_PORT = 6379, 6378
"""Source: Memorystore for Redis, in-transit encryption."""

Network = ipaddress.IPv4Network


def _resources(stacks: Stacks, *kinds: str) -> Iterator[tuple[Stack, Resource]]:
    for stack in stacks:
        for resource in stack.resources(*kinds):
            yield stack, resource


def _name(stacks: Stacks, value: object) -> str:
    """Return the name in a path, or of the resource to which an expression refers."""
    if reference := _REFERENCE.fullmatch(str(value)):
        for _, resource in _resources(stacks, reference[1].partition(".")[0]):
            if resource.address == reference[1]:
                return str(resource.get("name"))
    return str(value).rpartition("/")[2]


def _network(cidr: object) -> Iterator[Network]:
    """Yield a range, if the text states one; an expression or IPv6 cannot be compared."""
    try:
        yield Network(str(cidr), strict=False)
    except ValueError:
        return


def _ranges(stacks: Stacks) -> Iterator[tuple[Stack, Resource, str, Network]]:
    """Yield every IPv4 range that an environment takes, with the name of its network."""
    kinds = (_SUBNET, "google_vpc_access_connector", "google_compute_global_address")
    for stack, resource in _resources(stacks, *kinds):
        secondary = resource.get("secondary_ip_range") or []
        cidrs = [resource.get("ip_cidr_range"), *(r.get("ip_cidr_range") for r in secondary)]
        if resource.get("purpose") == "VPC_PEERING":
            cidrs.append(f"{resource.get('address')}/{resource.get('prefix_length')}")
        for cidr in cidrs:
            for network in _network(cidr):
                yield stack, resource, _name(stacks, resource.get("network")), network


@environment_rule(
    title="The ranges of a network are apart from one another",
    reason="Addresses that two ranges hold cannot be routed. Google refuses the second range when "
    "it is applied.",
    fix="choose ranges that do not overlap",
)
def ranges_apart(stacks: Stacks) -> EnvironmentHits:
    """Find subnets, connectors and reserved ranges of one network that overlap."""
    for first, second in combinations(_ranges(stacks), 2):
        (_, other, network, range_a), (stack, resource, network_b, range_b) = first, second
        if network == network_b and range_a.overlaps(range_b):
            yield stack, resource.address, f"{range_b} overlaps {range_a} of {other.address}"


def _subnets_of(stacks: Stacks, workload: Resource) -> Iterator[str]:
    """Yield the name of each subnet in which a workload's instances get their addresses."""
    path = ("template", "template") if workload.kind == _JOB else ("template",)
    for interface in workload.get(*path, "vpc_access", "network_interfaces") or []:
        yield _name(stacks, interface.get("subnetwork") or interface.get("network"))


@environment_rule(
    title="A subnet holds every instance that may get an address in it",
    reason="Each instance with Direct VPC egress takes two addresses while revisions change. When "
    "none is left, no instance starts, and deployments stop.",
    fix="widen ip_cidr_range, or lower max_instance_count",
)
def subnet_size(stacks: Stacks) -> EnvironmentHits:
    """Find subnets that are too small for Direct VPC egress, or for all instances."""
    for stack, subnet in _resources(stacks, _SUBNET):
        users = [
            workload
            for _, workload in _resources(stacks, _SERVICE, _JOB)
            if subnet.get("name") in _subnets_of(stacks, workload)
        ]
        instances = sum(
            workload.get("template", "scaling", "max_instance_count") or _DEFAULT_MAX_INSTANCES
            for workload in users
            if workload.kind == _SERVICE
        )
        needed = _ADDRESSES_PER_INSTANCE * instances
        for network in _network(subnet.get("ip_cidr_range")) if users else ():
            usable = network.num_addresses - _RESERVED_ADDRESSES
            if network.prefixlen > _LONGEST_PREFIX:
                detail = f"{network}; Direct VPC egress needs a /{_LONGEST_PREFIX} or larger"
                yield stack, subnet.address, detail
            elif usable < needed:
                detail = f"{network} has {usable} addresses; {instances} instances need {needed}"
                yield stack, subnet.address, detail


@environment_rule(
    title="Calls to the internet find a way out, and leave where the network has addresses for it",
    reason="With ALL_TRAFFIC and no Cloud NAT nothing outside is reached. With Cloud NAT and only "
    "private ranges in the VPC, calls leave from addresses that are on nobody's list.",
    fix="set network.egress, from which both follow",
)
def way_out(stacks: Stacks) -> EnvironmentHits:
    """Find workloads whose traffic does not fit the network's way out."""
    has_nat = any(True for _ in _resources(stacks, "google_compute_router_nat"))
    wanted = "ALL_TRAFFIC" if has_nat else "PRIVATE_RANGES_ONLY"
    for stack, workload in _resources(stacks, _SERVICE, _JOB):
        path = ("template", "template") if workload.kind == _JOB else ("template",)
        egress = workload.get(*path, "vpc_access", "egress")
        if egress not in (None, wanted):
            yield stack, workload.address, f"egress is {egress}, not {wanted}"


def _variables(workload: Resource) -> Iterator[dict[str, Any]]:
    path = ("template", "template") if workload.kind == _JOB else ("template",)
    for container in workload.get(*path, "containers") or []:
        yield from container.get("env") or []


def _redis_urls(text: str) -> Iterator[tuple[str, int | None]]:
    """Yield the scheme and the port of each URL of Redis; None for a port by expression."""
    if "redis" not in text:
        return
    for scheme, authority in _REDIS_URL.findall(_EXPRESSION.sub("X", text)):
        _, colon, port = authority.rpartition("@")[2].rpartition(":")
        if colon:
            yield scheme, int(port) if port.isdecimal() else None
        else:
            # Clients take this port unless the URL names another; an expression may hold one.
            yield scheme, None if port == "X" else _PLAIN_REDIS_PORT


@environment_rule(
    title="Whoever connects to Redis speaks TLS exactly where Redis does, at that port",
    reason="With TLS, Memorystore listens on 6378 and nowhere else; without it, on 6379. A client "
    "that takes the other port or scheme waits until it gives up.",
    fix="take the scheme and the port from the setting that sets transit_encryption_mode",
)
def redis_port(stacks: Stacks) -> EnvironmentHits:
    """Find URLs and ports that do not fit the environment's Redis."""
    modes = {
        instance.get("transit_encryption_mode") == "SERVER_AUTHENTICATION"
        for _, instance in _resources(stacks, "google_redis_instance")
    }
    if len(modes) != 1:
        return
    scheme, port = ("rediss", _TLS_REDIS_PORT) if True in modes else ("redis", _PLAIN_REDIS_PORT)
    for stack, resource in _resources(stacks):
        for text in texts(resource.arguments):
            for url_scheme, url_port in _redis_urls(text):
                if url_scheme != scheme:
                    yield stack, resource.address, f"a URL with {url_scheme}://, not {scheme}://"
                if url_port not in (None, port):
                    yield stack, resource.address, f"a URL with port {url_port}, not {port}"
    for stack, workload in _resources(stacks, _SERVICE, _JOB):
        for variable in _variables(workload):
            name, value = str(variable.get("name")), str(variable.get("value"))
            is_port = "REDIS" in name and name.endswith("PORT") and value.isdecimal()
            if is_port and int(value) != port:
                yield stack, workload.address, f"{name} = {value}, not {port}"


_POSTGRES_URL = re.compile(r"\bpostgres(?:ql)?://(?:[^@\s]*@)?([^:/?\s]+)[^?\s\"]*(\?[^\s\"]*)?")
_OWN_PROXY = "127.0.0.1"


@rule(
    title="Whoever reaches Postgres over the network checks its certificate",
    reason="Without it somebody in the place of the server is not noticed, and a listener reads "
    "rows. Only the Auth Proxy beside a container needs none: it encrypts by itself.",
    fix='go through the Auth Proxy, or end the URL in "?sslmode=verify-full" and set DB_PG_SSL',
)
def postgres_tls(stack: Stack) -> Hits:
    """Find URLs and variables that lead to Postgres without a check of its certificate."""
    for resource in stack.resources():
        for text in texts(resource.arguments):
            for host, query in _POSTGRES_URL.findall(text):
                if host != _OWN_PROXY and "sslmode=verify-full" not in query:
                    yield resource.address, f"a URL to {host} without sslmode=verify-full"
    for workload in stack.resources(_SERVICE, _JOB):
        values = {str(v.get("name")): str(v.get("value")) for v in _variables(workload)}
        for host_name, mode_name, mode in (
            ("DB_PG_HOST", "DB_PG_SSL", "true"),
            ("PGHOST", "PGSSLMODE", "verify-full"),
        ):
            host = values.get(host_name, _OWN_PROXY)
            if host != _OWN_PROXY and values.get(mode_name) != mode:
                yield workload.address, f"{host_name} = {host} without {mode_name} = {mode}"


RULES = (ranges_apart, subnet_size, way_out, redis_port, postgres_tls)
