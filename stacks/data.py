"""Stateful: what must never be lost. Its diff must never be noise."""

from __future__ import annotations

from cdktf import TerraformOutput
from constructs import Construct

from constructs_lib.environment import settings as typed
from constructs_lib.environment.environment import Environment
from constructs_lib.environment.names import POSTGRES, PUBSUB_PUSH, STORAGE
from constructs_lib.environment.settings import ServiceName
from constructs_lib.environment.stack import EnvironmentStack, labels
from constructs_lib.environment.wiring import (
    OWNER_PASSWORD,
    OWNER_URL,
    POSTGRES_PORT,
    REDIS_CA,
    postgres_host,
    trusted_origins,
)
from constructs_lib.network.private_dns import DnsName
from constructs_lib.postgres.cloud_sql import Backups, ReadReplica
from constructs_lib.postgres.cloud_sql import Postgres as CloudSql
from constructs_lib.postgres.jobs import Roles
from constructs_lib.postgres.machine import PostgresMachine
from constructs_lib.postgres.settings import CloudSqlPostgres, ComputeEnginePostgres, Postgres
from constructs_lib.postgres.urls import Role, UrlSecret
from constructs_lib.pubsub.pubsub import DeadLetters, Delivery, PubSub, Push
from constructs_lib.pubsub.settings import Pubsub, Topic
from constructs_lib.redis.redis import Redis, SecretTarget
from constructs_lib.storage.settings import GcsStorage
from constructs_lib.storage.storage import Retention, Storage
from constructs_lib.telemetry.stack import add_server
from constructs_lib.terraform import password_variable
from constructs_lib.virtual_machine.virtual_machine import DataDisk, Snapshots


class Data(EnvironmentStack):
    """Postgres, Redis, a bucket and topics, each where it is switched on."""

    def __init__(self, scope: Construct, environment: Environment) -> None:
        super().__init__(scope, "data", environment)
        settings = environment.settings
        if postgres := settings.postgres_on:
            self._postgres(postgres)
        if redis := settings.redis_on:
            self._redis(redis)
        if bucket := settings.gcs_on:
            self._storage(bucket)
        if pubsub := settings.pubsub_on:
            self._pubsub(pubsub)
        add_server(self)

    def _postgres(self, postgres: Postgres) -> None:
        names = self.environment.names
        owner = Role(
            postgres.owner_user,
            password_variable(
                self,
                "db_owner_password",
                description=f"Password of {postgres.owner_user}: the pinned version of "
                f"{names.secret(OWNER_PASSWORD)}",
            ),
            self._version(OWNER_PASSWORD),
        )
        app = Role(
            postgres.app_user,
            password_variable(
                self,
                "db_app_password",
                description=f"Password of {postgres.app_user}: the pinned version of "
                f"{names.secret('DB_PG_PASSWORD')}",
            ),
            self._version("DB_PG_PASSWORD"),
        )
        url_secrets = (
            self._url_secret("owner-url", owner, OWNER_URL),
            self._url_secret("app-url", app, "DB_PG_URL"),
        )
        match postgres:
            case CloudSqlPostgres():
                self._cloud_sql(postgres, owner, url_secrets)
            case ComputeEnginePostgres():
                self._postgres_machine(postgres, url_secrets)

    def _cloud_sql(
        self, postgres: CloudSqlPostgres, owner: Role, url_secrets: tuple[UrlSecret, ...]
    ) -> None:
        settings, names = self.environment.settings, self.environment.names
        proxy = postgres.through_proxy
        CloudSql(
            self,
            "postgres",
            name=names.postgres,
            region=settings.region,
            network=names.network_path,
            service_range_name=names.service_range,
            version=postgres.version,
            edition=postgres.edition,
            tier=postgres.tier,
            availability_type=postgres.availability_type,
            disk_type=postgres.disk_type,
            disk_autoresize_limit_gb=postgres.disk_autoresize_limit_gb,
            max_connections=postgres.max_connections,
            logical_decoding=postgres.logical_decoding,
            backups=Backups(
                postgres.backup_start_time,
                postgres.backup_location or settings.region,
                postgres.retained_backups,
                postgres.transaction_log_retention_days,
            ),
            maintenance_day=postgres.maintenance.day,
            maintenance_hour=postgres.maintenance.hour,
            connector_only=proxy,
            database=postgres.database,
            owner=owner,
            url_host=postgres_host(settings, names),
            url_port=POSTGRES_PORT,
            url_secrets=url_secrets,
            dns_name=None if proxy else self._postgres_name(),
            read_replica=self._read_replica(postgres),
            labels=labels(self.environment),
            deletion_protection=settings.deletion_protection,
        )

    def _read_replica(self, postgres: CloudSqlPostgres) -> ReadReplica | None:
        settings, names = self.environment.settings, self.environment.names
        replica = postgres.read_replica
        if replica is None:
            return None
        region = replica.region or settings.region
        # The applications' schema knows one database, so nobody is led here.
        TerraformOutput(
            self,
            "postgres_read_replica",
            value=f"{settings.project_id}:{region}:{names.postgres_replica}"
            if postgres.through_proxy
            else names.postgres_replica_host,
            description="The read replica, as the Auth Proxy or a client in the VPC names it",
        )
        return ReadReplica(
            names.postgres_replica,
            region,
            replica.tier or postgres.tier,
            None
            if postgres.through_proxy
            else DnsName(names.private_zone, names.postgres_replica_host),
        )

    def _postgres_machine(
        self, postgres: ComputeEnginePostgres, url_secrets: tuple[UrlSecret, ...]
    ) -> None:
        settings, names = self.environment.settings, self.environment.names
        PostgresMachine(
            self,
            "postgres",
            name=names.workload(POSTGRES),
            project_id=settings.project_id,
            region=settings.region,
            zone=postgres.zone,
            machine_type=postgres.machine_type,
            memory_mib=postgres.memory_mib,
            network=names.network_path,
            subnetwork=names.subnetwork_path,
            # Where Cloud Run's calls come from.
            client_ranges=[settings.network.connector_cidr or settings.network.subnet_cidr],
            service_account=names.account_email(POSTGRES),
            image=self.image("image_postgres"),
            disk=DataDisk(
                postgres.disk_name or f"{names.workload(POSTGRES)}-data",
                postgres.disk_size_gb,
                postgres.disk_type,
                postgres.disk_snapshot,
            ),
            snapshots=Snapshots(
                postgres.snapshot_interval_hours,
                postgres.snapshot_start_time,
                postgres.snapshot_retention_days,
                settings.region,
            ),
            max_connections=postgres.max_connections,
            logical_decoding=postgres.logical_decoding,
            roles=Roles(postgres.database, postgres.owner_user, postgres.app_user),
            owner_password=self.secret(OWNER_PASSWORD),
            url_secrets=url_secrets,
            dns_name=self._postgres_name(),
            labels=labels(self.environment),
            deletion_protection=settings.deletion_protection,
        )

    def _postgres_name(self) -> DnsName:
        names = self.environment.names
        return DnsName(names.private_zone, postgres_host(self.environment.settings, names))

    def _redis(self, redis: typed.Redis) -> None:
        settings, names = self.environment.settings, self.environment.names
        Redis(
            self,
            "redis",
            name=names.redis,
            region=settings.region,
            network=names.network_path,
            service_range_name=names.service_range,
            tier=redis.tier,
            memory_size_gb=redis.memory_size_gb,
            version=redis.version,
            read_replica_count=redis.read_replica_count,
            transit_encryption=redis.transit_encryption,
            persistence=redis.persistence,
            rdb_snapshot_period=redis.rdb_snapshot_period,
            maxmemory_policy=redis.maxmemory_policy,
            maintenance_day=redis.maintenance.day,
            maintenance_hour=redis.maintenance.hour,
            url_secret=self._target("KV_REDIS_URL"),
            password_secret=self._target("KV_REDIS_PASSWORD"),
            ca_secret=self._target(REDIS_CA) if redis.transit_encryption else None,
            deletion_protection=settings.deletion_protection,
        )

    def _storage(self, storage: GcsStorage) -> None:
        settings, names = self.environment.settings, self.environment.names
        Storage(
            self,
            "storage",
            name=storage.bucket,
            location=storage.location or settings.region,
            retention=Retention(
                storage.noncurrent_version_days,
                storage.soft_delete_days,
                storage.incomplete_upload_days,
            ),
            browser_origins=trusted_origins(settings),
            member=f"serviceAccount:{names.account_email(STORAGE)}",
            deletion_protection=settings.deletion_protection,
        )

    def _pubsub(self, pubsub: Pubsub) -> None:
        settings, names = self.environment.settings, self.environment.names
        api = f"serviceAccount:{names.account_email(ServiceName.API)}"
        agent = f"service-{settings.project_number}@gcp-sa-pubsub.iam.gserviceaccount.com"
        made = PubSub(
            self,
            "pubsub",
            publisher=api,
            subscriber=api,
            agent=f"serviceAccount:{agent}",
            deletion_protection=settings.deletion_protection,
        )
        for name, topic in sorted(pubsub.topics.items()):
            made.topic(
                name,
                name=names.topic(name),
                delivery=self._delivery(name, topic, pubsub.dead_letter_retention_hours),
            )
        # The applications' schema knows no variable for them.
        TerraformOutput(
            self,
            "pubsub_topics",
            value=[names.topic(name) for name in sorted(pubsub.topics)],
            description="To which beep-api may publish; its subscriptions have the same names",
        )

    def _delivery(self, name: str, topic: Topic, dead_letter_retention_hours: int) -> Delivery:
        names = self.environment.names
        # Known before the service is made, and taken for internal where the API takes requests
        # from its load balancer only.
        url = names.service_url(ServiceName.API)
        return Delivery(
            push=Push(f"{url}{topic.push_path}", names.account_email(PUBSUB_PUSH), url)
            if topic.push_path
            else None,
            dead_letters=DeadLetters(
                names.dead_letters(name), topic.max_delivery_attempts, dead_letter_retention_hours
            )
            if topic.dead_letter
            else None,
            ordered=topic.ordered,
            ack_deadline_seconds=topic.ack_deadline_seconds,
            retention_hours=topic.retention_hours,
            min_backoff_seconds=topic.min_backoff_seconds,
            max_backoff_seconds=topic.max_backoff_seconds,
        )

    def _version(self, variable: str) -> int:
        return self.environment.settings.secret_version(variable)

    def _target(self, variable: str) -> SecretTarget:
        return SecretTarget(self.environment.names.secret_path(variable), self._version(variable))

    def _url_secret(self, construct_id: str, role: Role, variable: str) -> UrlSecret:
        target = self._target(variable)
        return UrlSecret(construct_id, role, target.secret, target.version)
