"""What values may be together. Each check names, as its parameters, the settings that it needs.

A check runs where all of those are valid by themselves, whatever else in the file is not, so that
one run tells everything that can be told.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations

from environments.settings import (
    Features,
    Hosts,
    Network,
    Postgres,
    Redis,
    ServiceName,
    Services,
)

Finding = tuple[str, str, str, str | None, str | None]
"""key, what is wrong, fix, value, allowed."""

POOL_SIZE = 10
"""Connections of one instance: the default of the applications' Postgres client, not settable."""
RESERVED_CONNECTIONS = 15
"""Kept by Postgres and Cloud SQL for superusers, plus one each for the two jobs."""


def _finding(
    key: str, what: str, fix: str, *, value: object = None, allowed: str | None = None
) -> Finding:
    return key, what, fix, None if value is None else _toml(value), allowed


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f'"{value}"' if isinstance(value, str) else str(value)


def switched_on_tables_exist(
    enable_postgres: bool, postgres: Postgres | None, enable_redis: bool, redis: Redis | None
) -> Iterator[Finding]:
    """A switch that is on needs its table."""
    for key, switch, table in (
        ("postgres", enable_postgres, postgres),
        ("redis", enable_redis, redis),
    ):
        if switch and table is None:
            yield _finding(
                key,
                f"the table is missing, and enable_{key} is true",
                f"add [{key}], or set enable_{key} = false",
            )


_CUSTOM_TIER = re.compile(r"db-custom-(\d+)-(\d+)")
_PLUS_TIER = re.compile(r"db-(?:perf-optimized-N-(?:2|4|8|16|32|48|64|80|96|128)|c4a-highmem-\d+)")


def tier_fits_edition(postgres: Postgres | None) -> Iterator[Finding]:
    """Google refuses such a pair only at apply; source: provider documentation, ``edition``."""
    if postgres is None:
        return
    if postgres.edition == "ENTERPRISE_PLUS":
        if _PLUS_TIER.fullmatch(postgres.tier) is None:
            yield _finding(
                "postgres.tier",
                "does not fit edition ENTERPRISE_PLUS",
                'choose such a tier, or set postgres.edition = "ENTERPRISE"',
                value=postgres.tier,
                allowed="db-perf-optimized-N-2, -4, -8, ... or db-c4a-highmem-N",
            )
        return
    custom = _CUSTOM_TIER.fullmatch(postgres.tier)
    if custom is None and postgres.tier not in {"db-f1-micro", "db-g1-small"}:
        yield _finding(
            "postgres.tier",
            "does not fit edition ENTERPRISE",
            'choose such a tier, or set postgres.edition = "ENTERPRISE_PLUS"',
            value=postgres.tier,
            allowed="db-custom-CPUS-MEMORY_MIB, db-g1-small or db-f1-micro",
        )
    elif custom is not None:
        cpus, memory = int(custom[1]), int(custom[2])
        low, high = max(3840, cpus * 922), cpus * 6656
        cpus_ok = cpus == 1 or (cpus % 2 == 0 and 2 <= cpus <= 96)
        if not cpus_ok or memory % 256 or not low <= memory <= high:
            yield _finding(
                "postgres.tier",
                "is not a machine that Cloud SQL makes",
                "for example db-custom-2-7680",
                value=postgres.tier,
                allowed="1 or an even number of CPUs up to 96; memory in MiB, a multiple of 256, "
                "at least 3840, and 0.9 to 6.5 GiB for each CPU",
            )


def postgres_can_be_highly_available(postgres: Postgres | None) -> Iterator[Finding]:
    """Shared-core tiers have no SLA; log retention is longer on Enterprise Plus only."""
    if postgres is None:
        return
    shared_core = postgres.tier in {"db-f1-micro", "db-g1-small"}
    if shared_core and postgres.availability_type == "REGIONAL":
        yield _finding(
            "postgres.availability_type",
            f"high availability is not offered on {postgres.tier}",
            'set postgres.availability_type = "ZONAL", or choose a db-custom tier',
            value=postgres.availability_type,
            allowed='"ZONAL"',
        )
    if postgres.edition == "ENTERPRISE" and postgres.transaction_log_retention_days > 7:
        yield _finding(
            "postgres.transaction_log_retention_days",
            "edition ENTERPRISE keeps the log for 7 days at most",
            'set 7 or less, or postgres.edition = "ENTERPRISE_PLUS"',
            value=postgres.transaction_log_retention_days,
            allowed="1 to 7",
        )
    if postgres.app_user == postgres.owner_user:
        yield _finding(
            "postgres.app_user",
            "is the owner of the schema; row-level security does not bind a table's owner",
            "give app_user and owner_user different names",
            value=postgres.app_user,
        )


def connections_suffice(
    enable_postgres: bool,
    postgres: Postgres | None,
    services: Services,
    enable_web: bool,
    enable_todox: bool,
) -> Iterator[Finding]:
    """At full scale every instance holds a whole pool."""
    if not enable_postgres or postgres is None:
        return
    instances = services.api.max_instance_count
    instances += services.web.max_instance_count if enable_web else 0
    instances += services.todox.max_instance_count if enable_todox else 0
    needed = instances * POOL_SIZE + RESERVED_CONNECTIONS
    if postgres.max_connections < needed:
        yield _finding(
            "postgres.max_connections",
            f"{instances} instances with a pool of {POOL_SIZE} each, and {RESERVED_CONNECTIONS} "
            f"reserved, need {needed} connections",
            f"set postgres.max_connections = {needed} or more, "
            "or lower max_instance_count of api, web or todox",
            value=postgres.max_connections,
            allowed=f"{needed} or more",
        )


def redis_tier_supports(redis: Redis | None) -> Iterator[Finding]:
    """Source: provider documentation of google_redis_instance."""
    if redis is None:
        return
    if redis.read_replica_count and redis.tier == "BASIC":
        yield _finding(
            "redis.tier",
            f"BASIC is one node; it cannot have {redis.read_replica_count} replicas",
            'set redis.tier = "STANDARD_HA", or redis.read_replica_count = 0',
            value=redis.tier,
            allowed='"STANDARD_HA" where there are replicas',
        )
    if redis.read_replica_count and redis.memory_size_gb < 5:
        yield _finding(
            "redis.memory_size_gb",
            "read replicas need 5 GiB or more",
            "set redis.memory_size_gb = 5, or redis.read_replica_count = 0",
            value=redis.memory_size_gb,
            allowed="5 to 300 where there are replicas",
        )


def ranges_are_apart(network: Network) -> Iterator[Finding]:
    """Overlapping ranges cannot be routed; the second resource fails at apply."""
    ranges = {
        "network.subnet_cidr": network.subnet_cidr,
        "network.service_range_cidr": network.service_range_cidr,
    }
    if network.connector_cidr is not None:
        ranges["network.connector_cidr"] = network.connector_cidr
    for (key_a, a), (key_b, b) in combinations(ranges.items(), 2):
        if ipaddress.IPv4Network(a).overlaps(ipaddress.IPv4Network(b)):
            yield _finding(
                key_b,
                f"overlaps {key_a} = {a}",
                "choose ranges that do not overlap",
                value=b,
                allowed="a range apart from the other ranges of the network",
            )


def ranges_are_large_enough(network: Network) -> Iterator[Finding]:
    """Source: Cloud Run and Cloud SQL networking documentation."""
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
            yield _finding(
                key, what, f"use a prefix of /{longest} or shorter", value=cidr,
                allowed=f"/{longest} or larger",
            )  # fmt: skip


def subnet_holds_all_instances(
    network: Network,
    services: Services,
    enable_web: bool,
    enable_todox: bool,
    enable_marketing: bool,
) -> Iterator[Finding]:
    """Direct egress takes two addresses for each instance while revisions change."""
    if network.egress != "direct":
        return
    on = {"api": True, "web": enable_web, "todox": enable_todox, "marketing": enable_marketing}
    instances = sum(
        getattr(services, name).max_instance_count for name, is_on in on.items() if is_on
    )
    subnet = ipaddress.IPv4Network(network.subnet_cidr)
    usable = subnet.num_addresses - 4
    if usable < 2 * instances:
        yield _finding(
            "network.subnet_cidr",
            f"has {usable} usable addresses; {instances} instances need {2 * instances}",
            f"use a /{32 - (2 * instances + 3).bit_length()}, or lower max_instance_count",
            value=network.subnet_cidr,
            allowed="two addresses for each instance at full scale",
        )


def connector_is_described(network: Network) -> Iterator[Finding]:
    """The connector's own range belongs to the connector, and to nothing else."""
    if network.egress == "connector":
        if network.connector_cidr is None:
            yield _finding(
                "network.connector_cidr",
                'is missing, and network.egress is "connector"',
                'add a /28 such as connector_cidr = "10.8.0.0/28"',
                allowed="a /28 of its own",
            )
        elif ipaddress.IPv4Network(network.connector_cidr).prefixlen != 28:
            yield _finding(
                "network.connector_cidr",
                "is not a /28",
                "use a /28",
                value=network.connector_cidr,
                allowed="a /28 of its own",
            )
    elif network.connector_cidr is not None:
        yield _finding(
            "network.connector_cidr",
            f'has no use: network.egress is "{network.egress}"',
            'remove the line, or set network.egress = "connector"',
            value=network.connector_cidr,
        )
    if network.connector_min_instances >= network.connector_max_instances:
        yield _finding(
            "network.connector_min_instances",
            f"is not below connector_max_instances = {network.connector_max_instances}",
            "lower the one or raise the other",
            value=network.connector_min_instances,
            allowed=f"2 to {network.connector_max_instances - 1}",
        )


def instance_counts_are_ordered(
    services: Services,
    min_instance_count_api: int,
    min_instance_count_web: int,
    min_instance_count_todox: int,
    min_instance_count_marketing: int,
) -> Iterator[Finding]:
    """A service cannot keep more instances than it may have."""
    minimums = {
        ServiceName.API: min_instance_count_api,
        ServiceName.WEB: min_instance_count_web,
        ServiceName.TODOX: min_instance_count_todox,
        ServiceName.MARKETING: min_instance_count_marketing,
    }
    for name, minimum in minimums.items():
        maximum = getattr(services, name).max_instance_count
        if minimum > maximum:
            yield _finding(
                f"min_instance_count_{name}",
                f"is above services.{name}.max_instance_count = {maximum}",
                "lower the one or raise the other",
                value=minimum,
                allowed=f"0 to {maximum}",
            )


def cpu_fits_memory(services: Services) -> Iterator[Finding]:
    """Source: Cloud Run documentation, memory limits."""
    least_cpu = ((4096, 1), (8192, 2), (16384, 4), (24576, 6), (32768, 8))
    least_memory = {1: 512, 2: 512, 4: 2048, 6: 4096, 8: 4096}
    for name in ServiceName:
        service = getattr(services, name)
        cpu = next(cpus for memory, cpus in least_cpu if service.memory_mib <= memory)
        if service.cpu < cpu:
            yield _finding(
                f"services.{name}.memory_mib",
                f"needs {cpu} CPUs or more, and cpu = {service.cpu}",
                f"set services.{name}.cpu = {cpu}, or lower memory_mib",
                value=service.memory_mib,
            )
        if service.memory_mib < least_memory[service.cpu]:
            yield _finding(
                f"services.{name}.memory_mib",
                f"is too little for cpu = {service.cpu}",
                f"set {least_memory[service.cpu]} or more",
                value=service.memory_mib,
                allowed=f"{least_memory[service.cpu]} or more",
            )


def hosts_belong_to_the_domain(
    hosts: Hosts, domain: str, enable_web: bool, enable_todox: bool, enable_marketing: bool
) -> Iterator[Finding]:
    """Passkeys are bound to the domain, and session cookies to it and what is below it."""
    needed = {"api": True, "web": enable_web, "todox": enable_todox, "marketing": enable_marketing}
    seen: dict[str, str] = {}
    for name, is_on in needed.items():
        host = getattr(hosts, name)
        if host is None:
            if is_on:
                yield _finding(
                    f"hosts.{name}",
                    f"is missing, and the service {name} is on",
                    f'add hosts.{name} = "{name}.{domain}", or set enable_{name} = false',
                    allowed=f"a host within {domain}",
                )
            continue
        if host != domain and not host.endswith(f".{domain}"):
            yield _finding(
                f"hosts.{name}",
                f"is not within domain = {domain}",
                f"use a host that ends in .{domain}",
                value=host,
                allowed=f"{domain} or a host below it",
            )
        if host in seen:
            yield _finding(
                f"hosts.{name}",
                f"is also the host of {seen[host]}",
                "give each service a host of its own",
                value=host,
            )
        seen[host] = name


def images_are_digests(
    environment: str,
    require_image_digest: bool,
    image_api: str | None,
    image_web: str | None,
    image_todox: str | None,
    image_marketing: str | None,
    image_migrations: str | None,
    image_db_bootstrap: str | None,
    image_auth_proxy: str | None,
) -> Iterator[Finding]:
    """A tag can be moved after the review; a digest cannot."""
    if not require_image_digest and environment != "dev":
        yield _finding(
            "require_image_digest",
            "only dev may deploy an image by its tag",
            "remove the line",
            value=require_image_digest,
            allowed="true in staging and prod",
        )
    images = {
        "image_api": image_api,
        "image_web": image_web,
        "image_todox": image_todox,
        "image_marketing": image_marketing,
        "image_migrations": image_migrations,
        "image_db_bootstrap": image_db_bootstrap,
        "image_auth_proxy": image_auth_proxy,
    }
    for key, image in images.items():
        if require_image_digest and image is not None and "@sha256:" not in image:
            yield _finding(
                key,
                "is not pinned by its digest",
                "append @sha256:DIGEST, as gcloud artifacts docker images describe shows it",
                value=image,
                allowed="an image reference that ends in @sha256: and 64 hexadecimal digits",
            )


def someone_is_told(
    enable_monitoring: bool, notification_emails: Sequence[str]
) -> Iterator[Finding]:
    """An alert without a channel is a log line."""
    if enable_monitoring and not notification_emails:
        yield _finding(
            "notification_emails",
            "is empty, and enable_monitoring is true: no alert would reach anybody",
            'add an address, for example ["oncall@example.com"]',
            allowed="one address or more",
        )


def providers_are_named_once(features: Features) -> Iterator[Finding]:
    """Each provider once: a repeated one would be offered twice on the sign-in page."""
    providers = features.oauth_providers
    if len(set(providers)) != len(providers):
        yield _finding(
            "features.oauth_providers", "names a provider twice", "name each provider once"
        )


def labels_are_valid(labels: Mapping[str, str]) -> Iterator[Finding]:
    """Source: Google Cloud documentation, requirements for labels."""
    for key in labels:
        if re.fullmatch(r"[a-z][a-z0-9_-]{0,62}", key) is None:
            yield _finding(
                f"labels.{key}",
                "is not a label key",
                "re-spell the key",
                allowed="up to 63 lower-case letters, digits, hyphens and underscores, "
                "beginning with a letter",
            )


CROSS_CHECKS: tuple[Callable[..., Iterator[Finding]], ...] = (
    switched_on_tables_exist,
    tier_fits_edition,
    postgres_can_be_highly_available,
    connections_suffice,
    redis_tier_supports,
    ranges_are_apart,
    ranges_are_large_enough,
    subnet_holds_all_instances,
    connector_is_described,
    instance_counts_are_ordered,
    cpu_fits_memory,
    hosts_belong_to_the_domain,
    images_are_digests,
    someone_is_told,
    providers_are_named_once,
    labels_are_valid,
)
