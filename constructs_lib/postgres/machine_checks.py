"""Postgres on a virtual machine: its place, its memory, its snapshots and its image."""

from __future__ import annotations

from collections.abc import Iterator

from constructs_lib.postgres.settings import ComputeEnginePostgres, Postgres
from constructs_lib.settings.finding import Finding

CONNECTION_MIB = 10
"""What a connection of a pool takes when it works: an estimate, from Postgres's own defaults."""
SYSTEM_MIB = 512
"""Container-Optimized OS, docker and its agents."""
SUPERUSER = "postgres"
"""Of the image. It may sign in from inside the container only."""


def machine_is_in_the_region(postgres: Postgres | None, region: str) -> Iterator[Finding]:
    """The subnet belongs to one region."""
    if isinstance(postgres, ComputeEnginePostgres) and postgres.zone[:-2] != region:
        yield Finding(
            "postgres.zone",
            f"is not in region = {region}",
            f"choose a zone such as {region}-b",
            value=postgres.zone,
            allowed=f"a zone of {region}",
        )


def memory_holds_the_connections(postgres: Postgres | None) -> Iterator[Finding]:
    """A quarter of the memory is Postgres's own cache; the kernel ends what goes beyond all."""
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


def snapshots_can_be_scheduled(postgres: Postgres | None) -> Iterator[Finding]:
    """Source: provider documentation of google_compute_resource_policy, ``daily_schedule``."""
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


def restored_disk_is_described(postgres: Postgres | None) -> Iterator[Finding]:
    """The derived name belongs to the disk of before, which a restore keeps."""
    if not isinstance(postgres, ComputeEnginePostgres):
        return
    if postgres.disk_snapshot is not None and postgres.disk_name is None:
        yield Finding(
            "postgres.disk_name",
            "is missing, and postgres.disk_snapshot is set",
            "name the disk that is made from the snapshot",
            allowed="a name that no disk of the project has",
        )


def superuser_is_nobody_else(postgres: Postgres | None) -> Iterator[Finding]:
    """It is refused on the network; neither migrations nor applications could sign in."""
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


def machine_image_can_be_pulled(
    postgres: Postgres | None, image_postgres: str | None
) -> Iterator[Finding]:
    """The machine has no way to the internet."""
    if not isinstance(postgres, ComputeEnginePostgres) or image_postgres is None:
        return
    if not image_postgres.partition("/")[0].endswith("-docker.pkg.dev"):
        yield Finding(
            "image_postgres",
            "is not in Artifact Registry, and the machine reaches nothing outside Google",
            "copy the image to the shared repository, as docs/postgres.md shows",
            value=image_postgres,
            allowed="LOCATION-docker.pkg.dev/PROJECT/REPOSITORY/NAME",
        )
