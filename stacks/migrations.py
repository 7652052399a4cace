"""Before the services, with the same release: the jobs that bring the database to it."""

from __future__ import annotations

from constructs import Construct

from constructs_lib.cloud_run.cloud_run import CloudRun
from constructs_lib.environment.environment import Environment
from constructs_lib.environment.stack import EnvironmentStack
from constructs_lib.postgres.stack_jobs import add_database_jobs


class Migrations(EnvironmentStack):
    """``db-bootstrap`` makes extension and roles; ``migrate`` applies the migrations."""

    def __init__(self, scope: Construct, environment: Environment) -> None:
        super().__init__(scope, "migrations", environment)
        cloud_run = CloudRun(self, "cloud-run", region=environment.settings.region)
        add_database_jobs(self, cloud_run)
