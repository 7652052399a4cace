"""Cloud Run services and jobs: settings."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from constructs_lib.monitoring.settings import UptimePeriod
from constructs_lib.settings.by_service import with_defaults, with_keys
from constructs_lib.settings.model import StrictModel
from constructs_lib.settings.network_fields import ProbePath, UrlPath
from envschema.services import Kind, Service, applications

_CATALOGUE_DEFAULTS = (
    "cpu",
    "memory_mib",
    "timeout_seconds",
    "concurrency",
    "max_instance_count",
    "startup_path",
    "uptime_path",
)


class ServiceSettings(StrictModel):
    """A Cloud Run service. The catalogue has the defaults of each."""

    cpu: Literal[1, 2, 4, 6, 8]
    """CPUs of an instance."""
    memory_mib: Annotated[int, Field(ge=512, le=32768)]
    """Memory of an instance, in MiB."""
    timeout_seconds: Annotated[int, Field(ge=1, le=3600)]
    """After this a request is cut; a WebSocket is one request."""
    concurrency: Annotated[int, Field(ge=1, le=1000)]
    """Requests that one instance takes at a time."""
    max_instance_count: Annotated[int, Field(ge=1, le=1000)]
    """Instances of a revision at most; further requests queue, then get 429."""
    cpu_idle: bool = True
    """CPU only while a request is served (true), or for the life of the instance (false)."""
    startup_cpu_boost: bool = True
    """Whether an instance gets more CPU while it starts."""
    allow_unauthenticated: bool | None = None
    """Overrides the environment's ``allow_unauthenticated`` for this service."""
    startup_path: UrlPath
    """Answers 200 once an instance can serve; it gets no traffic before."""
    liveness_path: ProbePath
    """Answers 200 while an instance need not be started again; "" for no liveness probe."""
    uptime_path: ProbePath
    """What Google's checkers ask for from outside; "" for no uptime check."""
    uptime_content: Annotated[str, Field(max_length=1024)]
    """What a good answer to them contains; "" for anything."""
    uptime_period_seconds: UptimePeriod | None = None
    """How often each of them asks; that of ``[alerts]``, unless stated."""


def defaults_of(service: Service) -> dict[str, Any]:
    """Return the defaults that the catalogue has for the table of a service."""
    return {
        **{key: getattr(service, key) for key in _CATALOGUE_DEFAULTS},
        "liveness_path": service.liveness_path or "",
        "uptime_content": service.uptime_content or "",
    }


class ApiSettings(ServiceSettings):
    """The API: pages hold WebSockets to it, and its cluster runner is one process."""

    multiple_instances: bool = False
    """Whether the application is ready for several: its runner and its event hub are shared."""
    open_pages: Annotated[int, Field(ge=1, le=1_000_000)] = 250
    """Pages that are open at a time, at most; the instances must have room for their WebSockets."""


def _application_table(service: Service) -> type[ServiceSettings]:
    table = ApiSettings if service.kind is Kind.API else ServiceSettings
    return with_defaults(defaults_of(service))(table)


_TABLES = {service.name: _application_table(service) for service in applications()}


@with_keys({name: (table, table.model_validate({})) for name, table in _TABLES.items()})
class Services(StrictModel):
    """The applications, each with defaults of its own."""

    def of(self, service: Service) -> ServiceSettings:
        """Return the table of an application."""
        table: ServiceSettings = getattr(self, service.name)
        return table


class JobSettings(StrictModel):
    """A Cloud Run job. One task, no retries: a migration that failed needs a person."""

    cpu: Literal[1, 2, 4] = 1
    memory_mib: Annotated[int, Field(ge=512, le=16384)] = 1024
    timeout_seconds: Annotated[int, Field(ge=60, le=86400)] = 900


class Jobs(StrictModel):
    """The jobs that run before the services."""

    db_bootstrap: JobSettings = JobSettings(memory_mib=512, timeout_seconds=300)
    migrate: JobSettings = JobSettings()
