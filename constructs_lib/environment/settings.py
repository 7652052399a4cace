"""The typed form of an environment file.

Strict and frozen: nothing is coerced, nothing unknown is accepted, nothing changes after loading.
The inputs that the production plan names keep their names. What a single value may be is said
here; what values may be together is said in ``checks``.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, model_validator

from constructs_lib.edge.settings import Edge
from constructs_lib.monitoring.settings import Budget, Slo
from constructs_lib.postgres.settings import ComputeEnginePostgres, Postgres
from constructs_lib.pubsub.settings import Pubsub
from constructs_lib.settings.fields import (
    BucketName,
    Domain,
    Email,
    GithubEnvironment,
    GithubRepository,
    HttpsUrl,
    Image,
    Ipv4Range,
    LabelValue,
    ProjectId,
    Region,
    ResourceName,
    SecretVersion,
    UrlPath,
    refuse,
)
from constructs_lib.settings.model import Maintenance
from constructs_lib.settings.model import Settings as _Settings
from constructs_lib.storage.settings import GcsStorage, Storage
from constructs_lib.telemetry.settings import (
    Collector,
    SelfHosted,
    Telemetry,
    collector_of,
    otlp_host_of,
)

_MAX_SUBJECT = 127
"""Of google.subject, in characters. Source: provider documentation, attribute_mapping."""

AuthProvider = Literal["github", "google", "linkedin", "twitter", "discord"]


class ServiceName(StrEnum):
    """The Cloud Run services of an environment."""

    API = "api"
    WEB = "web"
    TODOX = "todox"
    MARKETING = "marketing"


class Network(_Settings):
    """The VPC. Ranges must not overlap one another."""

    subnet_cidr: Ipv4Range
    service_range_cidr: Ipv4Range
    """Reserved for Google's producers: Cloud SQL and Memorystore take their addresses from it."""
    egress: Literal["direct", "connector"] = "direct"
    connector_cidr: Ipv4Range | None = None
    """A /28 of its own, only with ``egress = "connector"``."""
    connector_min_instances: Annotated[int, Field(ge=2, le=9)] = 2
    connector_max_instances: Annotated[int, Field(ge=3, le=10)] = 3
    flow_logs: bool = True


class Redis(_Settings):
    """Memorystore for Redis. AUTH is always on: the applications refuse an empty password."""

    tier: Literal["BASIC", "STANDARD_HA"]
    memory_size_gb: Annotated[int, Field(ge=1, le=300)]
    version: Literal["REDIS_6_X", "REDIS_7_0", "REDIS_7_2"] = "REDIS_7_2"
    read_replica_count: Annotated[int, Field(ge=0, le=5)] = 0
    transit_encryption: bool = True
    """Cannot be changed without replacing the instance."""
    persistence: Literal["RDB", "DISABLED"] = "RDB"
    rdb_snapshot_period: Literal["ONE_HOUR", "SIX_HOURS", "TWELVE_HOURS", "TWENTY_FOUR_HOURS"] = (
        "TWELVE_HOURS"
    )
    maxmemory_policy: Literal[
        "noeviction", "allkeys-lru", "allkeys-lfu", "volatile-lru", "volatile-lfu", "volatile-ttl"
    ] = "volatile-lru"
    maintenance: Maintenance = Maintenance()


class Service(_Settings):
    """A Cloud Run service."""

    cpu: Literal[1, 2, 4, 6, 8] = 1
    memory_mib: Annotated[int, Field(ge=512, le=32768)] = 512
    timeout_seconds: Annotated[int, Field(ge=1, le=3600)] = 60
    concurrency: Annotated[int, Field(ge=1, le=1000)] = 80
    max_instance_count: Annotated[int, Field(ge=1, le=1000)] = 10
    cpu_idle: bool = True
    """CPU only while a request is served (true), or for the life of the instance (false)."""
    startup_cpu_boost: bool = True
    allow_unauthenticated: bool | None = None
    """Overrides the environment's ``allow_unauthenticated`` for this service."""


class ApiService(Service):
    """The API: RPC runs over WebSocket, so a short timeout would cut sessions."""

    memory_mib: Annotated[int, Field(ge=512, le=32768)] = 1024
    timeout_seconds: Annotated[int, Field(ge=1, le=3600)] = 3600


class ExternalMcp(_Settings):
    """An MCP server that somebody else runs."""

    mode: Literal["external"]
    url: HttpsUrl


class McpService(Service):
    """An MCP server as a service of this environment: private, unless the file says otherwise."""

    mode: Literal["service"]
    port: Annotated[int, Field(ge=1, le=65535)] = 8080
    health_path: UrlPath = "/health"
    """Answers 200 without a session when the server is well."""
    timeout_seconds: Annotated[int, Field(ge=1, le=3600)] = 300
    min_instance_count: Annotated[int, Field(ge=0, le=100)] = 0
    max_instance_count: Annotated[int, Field(ge=1, le=1000)] = 5
    callers: Annotated[tuple[Literal["api", "web", "todox"], ...], Field(min_length=1)] = ("api",)
    """Whose accounts may call it."""
    ingress: Literal["internal", "all"] = "internal"
    """Whether requests must come through the VPC; who may call is decided by IAM either way."""
    allow_unauthenticated: bool = False
    """Does not follow the environment's switch of this name."""


Mcp = Annotated[ExternalMcp | McpService, Field(discriminator="mode")]


class Services(_Settings):
    """The services, each with defaults of its own."""

    api: ApiService = ApiService()
    web: Service = Service()
    todox: Service = Service()
    marketing: Service = Service()


class Job(_Settings):
    """A Cloud Run job. One task, no retries: a migration that failed needs a person."""

    cpu: Literal[1, 2, 4] = 1
    memory_mib: Annotated[int, Field(ge=512, le=16384)] = 1024
    timeout_seconds: Annotated[int, Field(ge=60, le=86400)] = 900


class Jobs(_Settings):
    """The jobs that run before the services."""

    db_bootstrap: Job = Job(memory_mib=512, timeout_seconds=300)
    migrate: Job = Job()


class Hosts(_Settings):
    """The public host of each service; that of a service which is off is not used."""

    api: Domain
    web: Domain | None = None
    todox: Domain | None = None
    marketing: Domain | None = None
    mcp: Domain | None = None
    """Only where ``mcp`` is a service that anybody may call."""


class Features(_Settings):
    """The integrations. On: their variables and secrets are required. Off: absent."""

    oauth_providers: Annotated[tuple[AuthProvider, ...], Field(min_length=1)]
    oauth_microsoft: bool = False
    email: bool = False
    payments: bool = False
    ai: bool = False
    marketing: bool = False
    captcha: bool = False
    uploads: bool = False
    liveblocks: bool = False


class Alerts(_Settings):
    """Alert thresholds; ratios are between 0 and 1."""

    error_ratio: Annotated[float, Field(gt=0, lt=1)] = 0.05
    latency_p95_ms: Annotated[int, Field(ge=50, le=600000)] = 5000
    postgres_cpu_utilization: Annotated[float, Field(gt=0, lt=1)] = 0.85
    postgres_disk_utilization: Annotated[float, Field(gt=0, lt=1)] = 0.85
    postgres_connections_ratio: Annotated[float, Field(gt=0, lt=1)] = 0.8
    postgres_replica_lag_seconds: Annotated[int, Field(ge=10, le=86400)] = 300
    pubsub_oldest_message_seconds: Annotated[int, Field(ge=60, le=604800)] = 900
    telemetry_disk_utilization: Annotated[float, Field(gt=0, lt=1)] = 0.8
    """Of a telemetry server of the environment's own."""
    redis_memory_ratio: Annotated[float, Field(gt=0, lt=1)] = 0.85
    certificate_days: Annotated[int, Field(ge=1, le=28)] = 14
    """Of validity left. Google renews about 30 days before the end."""
    uptime_period_seconds: Literal[60, 300, 600, 900] = 60


class EnvironmentSettings(_Settings):
    """One environment, as its file states it."""

    environment: Literal["dev", "staging", "prod"]
    project_id: ProjectId
    project_number: Annotated[int, Field(ge=1)]
    region: Region
    domain: Domain
    name_prefix: ResourceName = "beep"
    app_name: Annotated[str, Field(min_length=1)] = "beep"
    labels: Mapping[str, LabelValue] = {}

    allow_unauthenticated: bool = False
    deletion_protection: bool = True
    require_image_digest: bool = True

    enable_postgres: bool
    enable_redis: bool
    enable_monitoring: bool
    enable_pubsub: bool = False
    enable_web: bool = True
    enable_todox: bool = True
    enable_marketing: bool = False

    min_instance_count_api: Annotated[int, Field(ge=0, le=100)] = 1
    min_instance_count_web: Annotated[int, Field(ge=0, le=100)] = 0
    min_instance_count_todox: Annotated[int, Field(ge=0, le=100)] = 0
    min_instance_count_marketing: Annotated[int, Field(ge=0, le=100)] = 0

    image_api: Image | None = None
    image_web: Image | None = None
    image_todox: Image | None = None
    image_marketing: Image | None = None
    image_mcp: Image | None = None
    image_migrations: Image | None = None
    image_db_bootstrap: Image | None = None
    image_auth_proxy: Image | None = None
    image_otel_collector: Image | None = None
    image_lgtm: Image | None = None
    image_postgres: Image | None = None

    client_service: Literal["web", "todox"] = "web"
    """The web application that people are sent back to after signing in."""
    log_level: str = "Error"
    log_format: str = "json"
    notification_emails: tuple[Email, ...] = ()
    extra_trusted_origins: tuple[HttpsUrl, ...] = ()

    hosts: Hosts
    edge: Edge
    network: Network
    postgres: Postgres | None = None
    redis: Redis | None = None
    pubsub: Pubsub | None = None
    services: Services = Services()
    jobs: Jobs = Jobs()
    mcp: Mcp
    features: Features
    storage: Storage | None = None
    telemetry: Telemetry
    alerts: Alerts = Alerts()
    slo: Slo | None = None
    budget: Budget | None = None
    variables: Mapping[str, str] = {}
    secret_versions: Mapping[str, SecretVersion] = {}

    @property
    def postgres_on(self) -> Postgres | None:
        """The database, unless it is switched off."""
        return self.postgres if self.enable_postgres else None

    @property
    def postgres_machine_on(self) -> ComputeEnginePostgres | None:
        """The database on a virtual machine, where that is the engine."""
        postgres = self.postgres_on
        return postgres if isinstance(postgres, ComputeEnginePostgres) else None

    @property
    def redis_on(self) -> Redis | None:
        """Redis, unless it is switched off."""
        return self.redis if self.enable_redis else None

    @property
    def pubsub_on(self) -> Pubsub | None:
        """The topics, unless they are switched off."""
        return self.pubsub if self.enable_pubsub else None

    @property
    def mcp_service(self) -> McpService | None:
        """The MCP server, where it is a service of this environment."""
        return self.mcp if isinstance(self.mcp, McpService) else None

    @property
    def gcs_on(self) -> GcsStorage | None:
        """The bucket on Cloud Storage, where that is the storage."""
        return self.storage if isinstance(self.storage, GcsStorage) else None

    @property
    def collector_on(self) -> Collector | None:
        """The telemetry collector, unless telemetry goes to an endpoint elsewhere."""
        return collector_of(self.telemetry)

    @property
    def otlp_host(self) -> str | None:
        """The public host of the telemetry collector, where there is one."""
        return otlp_host_of(self.telemetry, self.domain)

    @property
    def self_hosted_on(self) -> SelfHosted | None:
        """The telemetry server of the environment's own, where there is one."""
        return self.telemetry if isinstance(self.telemetry, SelfHosted) else None

    def secret_version(self, variable: str) -> int:
        """Return the version of a secret that is pinned, the first unless the file says so."""
        return self.secret_versions.get(variable, 1)

    def host(self, service: ServiceName) -> str | None:
        """Return the public host of a service."""
        host: str | None = getattr(self.hosts, service)
        return host

    def is_on(self, service: ServiceName) -> bool:
        """Tell whether a service is deployed; the API always is."""
        return service is ServiceName.API or bool(getattr(self, f"enable_{service}"))

    def is_public(self, service: ServiceName) -> bool:
        """Tell whether a service may be called without a Google identity."""
        return self.allows_everybody(getattr(self.services, service))

    def allows_everybody(self, workload: Service | Collector) -> bool:
        """Tell whether a service may be called without a Google identity, by its table."""
        own = workload.allow_unauthenticated
        return self.allow_unauthenticated if own is None else own

    def services_on(self) -> tuple[ServiceName, ...]:
        """Return the services that are deployed, in a fixed order."""
        return tuple(service for service in ServiceName if self.is_on(service))


class GithubEnvironments(_Settings):
    """What GitHub calls each environment; its protection rules say who may deploy there."""

    dev: GithubEnvironment = "dev"
    staging: GithubEnvironment = "staging"
    prod: GithubEnvironment = "prod"

    @model_validator(mode="after")
    def _differ(self) -> GithubEnvironments:
        names = [self.dev, self.staging, self.prod]
        if len({name.lower() for name in names}) != len(names):
            raise refuse(
                "names one GitHub environment twice",
                allowed="three different names; GitHub does not tell upper from lower case",
                fix="give each environment a GitHub environment of its own",
            )
        return self


class Github(_Settings):
    """The repository whose workflows may act on Google Cloud, without any key."""

    repository: GithubRepository
    owner_id: Annotated[int, Field(ge=1)]
    """Numeric, as ``gh api users/OWNER --jq .id`` prints it: a name can change hands, an id not."""
    repository_id: Annotated[int, Field(ge=1)]
    """Numeric, as ``gh api repos/OWNER/NAME --jq .id`` prints it."""
    environments: GithubEnvironments = GithubEnvironments()

    @model_validator(mode="after")
    def _subjects_are_short_enough(self) -> Github:
        longest = max(map(len, (self.subject(name) for name in GithubEnvironments.model_fields)))
        if longest > _MAX_SUBJECT:
            raise refuse(
                f"makes a subject of {longest} characters",
                allowed=f"at most {_MAX_SUBJECT} for repo:REPOSITORY:environment:NAME",
                fix=f"shorten repository or the names in environments by {longest - _MAX_SUBJECT}",
            )
        return self

    def subject(self, environment: str) -> str:
        """Return what GitHub's token says of a job that runs in an environment."""
        return f"repo:{self.repository}:environment:{getattr(self.environments, environment)}"

    @property
    def pull_request_subject(self) -> str:
        """What GitHub's token says of a job that a pull request started."""
        return f"repo:{self.repository}:pull_request"


class BootstrapSettings(_Settings):
    """What all environments share: state, images, and the identities of the pipeline."""

    project_id: ProjectId
    region: Region
    labels: Mapping[str, LabelValue] = {}
    state_bucket: BucketName
    state_location: str = "US"
    state_versions_kept: Annotated[int, Field(ge=1, le=1000)] = 50
    artifact_repository: ResourceName = "beep"
    untagged_image_days: Annotated[int, Field(ge=1, le=365)] = 14
    kept_image_versions: Annotated[int, Field(ge=5, le=1000)] = 30
    """Must cover how far back a rollback may go."""
    github: Github
