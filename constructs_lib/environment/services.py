"""The services of one environment: the catalogue's entries with the settings of its file.

This is the one view of what is deployed. Checks, stacks, the edge, alerts and charts iterate over
it, so that none of them knows a service by its name.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from typing_extensions import override

from constructs_lib.cloud_run.settings import ServiceSettings
from constructs_lib.environment.settings import EnvironmentSettings
from constructs_lib.mcp.settings import McpService
from constructs_lib.telemetry.settings import Collector, SelfHosted
from envschema.services import SERVICES, Kind, Service


class Size(Protocol):
    """The size and scale of a service, as its table states them."""

    @property
    def cpu(self) -> int: ...  # noqa: D102
    @property
    def memory_mib(self) -> int: ...  # noqa: D102
    @property
    def timeout_seconds(self) -> int: ...  # noqa: D102
    @property
    def concurrency(self) -> int: ...  # noqa: D102
    @property
    def max_instance_count(self) -> int: ...  # noqa: D102
    @property
    def cpu_idle(self) -> bool: ...  # noqa: D102
    @property
    def startup_cpu_boost(self) -> bool: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class EnvironmentService(ABC):
    """A service of the catalogue as one environment's file describes it, on or off.

    Each property reads no more settings than it needs: a check then runs as far as the file is
    valid.
    """

    entry: Service
    settings: EnvironmentSettings

    @property
    def name(self) -> str:
        """The name in the catalogue, and for ``Names.workload``."""
        return self.entry.name

    @property
    @abstractmethod
    def table(self) -> str:
        """The table of the file that holds its settings, for messages."""

    @property
    @abstractmethod
    def size(self) -> Size:
        """What its table says of size and scale."""

    @property
    @abstractmethod
    def min_instance_count(self) -> int:
        """How many instances are kept warm."""

    @property
    def min_instance_count_key(self) -> str:
        """The key of ``min_instance_count``, for messages."""
        return f"{self.table}.min_instance_count"

    @property
    def is_enabled(self) -> bool:
        """Whether it is deployed."""
        return True

    @property
    @abstractmethod
    def is_public(self) -> bool:
        """Whether it may be called without a Google identity."""

    @property
    @abstractmethod
    def host(self) -> str | None:
        """Its public host, where it has one."""

    @property
    @abstractmethod
    def uses_vpc(self) -> bool:
        """Whether its instances take addresses of the subnet."""

    @property
    def only_through_vpc(self) -> bool:
        """Whether requests must come out of the project's VPC."""
        return False

    @property
    def port(self) -> int:
        """Where the container listens."""
        return self.entry.port

    @property
    @abstractmethod
    def startup_path(self) -> str:
        """Answers 200 once an instance can serve."""

    @property
    @abstractmethod
    def liveness_path(self) -> str | None:
        """Answers 200 while an instance need not be started again, where that is probed."""

    @property
    @abstractmethod
    def uptime_path(self) -> str | None:
        """What is asked for from outside, where that is checked."""

    @property
    @abstractmethod
    def uptime_content(self) -> str | None:
        """What a good answer contains, where that is checked."""

    @property
    def uptime_period_seconds(self) -> int:
        """How often each of Google's checkers asks."""
        return self.settings.alerts.uptime_period_seconds


@dataclass(frozen=True, slots=True)
class _WithTable(EnvironmentService):
    """A service whose table is that of Cloud Run services."""

    @property
    @abstractmethod
    @override
    def size(self) -> ServiceSettings: ...

    @property
    @override
    def startup_path(self) -> str:
        return self.size.startup_path

    @property
    @override
    def liveness_path(self) -> str | None:
        return self.size.liveness_path or None

    @property
    @override
    def uptime_path(self) -> str | None:
        return self.size.uptime_path or None

    @property
    @override
    def uptime_content(self) -> str | None:
        return self.size.uptime_content or None

    @property
    @override
    def uptime_period_seconds(self) -> int:
        return self.size.uptime_period_seconds or self.settings.alerts.uptime_period_seconds


@dataclass(frozen=True, slots=True)
class Application(_WithTable):
    """One of the monorepo's applications: ``[services.NAME]`` and the plan's flat inputs."""

    @property
    @override
    def table(self) -> str:
        return f"services.{self.name}"

    @property
    @override
    def size(self) -> ServiceSettings:
        return self.settings.services.of(self.entry)

    @property
    @override
    def min_instance_count(self) -> int:
        return self.settings.min_instance_count(self.entry)

    @property
    @override
    def min_instance_count_key(self) -> str:
        return self.entry.min_instance_count_input

    @property
    @override
    def is_enabled(self) -> bool:
        return self.settings.is_enabled(self.entry)

    @property
    @override
    def is_public(self) -> bool:
        return self.settings.allows_everybody(self.size.allow_unauthenticated)

    @property
    @override
    def host(self) -> str | None:
        return self.settings.hosts.of(self.name)

    @property
    @override
    def uses_vpc(self) -> bool:
        # Postgres and Redis are reached there, and what reads no schema reads neither.
        return self.entry.kind.reads_server_schema


@dataclass(frozen=True, slots=True)
class McpServer(_WithTable):
    """The MCP server, where it is a service of the environment: ``[mcp]``."""

    mcp: McpService

    @property
    @override
    def table(self) -> str:
        return "mcp"

    @property
    @override
    def size(self) -> ServiceSettings:
        return self.mcp

    @property
    @override
    def min_instance_count(self) -> int:
        return self.mcp.min_instance_count

    @property
    @override
    def is_public(self) -> bool:
        return self.mcp.allow_unauthenticated

    @property
    @override
    def host(self) -> str | None:
        return self.settings.hosts.of(self.name)

    @property
    @override
    def uses_vpc(self) -> bool:
        return False

    @property
    @override
    def only_through_vpc(self) -> bool:
        return self.mcp.ingress == "internal"

    @property
    @override
    def port(self) -> int:
        return self.mcp.port


@dataclass(frozen=True, slots=True)
class TelemetryCollector(EnvironmentService):
    """The collector, where telemetry passes one: ``[telemetry.collector]``."""

    collector: Collector

    @property
    @override
    def table(self) -> str:
        return "telemetry.collector"

    @property
    @override
    def size(self) -> Size:
        return self.collector

    @property
    @override
    def min_instance_count(self) -> int:
        return self.collector.min_instance_count

    @property
    @override
    def is_public(self) -> bool:
        return self.settings.allows_everybody(self.collector.allow_unauthenticated)

    @property
    @override
    def host(self) -> str | None:
        return self.settings.otlp_host

    @property
    @override
    def uses_vpc(self) -> bool:
        return isinstance(self.settings.telemetry, SelfHosted)

    @property
    @override
    def startup_path(self) -> str:
        return self.entry.startup_path

    @property
    @override
    def liveness_path(self) -> str | None:
        return self.entry.liveness_path

    @property
    @override
    def uptime_path(self) -> str | None:
        return self.entry.uptime_path

    @property
    @override
    def uptime_content(self) -> str | None:
        return self.entry.uptime_content


def described_services(settings: EnvironmentSettings) -> Iterator[EnvironmentService]:
    """Yield every service that the file describes, on or off, in the catalogue's order."""
    for entry in SERVICES:
        if entry.kind is Kind.MCP:
            if mcp := settings.mcp_service:
                yield McpServer(entry, settings, mcp)
        elif entry.kind is Kind.COLLECTOR:
            if collector := settings.collector:
                yield TelemetryCollector(entry, settings, collector)
        else:
            yield Application(entry, settings)


def deployed_services(settings: EnvironmentSettings) -> tuple[EnvironmentService, ...]:
    """Return the services that are deployed, in the catalogue's order."""
    return tuple(service for service in described_services(settings) if service.is_enabled)


def deployed_applications(settings: EnvironmentSettings) -> tuple[EnvironmentService, ...]:
    """Return the applications that are deployed, in the catalogue's order."""
    return tuple(s for s in deployed_services(settings) if s.entry.kind.is_application)
