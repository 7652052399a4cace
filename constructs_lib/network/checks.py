"""Address ranges: apart from one another, and large enough."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from itertools import combinations

from constructs_lib.environment.services import deployed_services
from constructs_lib.environment.settings import EnvironmentSettings
from constructs_lib.settings.finding import Finding

PORTS_PER_ADDRESS = 64512
"""Of Cloud NAT: each but the well-known. Source: Cloud NAT, addresses and ports."""


def ranges_are_apart(settings: EnvironmentSettings) -> Iterator[Finding]:
    """Overlapping ranges cannot be routed; the second resource fails at apply."""
    network = settings.network
    ranges = {
        "network.subnet_cidr": network.subnet_cidr,
        "network.service_range_cidr": network.service_range_cidr,
    }
    if network.connector_cidr is not None:
        ranges["network.connector_cidr"] = network.connector_cidr
    for (key_a, a), (key_b, b) in combinations(ranges.items(), 2):
        if ipaddress.IPv4Network(a).overlaps(ipaddress.IPv4Network(b)):
            yield Finding(
                key_b,
                f"overlaps {key_a} = {a}",
                "choose ranges that do not overlap",
                value=b,
                allowed="a range apart from the other ranges of the network",
            )


def ranges_are_large_enough(settings: EnvironmentSettings) -> Iterator[Finding]:
    """Source: Cloud Run and Cloud SQL networking documentation."""
    network = settings.network
    limits = [
        ("network.subnet_cidr", network.subnet_cidr, 26, "Cloud Run needs a /26 or larger"),
        (
            "network.service_range_cidr",
            network.service_range_cidr,
            24,
            "Cloud SQL and Memorystore together need a /24 or larger",
        ),
    ]
    for key, cidr, longest, what in limits:
        if ipaddress.IPv4Network(cidr).prefixlen > longest:
            yield Finding(
                key, what, f"use a prefix of /{longest} or shorter", value=cidr,
                allowed=f"/{longest} or larger",
            )  # fmt: skip


def subnet_holds_all_instances(settings: EnvironmentSettings) -> Iterator[Finding]:
    """Direct egress takes two addresses for each instance while revisions change."""
    network = settings.network
    if not network.takes_subnet_addresses:
        return
    instances = _instances(settings)
    subnet = ipaddress.IPv4Network(network.subnet_cidr)
    usable = subnet.num_addresses - 4
    if usable < 2 * instances:
        yield Finding(
            "network.subnet_cidr",
            f"has {usable} usable addresses; {instances} instances need {2 * instances}",
            f"use a /{32 - (2 * instances + 3).bit_length()}, or lower max_instance_count",
            value=network.subnet_cidr,
            allowed="two addresses for each instance at full scale",
        )


def _instances(settings: EnvironmentSettings) -> int:
    """Return how many instances in the subnet there are at full scale."""
    return sum(
        service.size.max_instance_count
        for service in deployed_services(settings)
        if service.uses_vpc
    )


def addresses_have_ports_for_all_instances(settings: EnvironmentSettings) -> Iterator[Finding]:
    """An instance that gets no ports reaches nothing outside. Source: Cloud NAT, ports."""
    network = settings.network
    if network.egress != "nat":
        for key in ("nat_address_count", "nat_min_ports_per_vm"):
            if key in network.model_fields_set:
                yield Finding(
                    f"network.{key}",
                    f'has no use: network.egress is "{network.egress}"',
                    'remove the line, or set network.egress = "nat"',
                    value=getattr(network, key),
                )
        return
    # As with addresses of the subnet: those of the old revision and of the new.
    instances = 2 * _instances(settings)
    needed = instances * network.nat_min_ports_per_vm
    if needed > network.nat_address_count * PORTS_PER_ADDRESS:
        addresses = -(-needed // PORTS_PER_ADDRESS)
        yield Finding(
            "network.nat_address_count",
            f"has {network.nat_address_count * PORTS_PER_ADDRESS} ports; {instances} instances "
            f"with {network.nat_min_ports_per_vm} ports each need {needed}",
            f"set nat_address_count = {addresses}, or lower nat_min_ports_per_vm or "
            "max_instance_count",
            value=network.nat_address_count,
            allowed=f"{addresses} or more",
        )


def connector_is_described(settings: EnvironmentSettings) -> Iterator[Finding]:
    """The connector's own range belongs to the connector, and to nothing else."""
    network = settings.network
    if network.egress == "connector":
        if network.connector_cidr is None:
            yield Finding(
                "network.connector_cidr",
                'is missing, and network.egress is "connector"',
                'add a /28 such as connector_cidr = "10.8.0.0/28"',
                allowed="a /28 of its own",
            )
        elif ipaddress.IPv4Network(network.connector_cidr).prefixlen != 28:
            yield Finding(
                "network.connector_cidr",
                "is not a /28",
                "use a /28",
                value=network.connector_cidr,
                allowed="a /28 of its own",
            )
    elif network.connector_cidr is not None:
        yield Finding(
            "network.connector_cidr",
            f'has no use: network.egress is "{network.egress}"',
            'remove the line, or set network.egress = "connector"',
            value=network.connector_cidr,
        )
    if network.connector_min_instances >= network.connector_max_instances:
        yield Finding(
            "network.connector_min_instances",
            f"is not below connector_max_instances = {network.connector_max_instances}",
            "lower the one or raise the other",
            value=network.connector_min_instances,
            allowed=f"2 to {network.connector_max_instances - 1}",
        )


CHECKS = (
    ranges_are_apart,
    ranges_are_large_enough,
    subnet_holds_all_instances,
    addresses_have_ports_for_all_instances,
    connector_is_described,
)
