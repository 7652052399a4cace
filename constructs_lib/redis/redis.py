"""Memorystore for Redis on a private address, with AUTH always on."""

from __future__ import annotations

from cdktf_cdktf_provider_google.redis_instance import (
    RedisInstance,
    RedisInstanceMaintenancePolicy,
    RedisInstanceMaintenancePolicyWeeklyMaintenanceWindow,
    RedisInstanceMaintenancePolicyWeeklyMaintenanceWindowStartTime,
    RedisInstancePersistenceConfig,
)
from constructs import Construct

from constructs_lib.secrets.secrets import SecretTarget, write_version
from constructs_lib.terraform import kept

_SHARE_FOR_DATA = 0.8
"""The rest is for failover, snapshots and exports, which fail on an instance without room
(Memorystore documentation, memory management best practices)."""


class Redis(Construct):
    """A Memorystore instance; its URL, password and certificates are written as secrets.

    Google chooses the password, and the provider keeps it in state as ``auth_string``: the one
    secret value that Terraform's state holds.
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
        tier: str,
        memory_size_gb: int,
        version: str,
        read_replica_count: int,
        transit_encryption: bool,
        persistence: str,
        rdb_snapshot_period: str,
        maxmemory_policy: str,
        maintenance_day: str,
        maintenance_hour: int,
        url_secret: SecretTarget,
        password_secret: SecretTarget,
        ca_secret: SecretTarget | None,
        deletion_protection: bool,
    ) -> None:
        super().__init__(scope, construct_id)
        self.instance = RedisInstance(
            self,
            "instance",
            name=name,
            region=region,
            tier=tier,
            memory_size_gb=memory_size_gb,
            redis_version=version,
            authorized_network=network,
            connect_mode="PRIVATE_SERVICE_ACCESS",
            reserved_ip_range=service_range_name,
            auth_enabled=True,
            transit_encryption_mode="SERVER_AUTHENTICATION" if transit_encryption else "DISABLED",
            read_replicas_mode="READ_REPLICAS_ENABLED" if read_replica_count else None,
            replica_count=read_replica_count or None,
            redis_configs={
                "maxmemory-gb": f"{memory_size_gb * _SHARE_FOR_DATA:g}",
                "maxmemory-policy": maxmemory_policy,
            },
            persistence_config=RedisInstancePersistenceConfig(
                persistence_mode=persistence,
                rdb_snapshot_period=rdb_snapshot_period if persistence == "RDB" else None,
            ),
            maintenance_policy=_weekly(maintenance_day, maintenance_hour),
            lifecycle=kept(deletion_protection),
        )
        scheme = "rediss" if transit_encryption else "redis"
        write_version(
            self,
            "url",
            secret=url_secret.secret,
            # The password stands behind a colon: before it, it would be taken for a user name.
            value=f"{scheme}://:{self.instance.auth_string}"
            f"@{self.instance.host}:{self.instance.port}",
            version=url_secret.version,
        )
        write_version(
            self,
            "password",
            secret=password_secret.secret,
            value=self.instance.auth_string,
            version=password_secret.version,
        )
        if ca_secret is not None:
            write_version(
                self,
                "server-ca",
                secret=ca_secret.secret,
                value=self.authorities,
                version=ca_secret.version,
            )

    @property
    def authorities(self) -> str:
        """A reference to the certificates of the authorities that clients must trust.

        Several while Google rotates the authority.
        """
        # Written out, because cdktf has no splat expression.
        instance = f"google_redis_instance.{self.instance.friendly_unique_id}"
        return f'${{join("\\n", {instance}.server_ca_certs[*].cert)}}'


def _weekly(day: str, hour: int) -> RedisInstanceMaintenancePolicy:
    return RedisInstanceMaintenancePolicy(
        weekly_maintenance_window=[
            RedisInstanceMaintenancePolicyWeeklyMaintenanceWindow(
                day=day,
                start_time=RedisInstanceMaintenancePolicyWeeklyMaintenanceWindowStartTime(
                    hours=hour, minutes=0, seconds=0, nanos=0
                ),
            )
        ]
    )
