"""How the database is added to the stacks: the instance or machine, its URLs and its readers."""

from __future__ import annotations

from cdktf import TerraformOutput

from constructs_lib.environment.authorities import (
    POSTGRES_CA,
)
from constructs_lib.environment.names import POSTGRES
from constructs_lib.environment.stack import EnvironmentStack, labels
from constructs_lib.network.private_dns import DnsName
from constructs_lib.postgres.cloud_sql import Backups, Postgres, ReadReplica
from constructs_lib.postgres.machine import PostgresMachine
from constructs_lib.postgres.passwords import PASSWORD, PASSWORD_PATTERN
from constructs_lib.postgres.readers import Readers
from constructs_lib.postgres.roles import reader_groups_of, roles_of
from constructs_lib.postgres.settings import CloudSqlPostgres, ComputeEnginePostgres
from constructs_lib.postgres.urls import Role, UrlSecret
from constructs_lib.postgres.variables import (
    APP_PASSWORD,
    APP_URL,
    OWNER_PASSWORD,
    OWNER_URL,
    PASSWORD_VARIABLES,
    POSTGRES_PORT,
    SERVER_CERTIFICATE,
    SERVER_TLS,
    postgres_host,
)
from constructs_lib.project.project_services import ProjectServices
from constructs_lib.redis.redis import Redis
from constructs_lib.terraform import ephemeral_variable, password_variable
from constructs_lib.virtual_machine.virtual_machine import DataDisk, Snapshots


def add_postgres(stack: EnvironmentStack, redis: Redis | None) -> None:
    """Add the database by its engine, where it is switched on."""
    settings = stack.environment.settings
    postgres = settings.enabled_postgres
    if postgres is None:
        return
    owner = _role(stack, postgres.owner_user, OWNER_PASSWORD)
    app = _role(stack, postgres.app_logins[0], APP_PASSWORD)
    url_secrets = (
        _url_secret(stack, "owner-url", owner, OWNER_URL),
        _url_secret(stack, "app-url", app, APP_URL),
    )
    match postgres:
        case CloudSqlPostgres():
            _add_cloud_sql(stack, postgres, owner, url_secrets)
        case ComputeEnginePostgres():
            _add_machine(stack, postgres, url_secrets, redis)


def add_database_readers(stack: EnvironmentStack, apis: ProjectServices) -> None:
    """Let groups of people sign in to the database as themselves, where there are any."""
    settings = stack.environment.settings
    groups = reader_groups_of(settings.enabled_postgres)
    if groups:
        Readers(
            stack,
            "database-readers",
            project_id=settings.project_id,
            groups=groups,
            depends_on=apis.of("cloudresourcemanager", "iam"),
        )


def _role(stack: EnvironmentStack, user: str, secret: str) -> Role:
    """Return a role of the database, whose password the pipeline passes in."""
    secret_id = stack.environment.names.secret(secret)
    password = password_variable(
        stack,
        PASSWORD_VARIABLES[secret],
        description=f"Password of {user}: the pinned version of {secret_id}",
        pattern=PASSWORD_PATTERN,
        allowed=PASSWORD.allowed,
    )
    return Role(user, password, stack.environment.settings.secret_version(secret))


def _url_secret(stack: EnvironmentStack, construct_id: str, role: Role, secret: str) -> UrlSecret:
    environment = stack.environment
    path, version = (
        environment.names.secret_path(secret),
        environment.settings.secret_version(secret),
    )
    return UrlSecret(construct_id, role, path, version)


def _add_cloud_sql(
    stack: EnvironmentStack,
    postgres: CloudSqlPostgres,
    owner: Role,
    url_secrets: tuple[UrlSecret, ...],
) -> None:
    settings, names = stack.environment.settings, stack.environment.names
    Postgres(
        stack,
        "postgres",
        name=names.postgres,
        region=names.postgres_region,
        network=names.network_path,
        service_range_name=names.service_range,
        version=postgres.version,
        edition=postgres.edition,
        tier=postgres.tier,
        availability_type=postgres.availability_type,
        disk_type=postgres.disk_type,
        disk_size_gb=postgres.disk_size_gb,
        disk_autoresize_limit_gb=postgres.disk_autoresize_limit_gb,
        memory_mib=postgres.memory_mib,
        max_connections=postgres.max_connections,
        log_min_duration_statement_ms=postgres.log_min_duration_statement_ms,
        logical_decoding=postgres.logical_decoding,
        backups=Backups(
            postgres.backup_start_time,
            postgres.backup_location or names.postgres_region,
            postgres.retained_backups,
            postgres.transaction_log_retention_days,
        ),
        maintenance_day=postgres.maintenance.day,
        maintenance_hour=postgres.maintenance.hour,
        maintenance_track=postgres.maintenance.track,
        connector_only=postgres.through_proxy,
        database=postgres.database,
        owner=owner,
        reader_groups=postgres.reader_groups,
        url_host=postgres_host(settings, names),
        url_port=POSTGRES_PORT,
        url_secrets=url_secrets,
        dns_name=None if postgres.through_proxy else _dns_name(stack),
        read_replica=_read_replica(stack, postgres),
        labels=labels(stack.environment),
        deletion_protection=settings.is_protected,
    )


def _read_replica(stack: EnvironmentStack, postgres: CloudSqlPostgres) -> ReadReplica | None:
    settings, names = stack.environment.settings, stack.environment.names
    replica = postgres.read_replica
    if replica is None:
        return None
    region = replica.region or settings.region
    # The applications' schema knows one database, so nobody is led here.
    TerraformOutput(
        stack,
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


def _add_machine(
    stack: EnvironmentStack,
    postgres: ComputeEnginePostgres,
    url_secrets: tuple[UrlSecret, ...],
    redis: Redis | None,
) -> None:
    settings, names = stack.environment.settings, stack.environment.names
    certificate = ephemeral_variable(
        stack,
        SERVER_CERTIFICATE,
        description="Certificate of Postgres, as PEM: the one in the pinned version of "
        + names.secret(SERVER_TLS),
    )
    tls_redis = redis if settings.redis and settings.redis.transit_encryption else None
    PostgresMachine(
        stack,
        "postgres",
        name=names.workload(POSTGRES),
        project_id=settings.project_id,
        region=settings.region,
        zone=postgres.zone,
        machine_type=postgres.machine_type,
        boot_image=postgres.boot_image,
        memory_mib=postgres.memory_mib,
        network=names.network_path,
        subnetwork=names.subnetwork_path,
        client_ranges=[settings.network.client_cidr],
        service_account=names.account_email(POSTGRES),
        image=stack.image("image_postgres"),
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
        log_min_duration_statement_ms=postgres.log_min_duration_statement_ms,
        logical_decoding=postgres.logical_decoding,
        roles=roles_of(postgres),
        owner_password=stack.secret(OWNER_PASSWORD),
        server_tls=stack.secret(SERVER_TLS),
        certificate=str(certificate.string_value),
        ca_secret=stack.secret_target(POSTGRES_CA.variable),
        other_authorities=tls_redis.authorities if tls_redis else None,
        url_secrets=url_secrets,
        dns_name=_dns_name(stack),
        labels=labels(stack.environment),
        deletion_protection=settings.is_protected,
    )


def _dns_name(stack: EnvironmentStack) -> DnsName:
    settings, names = stack.environment.settings, stack.environment.names
    return DnsName(names.private_zone, postgres_host(settings, names))
