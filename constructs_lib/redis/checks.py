"""Redis: what its settings may be together."""

from __future__ import annotations

from collections.abc import Iterator

from constructs_lib.environment.settings import EnvironmentSettings
from constructs_lib.settings.finding import Finding, secrets_follow_what_they_hold


def tier_has_replicas(settings: EnvironmentSettings) -> Iterator[Finding]:
    """Source: provider documentation of google_redis_instance."""
    redis = settings.redis
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


def url_follows_its_password(settings: EnvironmentSettings) -> Iterator[Finding]:
    """A new password is a new URL."""
    pair = ("KV_REDIS_PASSWORD", "KV_REDIS_URL")
    yield from secrets_follow_what_they_hold(settings.secret_versions, pair)


CHECKS = (tier_has_replicas, url_follows_its_password)
