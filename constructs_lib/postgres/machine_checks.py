"""Postgres on a virtual machine: its memory, its snapshots and its superuser."""

from __future__ import annotations

from collections.abc import Iterator

from constructs_lib.environment.settings import EnvironmentSettings
from constructs_lib.postgres.settings import ComputeEnginePostgres
from constructs_lib.settings.finding import Finding

CONNECTION_MIB = 10
"""What a connection of a pool takes when it works: an estimate, from Postgres's own defaults."""
SYSTEM_MIB = 512
"""Container-Optimized OS, docker and its agents."""
SUPERUSER = "postgres"
"""Of the image. It may sign in from inside the container only."""


def memory_holds_the_connections(settings: EnvironmentSettings) -> Iterator[Finding]:
    """A quarter of the memory is Postgres's own cache; the kernel ends what goes beyond all."""
    postgres = settings.postgres
    if not isinstance(postgres, ComputeEnginePostgres):
        return
    free = postgres.memory_mib * 3 // 4 - SYSTEM_MIB
    most = free // CONNECTION_MIB
    if postgres.max_connections > most:
        yield Finding(
            "postgres.max_connections",
            f"{postgres.machine_type} has {postgres.memory_mib} MiB, enough for {most} connections",
            "choose a larger postgres.machine_type, or lower max_connections",
            value=postgres.max_connections,
            allowed=f"25 to {most}" if most >= 25 else "a larger machine_type",
        )


def snapshots_can_be_scheduled(settings: EnvironmentSettings) -> Iterator[Finding]:
    """Source: provider documentation of google_compute_resource_policy, ``daily_schedule``."""
    postgres = settings.postgres
    if not isinstance(postgres, ComputeEnginePostgres):
        return
    hour = int(postgres.snapshot_start_time[:2])
    if postgres.snapshot_interval_hours == 24 and hour % 4:
        yield Finding(
            "postgres.snapshot_start_time",
            "is not when Google takes daily snapshots",
            f'set "{hour - hour % 4:02}:00", or a shorter snapshot_interval_hours',
            value=postgres.snapshot_start_time,
            allowed="00:00, 04:00, 08:00, 12:00, 16:00 or 20:00 for a daily snapshot",
        )


def superuser_is_nobody_else(settings: EnvironmentSettings) -> Iterator[Finding]:
    """It is refused on the network; neither migrations nor applications could sign in."""
    postgres = settings.postgres
    if not isinstance(postgres, ComputeEnginePostgres):
        return
    for key in ("owner_user", "app_user"):
        if getattr(postgres, key) == SUPERUSER:
            yield Finding(
                f"postgres.{key}",
                "is the superuser of the image, which cannot sign in over the network",
                "choose another name",
                value=SUPERUSER,
                allowed=f"any name but {SUPERUSER}",
            )


CHECKS = (
    memory_holds_the_connections,
    snapshots_can_be_scheduled,
    superuser_is_nobody_else,
)
