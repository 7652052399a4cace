"""How the database is added to the stacks: itself, the way to it, its jobs, alerts and charts."""

from __future__ import annotations

from collections.abc import Iterator

from cdktf import TerraformOutput

from constructs_lib.cloud_run.cloud_run import CloudRun, Job
from constructs_lib.cloud_run.containers import AuthProxy, Resources, SecretFile
from constructs_lib.environment.authorities import (
    CA_FILE_VARIABLE,
    POSTGRES_CA,
    ca_file,
)
from constructs_lib.environment.environment import Environment
from constructs_lib.environment.names import DB_BOOTSTRAP, POSTGRES
from constructs_lib.environment.stack import EnvironmentStack, labels, secret_versions
from constructs_lib.monitoring.dashboard import Section
from constructs_lib.monitoring.monitoring import Monitoring
from constructs_lib.network.private_dns import DnsName
from constructs_lib.postgres import alerts, charts
from constructs_lib.postgres.cloud_sql import Backups, Postgres, ReadReplica
from constructs_lib.postgres.jobs import (
    APP_PASSWORD_VARIABLE,
    SHELL,
    Roles,
    Timeouts,
    bootstrap_script,
    migrate_script,
)
from constructs_lib.postgres.machine import PostgresMachine
from constructs_lib.postgres.passwords import PASSWORD, PASSWORD_PATTERN
from constructs_lib.postgres.readers import Readers
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
from constructs_lib.virtual_machine import alerts as machine_alerts
from constructs_lib.virtual_machine.virtual_machine import DataDisk, Snapshots
from envschema.services import MIGRATE


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
    groups = _reader_groups(settings.enabled_postgres)
    if groups:
        Readers(
            stack,
            "database-readers",
            project_id=settings.project_id,
            groups=groups,
            depends_on=apis.of("cloudresourcemanager", "iam"),
        )


def _roles(postgres: CloudSqlPostgres | ComputeEnginePostgres) -> Roles:
    return Roles(
        postgres.database,
        postgres.owner_user,
        postgres.app_user,
        postgres.app_logins,
        _reader_groups(postgres),
    )


def _reader_groups(
    postgres: CloudSqlPostgres | ComputeEnginePostgres | None,
) -> tuple[str, ...]:
    return postgres.reader_groups if isinstance(postgres, CloudSqlPostgres) else ()


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
        roles=_roles(postgres),
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


def auth_proxy(stack: EnvironmentStack) -> AuthProxy | None:
    """Return the sidecar through which the stack's workloads reach Postgres, where they do."""
    postgres = stack.environment.settings.enabled_postgres
    if postgres is None or not postgres.through_proxy:
        return None
    connection_name = stack.environment.names.postgres_connection_name
    return AuthProxy(stack.image("image_auth_proxy"), connection_name, POSTGRES_PORT)


def _ca_file(stack: EnvironmentStack) -> SecretFile | None:
    """Return the file of authorities where Postgres is among them."""
    is_own = ca_file(stack.environment.settings) is POSTGRES_CA
    return stack.ca_file() if is_own else None


def add_database_jobs(stack: EnvironmentStack, cloud_run: CloudRun) -> None:
    """Add the job that makes extension and roles, and the one that applies migrations."""
    proxy = auth_proxy(stack)
    _add_db_bootstrap(stack, cloud_run, proxy)
    _add_migrate(stack, cloud_run, proxy)


def _add_db_bootstrap(
    stack: EnvironmentStack, cloud_run: CloudRun, proxy: AuthProxy | None
) -> None:
    settings, names = stack.environment.settings, stack.environment.names
    postgres = settings.enabled_postgres
    if postgres is None:
        return
    job, ca = settings.jobs.db_bootstrap, _ca_file(stack)
    roles = _roles(postgres)
    timeouts = Timeouts(
        postgres.statement_timeout_seconds, postgres.idle_in_transaction_timeout_seconds
    )
    cloud_run.job(
        Job(
            name=names.workload(DB_BOOTSTRAP),
            image=stack.image("image_db_bootstrap"),
            service_account=names.account_email(DB_BOOTSTRAP),
            command=SHELL,
            args=[bootstrap_script(roles, timeouts, proxy=proxy is not None)],
            # The names are libpq's own.
            variables={
                "PGHOST": postgres_host(settings, names),
                "PGPORT": str(POSTGRES_PORT),
                "PGUSER": postgres.owner_user,
                "PGDATABASE": postgres.database,
                **({"PGSSLMODE": "verify-full", "PGSSLROOTCERT": ca.path} if ca else {}),
            },
            secret_file=ca,
            secrets={
                "PGPASSWORD": stack.secret(OWNER_PASSWORD),
                APP_PASSWORD_VARIABLE: stack.secret(APP_PASSWORD),
            },
            resources=Resources(job.cpu, job.memory_mib),
            timeout_seconds=job.timeout_seconds,
            vpc_access=stack.vpc_access(),
            auth_proxy=proxy,
            # It holds no data: the next apply makes it again.
            deletion_protection=False,
        )
    )


def _add_migrate(stack: EnvironmentStack, cloud_run: CloudRun, proxy: AuthProxy | None) -> None:
    settings, names = stack.environment.settings, stack.environment.names
    job = settings.jobs.migrate
    bound, ca = stack.environment.apps[MIGRATE], _ca_file(stack)
    cloud_run.job(
        Job(
            name=names.workload(MIGRATE),
            image=stack.image("image_migrations"),
            service_account=names.account_email(MIGRATE),
            command=SHELL,
            args=[migrate_script(proxy=proxy is not None)],
            variables={**bound.runtime_values(), **({CA_FILE_VARIABLE: ca.path} if ca else {})},
            secrets=secret_versions(bound.secrets),
            secret_file=ca,
            resources=Resources(job.cpu, job.memory_mib),
            timeout_seconds=job.timeout_seconds,
            vpc_access=stack.vpc_access(),
            auth_proxy=proxy,
            deletion_protection=False,
        )
    )


def add_postgres_alerts(stack: EnvironmentStack, monitoring: Monitoring) -> None:
    """Watch the database by its engine, where it is switched on."""
    match stack.environment.settings.enabled_postgres:
        case CloudSqlPostgres() as postgres:
            _add_cloud_sql_alerts(stack, monitoring, postgres)
        case ComputeEnginePostgres():
            _add_machine_alerts(stack, monitoring)


def _add_cloud_sql_alerts(
    stack: EnvironmentStack, monitoring: Monitoring, postgres: CloudSqlPostgres
) -> None:
    settings, names = stack.environment.settings, stack.environment.names
    instance = names.postgres
    database_id = f"{settings.project_id}:{instance}"
    limits, add = settings.alerts, monitoring.alert
    add(alerts.postgres_is_down(database_id))
    add(alerts.postgres_memory_is_full(database_id))
    add(alerts.postgres_wraps_around(database_id))
    add(alerts.postgres_cpu_is_high(database_id, limits.postgres_cpu_utilization))
    add(alerts.postgres_disk_is_full(database_id, limits.postgres_disk_utilization))
    add(
        alerts.postgres_connections_run_out(
            database_id, postgres.max_connections, limits.postgres_connections_ratio
        )
    )
    if postgres.read_replica is not None:
        replica_id = f"{settings.project_id}:{names.postgres_replica}"
        add(alerts.postgres_replica_lags(replica_id, limits.postgres_replica_lag_seconds))
    add(alerts.cloud_sql_is_deleted(instance))
    add(alerts.cloud_sql_backup_failed(settings.project_id, instance))


def _add_machine_alerts(stack: EnvironmentStack, monitoring: Monitoring) -> None:
    machine = stack.environment.names.workload(POSTGRES)
    limits, add = stack.environment.settings.alerts, monitoring.alert
    add(machine_alerts.machine_is_down(machine, "CRITICAL"))
    add(machine_alerts.machine_is_old(machine, limits.machine_image_days))
    add(machine_alerts.machine_cpu_is_high(machine, limits.postgres_cpu_utilization))
    add(
        machine_alerts.machine_disk_is_full(
            machine,
            limits.postgres_disk_utilization,
            "CRITICAL",
            causes=(
                "Look for a replication slot that nobody reads: "
                "SELECT * FROM pg_replication_slots.",
                "Find the table that grew: pg_total_relation_size.",
            ),
        )
    )


def postgres_sections(environment: Environment) -> Iterator[Section]:
    """Yield the charts of a Cloud SQL instance. A machine has no metrics of Postgres itself."""
    settings, limits = environment.settings, environment.settings.alerts
    postgres = settings.enabled_postgres
    if isinstance(postgres, CloudSqlPostgres):
        yield charts.cloud_sql(
            f"{settings.project_id}:{environment.names.postgres}",
            charts.PostgresLimits(
                cpu=limits.postgres_cpu_utilization,
                disk=limits.postgres_disk_utilization,
                connections=int(postgres.max_connections * limits.postgres_connections_ratio),
            ),
        )
