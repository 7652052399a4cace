"""How the jobs of the database are added to the stacks, and the way that clients take to it."""

from __future__ import annotations

from constructs_lib.cloud_run.cloud_run import CloudRun, Job
from constructs_lib.cloud_run.containers import AuthProxy, Resources, SecretFile
from constructs_lib.environment.authorities import (
    CA_FILE_VARIABLE,
    POSTGRES_CA,
    ca_file,
)
from constructs_lib.environment.names import DB_BOOTSTRAP
from constructs_lib.environment.stack import EnvironmentStack, secret_versions
from constructs_lib.postgres.jobs import (
    APP_PASSWORD_VARIABLE,
    SHELL,
    Timeouts,
    bootstrap_script,
    migrate_script,
)
from constructs_lib.postgres.roles import roles_of
from constructs_lib.postgres.variables import (
    APP_PASSWORD,
    OWNER_PASSWORD,
    POSTGRES_PORT,
    postgres_host,
)
from envschema.services import MIGRATE


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
    roles = roles_of(postgres)
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
