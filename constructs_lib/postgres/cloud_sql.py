"""Cloud SQL for PostgreSQL with pgvector, reached on a private address only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cdktf_cdktf_provider_google.sql_database import SqlDatabase
from cdktf_cdktf_provider_google.sql_database_instance import (
    SqlDatabaseInstance,
    SqlDatabaseInstanceSettings,
    SqlDatabaseInstanceSettingsBackupConfiguration,
    SqlDatabaseInstanceSettingsBackupConfigurationBackupRetentionSettings,
    SqlDatabaseInstanceSettingsDatabaseFlags,
    SqlDatabaseInstanceSettingsInsightsConfig,
    SqlDatabaseInstanceSettingsIpConfiguration,
    SqlDatabaseInstanceSettingsMaintenanceWindow,
)
from cdktf_cdktf_provider_google.sql_user import SqlUser
from constructs import Construct

from constructs_lib.network.private_dns import DnsName, address_record
from constructs_lib.postgres.parameters import logging_parameters, maintenance_work_mem_mib
from constructs_lib.postgres.readers import construct_part
from constructs_lib.postgres.urls import Role, UrlSecret, write_urls
from constructs_lib.terraform import kept

_GROWN = ["settings[0].disk_size"]
"""Terraform must not take back what the instance grew to, which would replace it."""


@dataclass(frozen=True, slots=True)
class Backups:
    """Daily backups and point-in-time recovery. Times are UTC."""

    start_time: str
    location: str
    retained_backups: int
    transaction_log_retention_days: int


@dataclass(frozen=True, slots=True)
class ReadReplica:
    """What a replica has of its own; all else it has from its primary, as Google demands.

    In another region than the primary's, it outlives that region.
    """

    name: str
    region: str
    tier: str
    dns_name: DnsName | None


class Postgres(Construct):
    """A Cloud SQL instance, its database, the role that owns it, and the URLs as secrets.

    With ``connector_only``, Google refuses every connection but those of the Auth Proxy, which
    brings a client certificate of its own. Otherwise connections on the private address are
    accepted as the client makes them, because the applications cannot name a private authority.

    Google makes no replica of an instance on a private address that takes connectors only (Cloud
    SQL documentation, creating read replicas). Where there is a replica, the client certificate
    alone keeps others out.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        region: str,
        network: str,
        service_range_name: str,
        version: str,
        edition: str,
        tier: str,
        availability_type: str,
        disk_type: str,
        disk_size_gb: int,
        disk_autoresize_limit_gb: int,
        memory_mib: int,
        max_connections: int,
        log_min_duration_statement_ms: int,
        logical_decoding: bool,
        backups: Backups,
        maintenance_day: str,
        maintenance_hour: int,
        maintenance_track: str,
        connector_only: bool,
        database: str,
        owner: Role,
        reader_groups: Sequence[str],
        url_host: str,
        url_port: int,
        url_secrets: Sequence[UrlSecret],
        dns_name: DnsName | None,
        read_replica: ReadReplica | None,
        labels: dict[str, str],
        deletion_protection: bool,
    ) -> None:
        super().__init__(scope, construct_id)
        common: dict[str, Any] = {
            "edition": edition,
            "disk_type": disk_type,
            "disk_size": disk_size_gb,
            "disk_autoresize": True,
            "disk_autoresize_limit": disk_autoresize_limit_gb,
            "deletion_protection_enabled": deletion_protection,
            "connector_enforcement": "REQUIRED"
            if connector_only and read_replica is None
            else "NOT_REQUIRED",
            # default_labels of the provider do not reach labels inside settings
            "user_labels": labels,
            "ip_configuration": SqlDatabaseInstanceSettingsIpConfiguration(
                ipv4_enabled=False,
                private_network=network,
                allocated_ip_range=service_range_name,
                enable_private_path_for_google_cloud_services=True,
                ssl_mode="TRUSTED_CLIENT_CERTIFICATE_REQUIRED"
                if connector_only
                else "ALLOW_UNENCRYPTED_AND_ENCRYPTED",
            ),
            "insights_config": SqlDatabaseInstanceSettingsInsightsConfig(
                query_insights_enabled=True,
                query_plans_per_minute=5,
                query_string_length=1024,
                record_application_tags=True,
                record_client_address=False,
            ),
            # A replica with fewer connections than its primary does not start.
            "database_flags": _flags(
                {
                    "max_connections": str(max_connections),
                    # In KiB, as Postgres reads a number without a unit.
                    "maintenance_work_mem": str(maintenance_work_mem_mib(memory_mib) * 1024),
                    **logging_parameters(log_min_duration_statement_ms),
                    **({"cloudsql.logical_decoding": "on"} if logical_decoding else {}),
                    **({"cloudsql.iam_authentication": "on"} if reader_groups else {}),
                }
            ),
        }
        self.instance = SqlDatabaseInstance(
            self,
            "instance",
            name=name,
            region=region,
            database_version=version,
            deletion_protection=deletion_protection,
            settings=SqlDatabaseInstanceSettings(
                tier=tier,
                availability_type=availability_type,
                retain_backups_on_delete=deletion_protection,
                backup_configuration=_backup_configuration(backups),
                maintenance_window=SqlDatabaseInstanceSettingsMaintenanceWindow(
                    day=_DAYS[maintenance_day],
                    hour=maintenance_hour,
                    update_track=maintenance_track,
                ),
                **common,
            ),
            lifecycle=kept(deletion_protection, ignore_changes=_GROWN),
        )
        self._database(database, owner)
        for group in reader_groups:
            SqlUser(
                self,
                f"readers-{construct_part(group)}",
                name=group,
                instance=self.instance.name,
                type="CLOUD_IAM_GROUP",
            )
        write_urls(self, url_secrets, host=url_host, port=url_port, database=database)
        if dns_name is not None:
            address_record(
                self, "dns-record", name=dns_name, address=self.instance.private_ip_address
            )

        if read_replica is not None:
            self._replica(read_replica, version, common, deletion_protection)

    def _replica(
        self,
        replica: ReadReplica,
        version: str,
        common: dict[str, Any],
        deletion_protection: bool,
    ) -> None:
        instance = SqlDatabaseInstance(
            self,
            "replica",
            name=replica.name,
            region=replica.region,
            master_instance_name=self.instance.name,
            database_version=version,
            deletion_protection=deletion_protection,
            # Backups and the hour of maintenance are the primary's.
            settings=SqlDatabaseInstanceSettings(
                tier=replica.tier, availability_type="ZONAL", **common
            ),
            lifecycle=kept(deletion_protection, ignore_changes=_GROWN),
        )
        if replica.dns_name is not None:
            address_record(
                self,
                "replica-dns-record",
                name=replica.dns_name,
                address=instance.private_ip_address,
            )

    def _database(self, database: str, owner: Role) -> None:
        # ABANDON: Postgres drops neither a database in use nor a role that owns something.
        SqlDatabase(
            self,
            "database",
            name=database,
            instance=self.instance.name,
            deletion_policy="ABANDON",
        )
        SqlUser(
            self,
            "owner",
            name=owner.name,
            instance=self.instance.name,
            type="BUILT_IN",
            password_wo=owner.password,
            password_wo_version=owner.password_version,
            deletion_policy="ABANDON",
        )


_DAYS = {
    "MONDAY": 1,
    "TUESDAY": 2,
    "WEDNESDAY": 3,
    "THURSDAY": 4,
    "FRIDAY": 5,
    "SATURDAY": 6,
    "SUNDAY": 7,
}


def _backup_configuration(backups: Backups) -> SqlDatabaseInstanceSettingsBackupConfiguration:
    return SqlDatabaseInstanceSettingsBackupConfiguration(
        enabled=True,
        start_time=backups.start_time,
        location=backups.location,
        point_in_time_recovery_enabled=True,
        transaction_log_retention_days=backups.transaction_log_retention_days,
        backup_retention_settings=SqlDatabaseInstanceSettingsBackupConfigurationBackupRetentionSettings(
            retained_backups=backups.retained_backups, retention_unit="COUNT"
        ),
    )


def _flags(flags: Mapping[str, str]) -> list[SqlDatabaseInstanceSettingsDatabaseFlags]:
    return [
        SqlDatabaseInstanceSettingsDatabaseFlags(name=name, value=value)
        for name, value in sorted(flags.items())
    ]
