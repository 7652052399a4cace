"""Every name that more than one stack uses, and the length each may have.

Names are functions of the settings alone, so that a stack can refer to what another stack holds
without reading its state.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from constructs_lib.environment.services import described_services
from constructs_lib.environment.settings import EnvironmentSettings
from constructs_lib.pipeline.settings import BootstrapSettings
from constructs_lib.postgres.settings import CloudSqlPostgres
from envschema.services import MIGRATE
from problems import Problem

MAX_LENGTHS: dict[str, int] = {
    "Cloud Run service or job": 49,
    "service account": 30,
    "deployer's service account": 30,
    "workload identity provider": 32,
    "VPC access connector": 25,
    "network": 63,
    "Cloud SQL project:instance": 98,
    "Memorystore instance": 40,
}
"""Limits in characters, from the documentation of each service."""

MAX_CERTIFICATE_LENGTH = 64
"""Longer names are cut, for a host may be longer than any name."""

DB_BOOTSTRAP = "db-bootstrap"
PUBSUB_PUSH = "pubsub-push"
"""Not a workload: the account in whose name Pub/Sub calls the API."""
STORAGE = "storage"
"""Not a workload: the account whose HMAC key the applications' S3 client signs with."""
POSTGRES = "postgres"
"""The machine of the database, where it has one; its service account has the same name."""
TELEMETRY = "telemetry"
"""The machine of a telemetry server, and its account."""
ERROR_LOGS = "error-logs"
"""The log-based metric that counts errors."""
SIGN_IN_FAILURES = "sign-in-failures"
"""The log-based metric that counts attempts to sign in which failed."""
AUDIT_LOGS = "audit-logs"
"""The log bucket of all environments, and each sink that fills it; ``bootstrap`` makes them."""
JOB_LOGS = "cloud-run-jobs"
"""The view of what jobs wrote, which a deployer may read; ``bootstrap`` makes it."""
PLANNER = "plan-pull-requests"
"""The account with which pull requests are planned; ``bootstrap`` makes it."""
DRIFT_DETECTOR = "detect-drift"
"""The account with which scheduled jobs plan every stack; ``bootstrap`` makes it."""
FEDERATION_POOL = "github"
"""What lets GitHub's jobs in; Google keeps the id of a deleted pool for 30 days."""
IMAGE_BUILDER = "build-images"
"""The account that pushes images; ``bootstrap`` makes it."""


def deployer_account(environment: str) -> str:
    """Return the id of the account that deploys an environment; it is in the shared project."""
    return f"deploy-{environment}"


def exporter_account(environment: str) -> str:
    """Return the id of the account, the workflow and the schedule that export a database."""
    return f"export-{environment}"


def job_log_view(project_id: str) -> str:
    """Return the full name of the view of what the jobs of a project wrote."""
    return f"projects/{project_id}/locations/global/buckets/_Default/views/{JOB_LOGS}"


def federation_provider(job: str) -> str:
    """Return the id of the provider that trusts one kind of job of the pipeline."""
    return f"github-{job}"


@dataclass(frozen=True, slots=True)
class Names:
    """The names of one environment."""

    settings: EnvironmentSettings
    shared: BootstrapSettings

    @property
    def _base(self) -> str:
        return f"{self.settings.name_prefix}-{self.settings.environment}"

    def workload(self, name: str) -> str:
        """Return the name of a Cloud Run service or job; its service account has the same."""
        return f"{self.settings.name_prefix}-{name}"

    def account_email(self, workload: str) -> str:
        """Return the e-mail address of a workload's service account."""
        return f"{self.workload(workload)}@{self.settings.project_id}.iam.gserviceaccount.com"

    def service_url(self, workload: str) -> str:
        """Return Google's own address of a service, which is known before the service is made."""
        host = f"{self.workload(workload)}-{self.settings.project_number}"
        return f"https://{host}.{self.settings.region}.run.app"

    def secret(self, variable: str) -> str:
        """Return the id of the Secret Manager secret behind a variable."""
        return f"{self.settings.name_prefix}-{variable.lower().replace('_', '-')}"

    def secret_path(self, variable: str) -> str:
        """Return the full resource name of a secret."""
        return f"projects/{self.settings.project_id}/secrets/{self.secret(variable)}"

    @property
    def network(self) -> str:
        """The VPC; its subnet and its connector have the same name."""
        return self._base

    @property
    def network_path(self) -> str:
        """The VPC as Cloud SQL and Memorystore want it named."""
        return f"projects/{self.settings.project_id}/global/networks/{self.network}"

    @property
    def subnetwork_path(self) -> str:
        """The subnet as a virtual machine wants it named."""
        location = f"projects/{self.settings.project_id}/regions/{self.settings.region}"
        return f"{location}/subnetworks/{self.network}"

    @property
    def connector_path(self) -> str:
        """The connector as Cloud Run wants it named."""
        location = f"projects/{self.settings.project_id}/locations/{self.settings.region}"
        return f"{location}/connectors/{self.network}"

    @property
    def service_range(self) -> str:
        """The range reserved for Google's producers."""
        return f"{self._base}-services"

    @property
    def private_zone(self) -> str:
        """The private DNS zone."""
        return f"{self._base}-internal"

    @property
    def private_domain(self) -> str:
        """The domain of the private zone, without the final dot."""
        return f"{self.settings.environment}.{self.settings.name_prefix}.internal"

    def topic(self, name: str) -> str:
        """Return the name of a Pub/Sub topic; its subscription has the same."""
        return f"{self.settings.name_prefix}-{name}"

    def dead_letters(self, name: str) -> str:
        """Return the name of the topic, and of its subscription, for a topic's dead messages."""
        return f"{self.topic(name)}-dead-letter"

    @property
    def cloud_run_zone(self) -> str:
        """The private DNS zone of Google's own addresses of services."""
        return f"{self._base}-run-app"

    @property
    def postgres(self) -> str:
        """The Cloud SQL instance. Google keeps a deleted instance's name for about a week."""
        postgres = self.settings.postgres
        named = postgres.instance_name if isinstance(postgres, CloudSqlPostgres) else None
        return named or self._base

    @property
    def postgres_connection_name(self) -> str:
        """What the Auth Proxy calls the instance."""
        return f"{self.settings.project_id}:{self.postgres_region}:{self.postgres}"

    @property
    def postgres_region(self) -> str:
        """Where the Cloud SQL instance is."""
        postgres = self.settings.postgres
        moved = postgres.region if isinstance(postgres, CloudSqlPostgres) else None
        return moved or self.settings.region

    @property
    def postgres_replica(self) -> str:
        """The read replica: with the name of its primary, so that a restored one has a new one."""
        return f"{self.postgres}-replica"

    @property
    def postgres_replica_host(self) -> str:
        """The private DNS name of the read replica."""
        return f"postgres-replica.{self.private_domain}"

    @property
    def redis(self) -> str:
        """The Memorystore instance."""
        return self._base

    @property
    def redis_path(self) -> str:
        """The Memorystore instance as its metrics name it."""
        location = f"projects/{self.settings.project_id}/locations/{self.settings.region}"
        return f"{location}/instances/{self.redis}"

    @property
    def aws_storage(self) -> str:
        """Who uses the bucket on AWS: a user, a role and their policy; the alias of its key."""
        return f"{self._base}-{STORAGE}"

    @property
    def deployer_email(self) -> str:
        """The account with which the pipeline deploys this environment; ``bootstrap`` makes it."""
        account = deployer_account(self.settings.environment)
        return f"{account}@{self.shared.project_id}.iam.gserviceaccount.com"

    @property
    def telemetry_host(self) -> str:
        """The name of the telemetry server inside the VPC."""
        return f"{TELEMETRY}.{self.private_domain}"

    @property
    def edge(self) -> str:
        """The load balancer: its parts have this name, or begin with it."""
        return self._base

    @property
    def certificate_map(self) -> str:
        """The certificates of the load balancer."""
        return self._base

    @property
    def certificate_map_path(self) -> str:
        """The certificates as the load balancer wants them named."""
        location = f"projects/{self.settings.project_id}/locations/global"
        return f"{location}/certificateMaps/{self.certificate_map}"

    def certificate(self, host: str) -> str:
        """Return the name of a host's certificate: another host never has the same."""
        # A dot becomes a hyphen and a hyphen two, so that a-b.c and a.b-c differ.
        name = f"{self._base}-{host.replace('-', '--').replace('.', '-')}"
        if len(name) <= MAX_CERTIFICATE_LENGTH:
            return name
        digest = hashlib.sha256(host.encode()).hexdigest()[:8]
        return f"{name[: MAX_CERTIFICATE_LENGTH - 9].rstrip('-')}-{digest}"

    @property
    def public_zone(self) -> str:
        """The public DNS zone."""
        return f"{self._base}-public"

    def problems(self, where: str) -> list[Problem]:
        """Return a problem where names are longer than Google allows: that of the worst one."""
        kind, name = max(self._longest(), key=lambda pair: len(pair[1]) - MAX_LENGTHS[pair[0]])
        excess = len(name) - MAX_LENGTHS[kind]
        if excess <= 0:
            return []
        prefix, environment = self.settings.name_prefix, self.settings.environment
        # The longer part is the one that can be shortened.
        blames_prefix = prefix in name and (
            environment not in name or len(prefix) >= len(environment)
        )
        key, value = ("name_prefix", prefix) if blames_prefix else ("environment", environment)
        return [
            Problem(
                where,
                key,
                f"makes the {kind} name {name!r}, which has {len(name)} characters",
                f"shorten {key} by {excess} or more"
                if excess < len(value)
                else "shorten the name of the service in envschema/services.py",
                value=f'"{value}"',
                allowed=f"at most {MAX_LENGTHS[kind]} characters for a {kind}",
            )
        ]

    def _longest(self) -> Iterator[tuple[str, str]]:
        services = (service.name for service in described_services(self.settings))
        longest = max((*services, DB_BOOTSTRAP, MIGRATE, PUBSUB_PUSH, STORAGE), key=len)
        environment = self.settings.environment
        yield "deployer's service account", deployer_account(environment)
        yield "workload identity provider", federation_provider(environment)
        yield "Cloud Run service or job", self.workload(longest)
        yield "service account", self.workload(longest)
        yield "VPC access connector", self.network
        yield "network", max(self.service_range, self.private_zone, key=len)
        yield "Cloud SQL project:instance", f"{self.settings.project_id}:{self.postgres_replica}"
        yield "Memorystore instance", self.redis
