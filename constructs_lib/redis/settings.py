"""Memorystore for Redis: settings."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from constructs_lib.settings.model import Maintenance, StrictModel


class RedisSettings(StrictModel):
    """Memorystore for Redis. AUTH is always on: the applications refuse an empty password."""

    tier: Literal["BASIC", "STANDARD_HA"]
    """``BASIC`` is one node; ``STANDARD_HA`` has a second one in another zone."""
    memory_size_gb: Annotated[int, Field(ge=1, le=300)]
    """In GiB. ``STANDARD_HA`` grows without an interruption."""
    version: Literal["REDIS_6_X", "REDIS_7_0", "REDIS_7_2"] = "REDIS_7_2"
    read_replica_count: Annotated[int, Field(ge=0, le=5)] = 0
    """Nodes that answer reads; only with ``STANDARD_HA`` and 5 GiB or more."""
    transit_encryption: bool = True
    """Cannot be changed without replacing the instance."""
    persistence: Literal["RDB", "DISABLED"] = "RDB"
    """``RDB`` writes snapshots, from which a lost instance starts."""
    rdb_snapshot_period: Literal["ONE_HOUR", "SIX_HOURS", "TWELVE_HOURS", "TWENTY_FOUR_HOURS"] = (
        "TWELVE_HOURS"
    )
    """How often a snapshot is written: the most that a restart can lose."""
    maxmemory_policy: Literal[
        "noeviction", "allkeys-lru", "allkeys-lfu", "volatile-lru", "volatile-lfu", "volatile-ttl"
    ] = "volatile-lru"
    """What is given up when the memory is full."""
    maintenance: Maintenance = Maintenance()
