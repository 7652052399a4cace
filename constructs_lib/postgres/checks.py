"""Postgres and Redis."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from constructs_lib.environment.settings import Redis, Services
from constructs_lib.postgres.settings import CloudSqlPostgres, Postgres
from constructs_lib.pubsub.settings import Pubsub
from constructs_lib.settings.finding import Finding

POOL_SIZE = 10
"""Connections of one instance: the default of the applications' Postgres client, not settable."""
RESERVED_CONNECTIONS = 15
"""Kept by Postgres or Cloud SQL for superusers, plus one each for the two jobs."""


def switched_on_tables_exist(
    enable_postgres: bool,
    postgres: Postgres | None,
    enable_redis: bool,
    redis: Redis | None,
    enable_pubsub: bool,
    pubsub: Pubsub | None,
) -> Iterator[Finding]:
    """A switch that is on needs its table."""
    for key, switch, table in (
        ("postgres", enable_postgres, postgres),
        ("redis", enable_redis, redis),
        ("pubsub", enable_pubsub, pubsub),
    ):
        if switch and table is None:
            yield Finding(
                key,
                f"the table is missing, and enable_{key} is true",
                f"add [{key}], or set enable_{key} = false",
            )


_CUSTOM_TIER = re.compile(r"db-custom-(\d+)-(\d+)")
_PLUS_TIER = re.compile(r"db-(?:perf-optimized-N-(?:2|4|8|16|32|48|64|80|96|128)|c4a-highmem-\d+)")


def tier_fits_edition(postgres: Postgres | None) -> Iterator[Finding]:
    """Google refuses such a pair only at apply; source: provider documentation, ``edition``."""
    if not isinstance(postgres, CloudSqlPostgres):
        return
    yield from _tier_fits("postgres.tier", postgres.tier, postgres.edition)
    replica = postgres.read_replica
    if replica is not None and replica.tier is not None:
        yield from _tier_fits("postgres.read_replica.tier", replica.tier, postgres.edition)


def _tier_fits(key: str, tier: str, edition: str) -> Iterator[Finding]:
    if edition == "ENTERPRISE_PLUS":
        if _PLUS_TIER.fullmatch(tier) is None:
            yield Finding(
                key,
                "does not fit edition ENTERPRISE_PLUS",
                'choose such a tier, or set postgres.edition = "ENTERPRISE"',
                value=tier,
                allowed="db-perf-optimized-N-2, -4, -8, ... or db-c4a-highmem-N",
            )
        return
    custom = _CUSTOM_TIER.fullmatch(tier)
    if custom is None and tier not in {"db-f1-micro", "db-g1-small"}:
        yield Finding(
            key,
            "does not fit edition ENTERPRISE",
            'choose such a tier, or set postgres.edition = "ENTERPRISE_PLUS"',
            value=tier,
            allowed="db-custom-CPUS-MEMORY_MIB, db-g1-small or db-f1-micro",
        )
    elif custom is not None:
        cpus, memory = int(custom[1]), int(custom[2])
        low, high = max(3840, cpus * 922), cpus * 6656
        cpus_ok = cpus == 1 or (cpus % 2 == 0 and 2 <= cpus <= 96)
        if not cpus_ok or memory % 256 or not low <= memory <= high:
            yield Finding(
                key,
                "is not a machine that Cloud SQL makes",
                "for example db-custom-2-7680",
                value=tier,
                allowed="1 or an even number of CPUs up to 96; memory in MiB, a multiple of 256, "
                "at least 3840, and 0.9 to 6.5 GiB for each CPU",
            )


def postgres_can_be_highly_available(postgres: Postgres | None) -> Iterator[Finding]:
    """Shared-core tiers have no SLA; log retention is longer on Enterprise Plus only."""
    if not isinstance(postgres, CloudSqlPostgres):
        return
    shared_core = postgres.tier in {"db-f1-micro", "db-g1-small"}
    if shared_core and postgres.availability_type == "REGIONAL":
        yield Finding(
            "postgres.availability_type",
            f"high availability is not offered on {postgres.tier}",
            'set postgres.availability_type = "ZONAL", or choose a db-custom tier',
            value=postgres.availability_type,
            allowed='"ZONAL"',
        )
    if postgres.edition == "ENTERPRISE" and postgres.transaction_log_retention_days > 7:
        yield Finding(
            "postgres.transaction_log_retention_days",
            "edition ENTERPRISE keeps the log for 7 days at most",
            'set 7 or less, or postgres.edition = "ENTERPRISE_PLUS"',
            value=postgres.transaction_log_retention_days,
            allowed="1 to 7",
        )


def postgres_roles_differ(postgres: Postgres | None) -> Iterator[Finding]:
    """The applications must be bound by row-level security."""
    if postgres is not None and postgres.app_user == postgres.owner_user:
        yield Finding(
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
        yield Finding(
            "postgres.max_connections",
            f"{instances} instances with a pool of {POOL_SIZE} each, and {RESERVED_CONNECTIONS} "
            f"reserved, need {needed} connections",
            f"set postgres.max_connections = {needed} or more, "
            "or lower max_instance_count of api, web or todox",
            value=postgres.max_connections,
            allowed=f"{needed} or more",
        )


def urls_follow_their_passwords(secret_versions: Mapping[str, int]) -> Iterator[Finding]:
    """A URL contains a password: a new password is a new URL."""
    for password, url in (
        ("DB_PG_PASSWORD", "DB_PG_URL"),
        ("DB_PG_OWNER_PASSWORD", "DB_PG_OWNER_URL"),
        ("KV_REDIS_PASSWORD", "KV_REDIS_URL"),
    ):
        new, old = secret_versions.get(password, 1), secret_versions.get(url, 1)
        if old < new:
            yield Finding(
                f"secret_versions.{url}",
                f"holds the password of before: {password} = {new}",
                f"set secret_versions.{url} = {new}",
                value=old,
                allowed=f"{new} or more",
            )


def storage_keys_are_a_pair(secret_versions: Mapping[str, int]) -> Iterator[Finding]:
    """An access key id signs with its own secret only; half a rotation refuses every request."""
    pinned = {
        name: secret_versions.get(name, 1)
        for name in ("CLOUD_AWS_ACCESS_KEY_ID", "CLOUD_AWS_SECRET_ACCESS_KEY")
    }
    newest = max(pinned.values())
    for name, version in pinned.items():
        if version < newest:
            yield Finding(
                f"secret_versions.{name}",
                f"is not of the same key as the other half, which is version {newest}",
                f"set secret_versions.{name} = {newest}",
                value=version,
                allowed=f"{newest}: the halves of a key are added and pinned together",
            )


def redis_tier_supports(redis: Redis | None) -> Iterator[Finding]:
    """Source: provider documentation of google_redis_instance."""
    if redis is None:
        return
    if redis.read_replica_count and redis.tier == "BASIC":
        yield Finding(
            "redis.tier",
            f"BASIC is one node; it cannot have {redis.read_replica_count} replicas",
            'set redis.tier = "STANDARD_HA", or redis.read_replica_count = 0',
            value=redis.tier,
            allowed='"STANDARD_HA" where there are replicas',
        )
    if redis.read_replica_count and redis.memory_size_gb < 5:
        yield Finding(
            "redis.memory_size_gb",
            "read replicas need 5 GiB or more",
            "set redis.memory_size_gb = 5, or redis.read_replica_count = 0",
            value=redis.memory_size_gb,
            allowed="5 to 300 where there are replicas",
        )
