"""The database: managed by Cloud SQL, or in a container on a virtual machine."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from constructs_lib.settings.fields import (
    Location,
    MachineType,
    PostgresName,
    Region,
    ResourceName,
    TimeOfDay,
    Zone,
    machine_memory_mib,
)
from constructs_lib.settings.model import Maintenance, StrictModel


class _Postgres(StrictModel):
    """What every engine has. pgvector needs no flag, only ``CREATE EXTENSION``."""

    database: PostgresName = "beep"
    """The database that the applications use."""
    app_user: PostgresName = "beep_app"
    """The role of the applications; row-level security binds it."""
    owner_user: PostgresName = "beep_owner"
    """The role that owns the schema; migrations use it."""
    max_connections: Annotated[int, Field(ge=25, le=10000)] = 200
    """Changing it restarts Postgres."""
    logical_decoding: bool = False
    """For change data capture; a slot that nobody reads fills the disk."""


class ReadReplica(StrictModel):
    """A copy of the instance that can be read, and promoted when the instance is lost."""

    region: Region | None = None
    """The environment's, unless stated; another one outlives the region."""
    tier: str | None = None
    """The instance's, unless stated. Of the same edition."""


class CloudSqlPostgres(_Postgres):
    """Cloud SQL for PostgreSQL: backups, recovery to a point in time, high availability."""

    engine: Literal["cloud_sql"]
    version: Literal["POSTGRES_15", "POSTGRES_16", "POSTGRES_17"] = "POSTGRES_17"
    edition: Literal["ENTERPRISE", "ENTERPRISE_PLUS"]
    tier: str
    availability_type: Literal["ZONAL", "REGIONAL"]
    connection: Literal["auth-proxy", "private-ip"] = "auth-proxy"
    instance_name: ResourceName | None = None
    """Set after a restore, which makes an instance of another name; else it is derived."""
    disk_type: Literal["PD_SSD", "PD_HDD"] = "PD_SSD"
    disk_autoresize_limit_gb: Annotated[int, Field(ge=0, le=65536)] = 0
    """0 means without a limit."""
    backup_start_time: TimeOfDay = "03:00"
    backup_location: Location | None = None
    """The environment's region, unless stated; a multi-region such as ``us`` outlives it."""
    retained_backups: Annotated[int, Field(ge=1, le=365)] = 30
    transaction_log_retention_days: Annotated[int, Field(ge=1, le=35)] = 7
    maintenance: Maintenance = Maintenance()
    read_replica: ReadReplica | None = None

    @property
    def through_proxy(self) -> bool:
        """Whether every client brings an Auth Proxy, and Google refuses all others."""
        return self.connection == "auth-proxy"


class ComputeEnginePostgres(_Postgres):
    """Postgres on one private machine. What is younger than a snapshot can be lost."""

    engine: Literal["compute_engine"]
    zone: Zone
    """Of the machine and its disk. Cannot be changed without a restore."""
    machine_type: MachineType
    disk_size_gb: Annotated[int, Field(ge=10, le=65536)]
    """Can be raised while Postgres runs, and never lowered."""
    disk_type: Literal["pd-balanced", "pd-ssd", "pd-standard"] = "pd-balanced"
    disk_name: ResourceName | None = None
    """Set after a restore, which makes a disk of another name; else it is derived."""
    disk_snapshot: ResourceName | None = None
    """The snapshot from which a restored disk was made."""
    snapshot_interval_hours: Literal[1, 2, 3, 4, 6, 8, 12, 24] = 6
    """The most that a restore can lose."""
    snapshot_start_time: TimeOfDay = "00:00"
    snapshot_retention_days: Annotated[int, Field(ge=1, le=365)] = 14

    @property
    def through_proxy(self) -> bool:
        """Never: the Auth Proxy knows Cloud SQL only."""
        return False

    @property
    def memory_mib(self) -> int:
        """The memory of the machine."""
        return machine_memory_mib(self.machine_type)


Postgres = Annotated[CloudSqlPostgres | ComputeEnginePostgres, Field(discriminator="engine")]
