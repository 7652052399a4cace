"""The typed form of an environment file.

Strict and frozen: nothing is coerced, nothing unknown is accepted, nothing changes after loading.
The inputs that the production plan names keep their names; those of a service are made from its
entry in the catalogue. What a single value may be is said here and in the settings of each thing;
what values may be together is said in their checks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from constructs_lib.budget.settings import BudgetSettings
from constructs_lib.cloud_run.settings import Jobs, Services
from constructs_lib.database_export.settings import DatabaseExport
from constructs_lib.edge.settings import Edge, Hosts
from constructs_lib.mcp.settings import Mcp, McpService
from constructs_lib.monitoring.settings import Alerts, NotificationChannels, Slo
from constructs_lib.network.settings import NetworkSettings
from constructs_lib.postgres.settings import ComputeEnginePostgres, Postgres
from constructs_lib.pubsub.settings import PubsubSettings
from constructs_lib.recovery.settings import Recovery
from constructs_lib.redis.settings import RedisSettings
from constructs_lib.rollout.settings import OnInconclusive, Rollout
from constructs_lib.settings.by_service import with_keys
from constructs_lib.settings.fields import (
    EnvironmentName,
    Image,
    LabelValue,
    ProjectId,
    Region,
    ResourceName,
    SecretVersion,
)
from constructs_lib.settings.model import StrictModel
from constructs_lib.settings.network_fields import Domain, Email, Origin
from constructs_lib.settings.refusal import one_of
from constructs_lib.storage.settings import AwsS3Storage, GcsStorage, Storage
from constructs_lib.telemetry.settings import (
    Collector,
    SelfHosted,
    Telemetry,
    collector_of,
    otlp_host_of,
)
from envschema import DEFAULT_VERSION, Version, kinds
from envschema.services import SERVICES, Kind, Service

AuthProvider = Literal["github", "google", "linkedin", "twitter", "discord"]
INFRASTRUCTURE_IMAGES = (
    "image_migrations",
    "image_db_bootstrap",
    "image_auth_proxy",
    "image_lgtm",
    "image_postgres",
)
"""The images that belong to no service: of jobs, of the sidecar and of machines."""

_MinInstanceCount = Annotated[int, Field(ge=0, le=100)]
_CLIENTS = tuple(service.name for service in SERVICES if service.kind is Kind.WEB)


class InvalidSettingError(Exception):
    """A check asked for a setting that is not valid by itself, and was already reported."""


def _inputs_of_services() -> Iterator[tuple[str, tuple[Any, Any]]]:
    """Yield the plan's flat inputs: name, type and default."""
    for service in SERVICES:
        if service.kind.is_application:
            if service.is_optional:
                yield service.enable_input, (bool, service.is_enabled)
            default = service.min_instance_count
            yield service.min_instance_count_input, (_MinInstanceCount, default)
        yield service.image_input, (Image | None, None)


class Features(StrictModel):
    """The integrations. On: their variables and secrets are required. Off: absent."""

    oauth_providers: Annotated[tuple[AuthProvider, ...], Field(min_length=1)]
    """``OAUTH_PROVIDER_NAMES``: who people may sign in with."""
    email: bool = False
    payments: bool = False
    ai: bool = False
    marketing: bool = False
    captcha: bool = False
    uploads: bool = False
    liveblocks: bool = False


@with_keys(dict(_inputs_of_services()))
class EnvironmentSettings(StrictModel):
    """One environment, as its file states it."""

    environment: EnvironmentName
    """Also the name of the file. The applications get ``app_env`` instead."""
    project_id: ProjectId
    """The environment's own project; no other environment may have it."""
    project_number: Annotated[int, Field(ge=1)]
    """The number of that project, which Google's own accounts carry in their names."""
    region: Region
    """Where everything regional is: services, database, Redis, machines."""
    domain: Domain
    """Every public host is within it; passkeys and session cookies are bound to it."""
    app_env: Annotated[str, one_of(kinds.DEPLOYMENT_ENVIRONMENT.choices)]
    """``APP_ENV``: which of the environments that the applications know this one is to them."""
    contract: Annotated[str, one_of(tuple(Version))] = DEFAULT_VERSION.value
    """The version of the applications that it runs: which variables they are given."""
    name_prefix: ResourceName = "beep"
    """Begins every name, so that one organization can hold several products."""
    app_name: Annotated[str, Field(min_length=1)] = "beep"
    """``APP_NAME``: what the applications call the product."""
    labels: Mapping[str, LabelValue] = {}
    """On every resource that can carry labels, beside ``environment`` and ``managed-by``."""

    disposable: bool = False
    """Whether losing it costs nobody anything: images by tag, and nothing protected."""
    deletion_protection: bool | None = None
    """Unless stated, on where the environment is not disposable."""
    require_image_digest: bool | None = None
    """Unless stated, on where the environment is not disposable."""
    data_access_logs: bool | None = None
    """Whether Google logs who reads secrets, objects, and the configuration of databases. Unless
    stated, on where the environment is not disposable."""
    allow_unauthenticated: bool = False
    """Whether services may be called without a Google identity, unless their own table says
    otherwise."""

    enable_postgres: bool
    """Whether there is a database; needs ``[postgres]``."""
    enable_redis: bool
    """Whether there is Redis; needs ``[redis]``."""
    enable_monitoring: bool
    """Whether there are alerts, uptime checks and a dashboard."""
    enable_pubsub: bool = False
    """Whether there are topics; needs ``[pubsub]``."""

    image_migrations: Image | None = None
    image_db_bootstrap: Image | None = None
    image_auth_proxy: Image | None = None
    image_lgtm: Image | None = None
    image_postgres: Image | None = None

    client_service: Annotated[str, one_of(_CLIENTS)] = "web"
    """The web application that people are sent back to after signing in."""
    log_level: str = "Error"
    """``APP_LOG_LEVEL``, in a spelling that both schemas accept."""
    log_format: str = "json"
    """``APP_LOG_FORMAT``."""
    notification_emails: tuple[Email, ...] = ()
    """Who is notified by alerts and by the budget."""
    extra_trusted_origins: tuple[Origin, ...] = ()
    """Origins beside the web hosts that the API answers with credentials."""

    hosts: Hosts
    edge: Edge
    network: NetworkSettings
    postgres: Postgres | None = None
    database_export: DatabaseExport | None = None
    redis: RedisSettings | None = None
    pubsub: PubsubSettings | None = None
    services: Services = Services()
    jobs: Jobs = Jobs()
    mcp: Mcp
    features: Features
    storage: Storage | None = None
    telemetry: Telemetry
    alerts: Alerts = Alerts()
    notification_channels: NotificationChannels = NotificationChannels()
    slo: Slo | None = None
    rollout: Rollout = Rollout()
    budget: BudgetSettings | None = None
    recovery: Recovery | None = None
    variables: Mapping[str, str] = {}
    """Values that the applications read and that follow from nothing else. No secrets."""
    secret_versions: Mapping[str, SecretVersion] = {}
    """The version of each secret that is in use; 1 where the table does not name it."""

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            # Only of a file with faults: ``partly_valid`` leaves out what is invalid.
            if name in type(self).model_fields:
                raise InvalidSettingError(name)
            return super().__getattr__(name)

    @classmethod
    def partly_valid(cls, values: Mapping[str, Any], invalid: set[str]) -> EnvironmentSettings:
        """Return the settings of a file with faults, for the checks.

        ``values`` are the valid ones; what the file leaves out has its default. Asking for one of
        the ``invalid`` raises ``InvalidSettingError``.
        """
        settings = cls.model_construct(**values)
        for name in invalid:
            settings.__dict__.pop(name, None)
        return settings

    @property
    def version(self) -> Version:
        """The version of the applications that ``contract`` pins."""
        return Version(self.contract)

    @property
    def is_protected(self) -> bool:
        """Whether Terraform and Google refuse to delete what holds data."""
        stated = self.deletion_protection
        return not self.disposable if stated is None else stated

    @property
    def requires_digests(self) -> bool:
        """Whether an image must be named by its digest."""
        stated = self.require_image_digest
        return not self.disposable if stated is None else stated

    @property
    def logs_data_access(self) -> bool:
        """Whether who reads what is in the audit log, beside who changes what."""
        stated = self.data_access_logs
        return not self.disposable if stated is None else stated

    @property
    def on_inconclusive(self) -> OnInconclusive:
        """What a rollout does where its gate comes to no verdict."""
        stated = self.rollout.on_inconclusive
        return stated or ("proceed" if self.disposable else "hold")

    @property
    def enabled_postgres(self) -> Postgres | None:
        """The database, unless it is switched off."""
        return self.postgres if self.enable_postgres else None

    @property
    def postgres_machine(self) -> ComputeEnginePostgres | None:
        """The database on a virtual machine, where that is the engine."""
        postgres = self.enabled_postgres
        return postgres if isinstance(postgres, ComputeEnginePostgres) else None

    @property
    def enabled_redis(self) -> RedisSettings | None:
        """Redis, unless it is switched off."""
        return self.redis if self.enable_redis else None

    @property
    def enabled_pubsub(self) -> PubsubSettings | None:
        """The topics, unless they are switched off."""
        return self.pubsub if self.enable_pubsub else None

    @property
    def mcp_service(self) -> McpService | None:
        """The MCP server, where it is a service of this environment."""
        return self.mcp if isinstance(self.mcp, McpService) else None

    @property
    def gcs_storage(self) -> GcsStorage | None:
        """The bucket on Cloud Storage, where that is the storage."""
        return self.storage if isinstance(self.storage, GcsStorage) else None

    @property
    def managed_aws_storage(self) -> AwsS3Storage | None:
        """The bucket on AWS S3, where it is made here."""
        storage = self.storage
        return storage if isinstance(storage, AwsS3Storage) and storage.aws else None

    @property
    def collector(self) -> Collector | None:
        """The telemetry collector, unless telemetry goes to an endpoint elsewhere."""
        return collector_of(self.telemetry)

    @property
    def otlp_host(self) -> str | None:
        """The public host of the telemetry collector, where there is one."""
        return otlp_host_of(self.telemetry, self.domain)

    @property
    def telemetry_server(self) -> SelfHosted | None:
        """The telemetry server of the environment's own, where there is one."""
        return self.telemetry if isinstance(self.telemetry, SelfHosted) else None

    def secret_version(self, variable: str) -> int:
        """Return the version of a secret that is pinned, the first unless the file says so."""
        return self.secret_versions.get(variable, 1)

    def allows_everybody(self, override: bool | None) -> bool:
        """Tell whether a service may be called without a Google identity, by its own switch."""
        return self.allow_unauthenticated if override is None else override

    def is_enabled(self, service: Service) -> bool:
        """Tell whether an application is deployed."""
        return not service.is_optional or bool(getattr(self, service.enable_input))

    def min_instance_count(self, service: Service) -> int:
        """Return how many instances of an application are kept warm."""
        count: int = getattr(self, service.min_instance_count_input)
        return count

    def image(self, image_input: str) -> str | None:
        """Return the image that the file names for an input such as ``image_api``."""
        image: str | None = getattr(self, image_input)
        return image

    def images(self) -> Iterator[tuple[str, str]]:
        """Yield the input and the image of each that the file names."""
        inputs = (*(service.image_input for service in SERVICES), *INFRASTRUCTURE_IMAGES)
        for image_input in inputs:
            image = self.image(image_input)
            if image is not None:
                yield image_input, image
