"""The database: managed by Cloud SQL, or in a container on a virtual machine."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from constructs_lib.postgres.prepared import second_login
from constructs_lib.settings.fields import (
    AppUser,
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
from constructs_lib.settings.network_fields import GroupEmail
from constructs_lib.virtual_machine.settings import BOOT_IMAGE, BootImage


class _Postgres(StrictModel):
    """What every engine has. pgvector needs no flag, only ``CREATE EXTENSION``."""

    database: PostgresName = "beep"
    """The database that the applications use."""
    app_user: AppUser = "beep_app"
    """The role of the applications; row-level security binds it."""
    app_login: Literal["a", "b"] = "a"
    """As whom the applications log in: ``a`` is ``app_user``, ``b`` is ``app_user`` with ``_b``,
    which has the same rights. A password is rotated by giving a new one to the other login."""
    owner_user: PostgresName = "beep_owner"
    """The role that owns the schema; migrations use it."""
    max_connections: Annotated[int, Field(ge=25, le=10000)] = 200
    """Changing it restarts Postgres."""
    statement_timeout_seconds: Annotated[int, Field(ge=0, le=86400)] = 60
    """Ends a statement of the applications that runs longer; 0 for never. Migrations have none."""
    idle_in_transaction_timeout_seconds: Annotated[int, Field(ge=0, le=86400)] = 60
    """Ends a session of the applications whose transaction waits for its client; 0 for never."""
    log_min_duration_statement_ms: Annotated[int, Field(ge=-1, le=3_600_000)] = -1
    """Logs statements that take longer, with their values, which may be personal data; -1 for
    none."""
    logical_decoding: bool = False
    """For change data capture; a slot that nobody reads fills the disk."""

    @property
    def app_logins(self) -> tuple[str, str]:
        """The login that the applications use, and the other one."""
        a, b = self.app_user, second_login(self.app_user)
        return (a, b) if self.app_login == "a" else (b, a)


class CloudSqlMaintenance(Maintenance):
    """The weekly hour, and when after its release an update comes (Google announces it)."""

    track: Literal["canary", "stable", "week5"] = "stable"
    """``canary`` a week after the announcement, ``stable`` two, ``week5`` five."""


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
    region: Region | None = None
    """Set after the promotion of a replica elsewhere; else the environment's."""
    disk_type: Literal["PD_SSD", "PD_HDD"] = "PD_SSD"
    disk_size_gb: Annotated[int, Field(ge=10, le=65536)] = 10
    """When the instance is made; it grows by itself. Throughput follows the size."""
    disk_autoresize_limit_gb: Annotated[int, Field(ge=0, le=65536)] = 0
    """0 means without a limit."""
    backup_start_time: TimeOfDay = "03:00"
    backup_location: Location | None = None
    """The environment's region, unless stated; a multi-region such as ``us`` outlives it."""
    retained_backups: Annotated[int, Field(ge=1, le=365)] = 30
    transaction_log_retention_days: Annotated[int, Field(ge=1, le=35)] = 7
    maintenance: CloudSqlMaintenance = CloudSqlMaintenance()
    read_replica: ReadReplica | None = None
    reader_groups: tuple[GroupEmail, ...] = ()
    """Google groups whose members sign in as themselves and may read; without any, nobody does."""

    @property
    def through_proxy(self) -> bool:
        """Whether every client brings an Auth Proxy, and Google refuses all others."""
        return self.connection == "auth-proxy"

    @property
    def memory_mib(self) -> int:
        """The memory of the instance, by its tier (Cloud SQL documentation, machine types)."""
        shared_core = {"db-f1-micro": 614, "db-g1-small": 1740}
        if self.tier in shared_core:
            return shared_core[self.tier]
        *_, last = self.tier.split("-")
        # db-custom-CPUS-MIB names its memory, the tiers of Enterprise Plus their CPUs.
        return int(last) if self.tier.startswith("db-custom-") else int(last) * 8 * 1024


class ComputeEnginePostgres(_Postgres):
    """Postgres on one private machine. What is younger than a snapshot can be lost."""

    engine: Literal["compute_engine"]
    zone: Zone
    """Of the machine and its disk. Cannot be changed without a restore."""
    machine_type: MachineType
    boot_image: BootImage = BOOT_IMAGE
    """Of the operating system; another one replaces the machine."""
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
