"""Telemetry: a collector that can be reached, and that a flood cannot fill."""

from __future__ import annotations

from collections.abc import Iterator

from constructs_lib.environment.settings import EnvironmentSettings
from constructs_lib.settings.finding import Finding


def collector_can_be_called(settings: EnvironmentSettings) -> Iterator[Finding]:
    """Neither a browser nor an exporter has a Google identity to show."""
    collector = settings.collector
    if collector is None:
        return
    own = collector.allow_unauthenticated
    if not settings.allows_everybody(own):
        yield Finding(
            "telemetry.collector.allow_unauthenticated",
            "nobody could send: neither browsers nor applications have a Google identity",
            'set telemetry.collector.allow_unauthenticated = true, or telemetry.mode = "external"',
            value=own,
            allowed="true, or left out where allow_unauthenticated is true",
        )


def collector_survives_a_flood(settings: EnvironmentSettings) -> Iterator[Finding]:
    """The collector looks at its memory once a second; bodies are read whole in between."""
    collector = settings.collector
    if collector is None:
        return
    most = collector.memory_spike_mib * 1024 // collector.concurrency
    if collector.max_request_kib > most:
        yield Finding(
            "telemetry.collector.max_request_kib",
            f"{collector.concurrency} requests of this size at once are more than the "
            f"{collector.memory_spike_mib} MiB that memory_mib = {collector.memory_mib} leaves",
            f"set {most} or less, lower concurrency, or raise memory_mib",
            value=collector.max_request_kib,
            allowed=f"up to {most}",
        )


CHECKS = (
    collector_can_be_called,
    collector_survives_a_flood,
)
