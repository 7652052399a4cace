"""How Redis is added to the stacks: itself, its alerts and its charts."""

from __future__ import annotations

from collections.abc import Iterator

from constructs_lib.environment.authorities import REDIS_CA, ca_file
from constructs_lib.environment.environment import Environment
from constructs_lib.environment.stack import EnvironmentStack
from constructs_lib.monitoring.dashboard import Section
from constructs_lib.monitoring.monitoring import Monitoring
from constructs_lib.redis import alerts, charts
from constructs_lib.redis.redis import Redis
from constructs_lib.redis.variables import REDIS_PASSWORD, REDIS_URL


def add_redis(stack: EnvironmentStack) -> Redis | None:
    """Add the instance, where it is switched on."""
    settings, names = stack.environment.settings, stack.environment.names
    redis = settings.enabled_redis
    if redis is None:
        return None
    return Redis(
        stack,
        "redis",
        name=names.redis,
        region=settings.region,
        network=names.network_path,
        service_range_name=names.service_range,
        tier=redis.tier,
        memory_size_gb=redis.memory_size_gb,
        version=redis.version,
        read_replica_count=redis.read_replica_count,
        transit_encryption=redis.transit_encryption,
        persistence=redis.persistence,
        rdb_snapshot_period=redis.rdb_snapshot_period,
        maxmemory_policy=redis.maxmemory_policy,
        maintenance_day=redis.maintenance.day,
        maintenance_hour=redis.maintenance.hour,
        url_secret=stack.secret_target(REDIS_URL),
        password_secret=stack.secret_target(REDIS_PASSWORD),
        ca_secret=stack.secret_target(REDIS_CA.variable) if ca_file(settings) is REDIS_CA else None,
        deletion_protection=settings.is_protected,
    )


def add_redis_alerts(stack: EnvironmentStack, monitoring: Monitoring) -> None:
    """Watch the instance: its memory, and whether it answers."""
    settings = stack.environment.settings
    if settings.enabled_redis:
        path = stack.environment.names.redis_path
        monitoring.alert(alerts.redis_memory_is_full(path, settings.alerts.redis_memory_ratio))
        monitoring.alert(alerts.redis_evicts(path))
        monitoring.alert(alerts.redis_is_down(path))
        monitoring.alert(alerts.redis_rejects_connections(path))


def redis_sections(environment: Environment) -> Iterator[Section]:
    """Yield the charts of the instance, where it is switched on."""
    settings = environment.settings
    if settings.enabled_redis:
        path = environment.names.redis_path
        yield charts.redis_section(path, settings.alerts.redis_memory_ratio)
