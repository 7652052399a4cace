"""Before the services, with the same release: the jobs that bring the database to it."""

from __future__ import annotations

from constructs import Construct

from constructs_lib.cloud_run.cloud_run import CloudRun, Job
from constructs_lib.cloud_run.containers import AuthProxy, Resources
from constructs_lib.environment.environment import Environment
from constructs_lib.environment.names import DB_BOOTSTRAP, MIGRATE
from constructs_lib.environment.stack import EnvironmentStack, secret_versions
from constructs_lib.environment.wiring import OWNER_PASSWORD, POSTGRES_PORT, postgres_host
from constructs_lib.postgres.jobs import (
    APP_PASSWORD_VARIABLE,
    SHELL,
    Roles,
    bootstrap_script,
    migrate_script,
)
from constructs_lib.postgres.settings import Postgres
from envschema import App


class Migrations(EnvironmentStack):
    """``db-bootstrap`` makes extension and roles; ``migrate`` applies the migrations."""

    def __init__(self, scope: Construct, environment: Environment) -> None:
        super().__init__(scope, "migrations", environment)
        settings = environment.settings
        self._cloud_run = CloudRun(self, "cloud-run", region=settings.region)
        proxy = self.auth_proxy()
        if postgres := settings.postgres_on:
            self._db_bootstrap(postgres, proxy)
        self._migrate(proxy)

    def _db_bootstrap(self, postgres: Postgres, proxy: AuthProxy | None) -> None:
        settings, names = self.environment.settings, self.environment.names
        job = settings.jobs.db_bootstrap
        roles = Roles(postgres.database, postgres.owner_user, postgres.app_user)
        self._cloud_run.job(
            Job(
                name=names.workload(DB_BOOTSTRAP),
                image=self.image("image_db_bootstrap"),
                service_account=names.account_email(DB_BOOTSTRAP),
                command=SHELL,
                args=[bootstrap_script(roles, proxy=proxy is not None)],
                # The names are libpq's own.
                variables={
                    "PGHOST": postgres_host(settings, names),
                    "PGPORT": str(POSTGRES_PORT),
                    "PGUSER": postgres.owner_user,
                    "PGDATABASE": postgres.database,
                },
                secrets={
                    "PGPASSWORD": self.secret(OWNER_PASSWORD),
                    APP_PASSWORD_VARIABLE: self.secret("DB_PG_PASSWORD"),
                },
                resources=Resources(job.cpu, job.memory_mib),
                timeout_seconds=job.timeout_seconds,
                vpc_access=self.vpc_access(),
                auth_proxy=proxy,
                # It holds no data: the next apply makes it again.
                deletion_protection=False,
            )
        )

    def _migrate(self, proxy: AuthProxy | None) -> None:
        settings, names = self.environment.settings, self.environment.names
        job = settings.jobs.migrate
        bound = self.environment.apps[App.MIGRATE]
        self._cloud_run.job(
            Job(
                name=names.workload(MIGRATE),
                image=self.image("image_migrations"),
                service_account=names.account_email(MIGRATE),
                command=SHELL,
                args=[migrate_script(proxy=proxy is not None)],
                variables=bound.runtime_values(),
                secrets=secret_versions(bound.secrets),
                resources=Resources(job.cpu, job.memory_mib),
                timeout_seconds=job.timeout_seconds,
                vpc_access=self.vpc_access(),
                auth_proxy=proxy,
                deletion_protection=False,
            )
        )
