"""Alerts on Memorystore. Kinds of metrics: Google's list of metrics of Memorystore for Redis."""

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


def redis_is_down(instance_path: str) -> Alert:
    """No node of the instance reports that it runs."""
    return Alert(
        id="redis-down",
        title="Redis does not run",
        severity="CRITICAL",
        filter=all_of(
            metric("redis.googleapis.com/server/uptime", "redis_instance"),
            f'resource.labels.instance_id = "{instance_path}"',
        ),
        aligner="ALIGN_MAX",
        # One node that runs is enough to serve.
        reducer="REDUCE_MAX",
        # The seconds since the start are never below one: what counts is that they end.
        threshold=1,
        below=True,
        missing_is_wrong=True,
        meaning="Redis has reported nothing for five minutes: sessions cannot be read.",
        steps=(
            "Read its state: gcloud redis instances describe. REPAIRING and FAILING_OVER pass.",
            "MAINTENANCE of a BASIC instance takes minutes, and loses what it held.",
            "READY, and still nothing: look for an incident at status.cloud.google.com.",
        ),
        runbook="redis-is-down-or-refuses-connections",
    )


def redis_rejects_connections(instance_path: str) -> Alert:
    """There are as many clients as Redis takes."""
    return Alert(
        id="redis-rejects",
        title="Redis refuses connections",
        severity="ERROR",
        filter=all_of(
            metric("redis.googleapis.com/stats/reject_connections_count", "redis_instance"),
            f'resource.labels.instance_id = "{instance_path}"',
        ),
        aligner="ALIGN_DELTA",
        reducer="REDUCE_SUM",
        threshold=0,
        meaning="New connections are refused, because there are as many as Redis takes. Instances "
        "that start now cannot reach it.",
        steps=(
            "See who is connected, and since when: CLIENT LIST.",
            "Look for a release that opens a connection for each request; roll it back.",
        ),
        runbook="redis-is-down-or-refuses-connections",
    )
