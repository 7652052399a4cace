"""The database: what its settings may be together, and with what connects to it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from constructs_lib.environment.authorities import POSTGRES_CA
from constructs_lib.environment.services import deployed_services
from constructs_lib.environment.settings import EnvironmentSettings
from constructs_lib.postgres.prepared import READONLY_ROLE
from constructs_lib.postgres.settings import CloudSqlPostgres
from constructs_lib.postgres.variables import SERVER_TLS, URLS
from constructs_lib.settings.finding import Finding, secrets_follow_what_they_hold

POOL_SIZE = 10
"""Connections of one instance: the default of the applications' Postgres client, not settable."""
REVISIONS = 2
"""While a release takes over, the old revision and the new one are both at full scale."""
RESERVED_CONNECTIONS = 15
"""Kept by Postgres or Cloud SQL for superusers, plus one each for the two jobs."""

_CUSTOM_TIER = re.compile(r"db-custom-(\d+)-(\d+)")
_PLUS_TIER = re.compile(r"db-(?:perf-optimized-N-(?:2|4|8|16|32|48|64|80|96|128)|c4a-highmem-\d+)")
_SHARED_CORE_TIERS = ("db-f1-micro", "db-g1-small")


def tier_fits_edition(settings: EnvironmentSettings) -> Iterator[Finding]:
    """Google refuses such a pair only at apply; source: provider documentation, ``edition``."""
    postgres = settings.postgres
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
    if custom is None and tier not in _SHARED_CORE_TIERS:
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


def postgres_can_be_highly_available(settings: EnvironmentSettings) -> Iterator[Finding]:
    """Shared-core tiers have no SLA; log retention is longer on Enterprise Plus only."""
    postgres = settings.postgres
    if not isinstance(postgres, CloudSqlPostgres):
        return
    shared_core = postgres.tier in _SHARED_CORE_TIERS
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


def postgres_roles_differ(settings: EnvironmentSettings) -> Iterator[Finding]:
    """The applications must be bound by row-level security."""
    postgres = settings.postgres
    if postgres is None:
        return
    if postgres.owner_user in postgres.app_logins:
        yield Finding(
            "postgres.app_user",
            "the owner of the schema is a login of the applications (app_user, or app_user with "
            "_b); row-level security does not bind a table's owner",
            "give app_user and owner_user different names",
            value=postgres.app_user,
        )
    for key in ("app_user", "owner_user"):
        names = postgres.app_logins if key == "app_user" else (postgres.owner_user,)
        if READONLY_ROLE in names:
            yield Finding(
                f"postgres.{key}",
                f"{READONLY_ROLE} is the role of people who may only read",
                "choose another name",
                value=getattr(postgres, key),
            )


def connections_suffice(settings: EnvironmentSettings) -> Iterator[Finding]:
    """At full scale every instance holds a whole pool.

    Counted twice: the maximum holds for a revision, and while a release takes over, the old one and
    the new one both serve. A new instance that gets no connection never becomes ready.
    """
    postgres = settings.enabled_postgres
    if postgres is None:
        return
    clients = [s for s in deployed_services(settings) if s.entry.pools_connections]
    instances = sum(service.size.max_instance_count for service in clients)
    needed = REVISIONS * instances * POOL_SIZE + RESERVED_CONNECTIONS
    if postgres.max_connections < needed:
        *others, last = [service.name for service in clients]
        named = f"{', '.join(others)} or {last}" if others else last
        yield Finding(
            "postgres.max_connections",
            f"{instances} instances of the old and {instances} of the new revision with a pool of "
            f"{POOL_SIZE} each, and {RESERVED_CONNECTIONS} reserved, need {needed} connections",
            f"set postgres.max_connections = {needed} or more, "
            f"or lower max_instance_count of {named}",
            value=postgres.max_connections,
            allowed=f"{needed} or more",
        )


def urls_follow_their_passwords(settings: EnvironmentSettings) -> Iterator[Finding]:
    """A new password is a new URL, and a new key a new certificate."""
    pairs = [(password, url) for url, password in URLS.items()]
    if settings.postgres_machine:
        pairs.append((SERVER_TLS, POSTGRES_CA.variable))
    yield from secrets_follow_what_they_hold(settings.secret_versions, *pairs)


CHECKS = (
    tier_fits_edition,
    postgres_can_be_highly_available,
    postgres_roles_differ,
    connections_suffice,
    urls_follow_their_passwords,
)
