"""Alerts on Memorystore."""

from __future__ import annotations

from constructs_lib.monitoring.alerts import Alert
from constructs_lib.monitoring.filters import all_of, metric


def redis_evicts(instance_path: str) -> Alert:
    """Redis gave keys up that had not expired: sessions among them."""
    return Alert(
        id="redis-evictions",
        title="Redis gives up keys before they expire",
        severity="ERROR",
        filter=all_of(
            metric("redis.googleapis.com/stats/evicted_keys", "redis_instance"),
            f'resource.labels.instance_id = "{instance_path}"',
        ),
        aligner="ALIGN_DELTA",
        reducer="REDUCE_SUM",
        threshold=0,
        meaning="The memory is full, and keys are lost that the applications still count on: "
        "people are signed out.",
        steps=(
            "See whether keys without an expiry grow: INFO keyspace, keys against expires.",
            "Raise redis.memory_size_gb in the environment file; STANDARD_HA scales in place.",
        ),
        runbook="redis-memory-is-full",
    )


def redis_memory_is_full(instance_path: str, ratio: float) -> Alert:
    """Redis will soon evict, or refuse writes."""
    return Alert(
        id="redis-memory",
        title=f"Redis memory is more than {ratio:.0%} full",
        severity="ERROR",
        filter=all_of(
            metric("redis.googleapis.com/stats/memory/usage_ratio", "redis_instance"),
            f'resource.labels.instance_id = "{instance_path}"',
        ),
        aligner="ALIGN_MEAN",
        reducer="REDUCE_MAX",
        threshold=ratio,
        meaning="Redis nears its memory limit; sessions are then evicted and people signed out.",
        steps=(
            "See whether keys without an expiry grow: INFO keyspace, keys against expires.",
            "Raise redis.memory_size_gb in the environment file; STANDARD_HA scales in place.",
        ),
        runbook="redis-memory-is-full",
    )
