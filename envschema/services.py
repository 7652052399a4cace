"""The catalogue: one entry for each service that an environment may deploy.

Everything that deals with services reads this list: the contract, the settings and their checks,
the stacks, the edge, alerts, objectives, charts and the command. A new service is a new entry.
``docs/guides/add-a-service.md`` shows one from its entry to its first request.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from envschema.features import Feature


class Kind(StrEnum):
    """What kind of server a service is; decides where its settings stand and how it is built."""

    API = "api"
    """The Effect server: RPC over WebSocket, sign-in, and everything that holds a secret."""
    WEB = "web"
    """A Next.js application whose server and pages read the applications' schema."""
    SITE = "site"
    """A Next.js application that reads no schema and holds no secret."""
    MCP = "mcp"
    """A server of the Model Context Protocol, with the table ``[mcp]``."""
    COLLECTOR = "collector"
    """The OpenTelemetry Collector, with the table ``[telemetry.collector]``."""

    @property
    def is_application(self) -> bool:
        """Whether it is one of the monorepo's applications, with the plan's flat inputs."""
        return self in {Kind.API, Kind.WEB, Kind.SITE}

    @property
    def is_web(self) -> bool:
        """Whether people open it in a browser, so that its host also leads to the API's paths."""
        return self in {Kind.WEB, Kind.SITE}

    @property
    def reads_server_schema(self) -> bool:
        """Whether its server imports ``ServerEnv``, which parses all of it."""
        return self in {Kind.API, Kind.WEB}

    @property
    def reads_client_schema(self) -> bool:
        """Whether its build inlines ``NEXT_PUBLIC_*``."""
        return self is Kind.WEB


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One service: what it is, what it reads, where it answers, and its defaults.

    The paths are three traits, because they answer three questions: may an instance get traffic,
    must it be started again, does the world get an answer. An environment file may set each.
    """

    name: str
    """As in names and addresses: lower-case letters, digits and hyphens."""
    kind: Kind
    features: frozenset[Feature] = frozenset()
    """The integrations that its code uses: it gets their variables where they are on."""
    port: int
    startup_path: str
    """Answers 200 once the instance can serve."""
    liveness_path: str | None = None
    """Answers 200 while the instance need not be started again. None: no liveness probe.
    Shallow by design: an outage of the database must not restart every instance."""
    uptime_path: str
    """Answers from outside with ``uptime_status``."""
    uptime_status: int | None = None
    """The one status of a good answer. None: any 2xx."""
    uptime_content: str | None = None
    """What a good answer contains: a page of somebody else answers with 2xx as well."""
    pools_connections: bool = False
    """Whether each instance holds a pool of connections to Postgres."""
    has_static_files: bool = False
    """Whether it serves ``/_next/static/*``, which the CDN may keep."""
    socket_paths: tuple[str, ...] = ()
    """Where it takes WebSockets; an open page holds one to each."""
    streams: bool = False
    """Whether the length of a request says nothing about speed: no alert on latency."""
    is_optional: bool = True
    """Whether an environment may go without it: ``enable_NAME`` exists."""
    is_enabled: bool = False
    """The default of ``enable_NAME``: a new service changes no environment by itself."""
    min_instance_count: int = 0
    max_instance_count: int = 10
    cpu: int = 1
    memory_mib: int = 512
    timeout_seconds: int = 60
    concurrency: int = 80

    @property
    def sockets_per_page(self) -> int:
        """WebSockets of an open page; each is one request for as long as the page is open."""
        return len(self.socket_paths)

    @property
    def input_name(self) -> str:
        """The name within the plan's flat inputs and Terraform's variables and outputs."""
        return self.name.replace("-", "_")

    @property
    def enable_input(self) -> str:
        """The input that switches the service on."""
        return f"enable_{self.input_name}"

    @property
    def min_instance_count_input(self) -> str:
        """The input that keeps instances warm."""
        return f"min_instance_count_{self.input_name}"

    @property
    def image_input(self) -> str:
        """The input, and Terraform's variable, that names the image."""
        return f"image_{self.input_name}"


_EVERY_SCHEMA = frozenset({Feature.AI, Feature.STORAGE})
"""What ``ServerEnv`` itself reads, in every application that imports it."""
_NEXT_PORT = 3000
_NEXT_PAGE = "/_next/"
"""Every page of Next.js names its scripts below this path."""


def web(name: str, *, features: Iterable[Feature] = (), is_enabled: bool = False) -> Service:
    """Return the entry of a Next.js application that reads the applications' schema."""
    return Service(
        name=name,
        kind=Kind.WEB,
        features=_EVERY_SCHEMA | frozenset(features),
        port=_NEXT_PORT,
        startup_path="/",
        uptime_path="/",
        uptime_content=_NEXT_PAGE,
        pools_connections=True,
        has_static_files=True,
        is_enabled=is_enabled,
    )


def site(name: str) -> Service:
    """Return the entry of a Next.js application that reads no schema."""
    return Service(
        name=name,
        kind=Kind.SITE,
        port=_NEXT_PORT,
        startup_path="/",
        uptime_path="/",
        uptime_content=_NEXT_PAGE,
        has_static_files=True,
    )


SERVICES: tuple[Service, ...] = (
    Service(
        name="api",
        kind=Kind.API,
        features=frozenset(Feature),
        port=8080,
        startup_path="/v1/health",
        liveness_path="/v1/health",
        uptime_path="/v1/health",
        uptime_content="OK",
        pools_connections=True,
        is_optional=False,
        min_instance_count=1,
        # Its cluster runner is Effect's SingleRunner (the application's decision D-12).
        max_instance_count=1,
        memory_mib=1024,
        # RPC runs over WebSocket: a short timeout would cut sessions.
        timeout_seconds=3600,
        # A WebSocket does next to nothing most of the time; this is Cloud Run's limit.
        concurrency=1000,
        # The RPC endpoints.
        socket_paths=("/v1/shared/rpc", "/v1/documents/rpc", "/v1/knowledge/rpc"),
    ),
    web("web", features={Feature.UPLOADS}, is_enabled=True),
    web("todox", features={Feature.LIVEBLOCKS}, is_enabled=True),
    site("marketing"),
    Service(
        name="mcp",
        kind=Kind.MCP,
        port=8080,
        startup_path="/health",
        liveness_path="/health",
        uptime_path="/health",
        # A session streams, so its length says nothing.
        streams=True,
        max_instance_count=5,
        timeout_seconds=300,
    ),
    Service(
        name="otel-collector",
        kind=Kind.COLLECTOR,
        # Where the collector's own configuration makes it listen, and say that it is well.
        port=4318,
        startup_path="/",
        liveness_path="/",
        # It takes POST only, and says so. A probe that sent telemetry would count as telemetry,
        # and hide that nobody else sends any.
        uptime_path="/v1/traces",
        uptime_status=405,
        min_instance_count=1,
        max_instance_count=4,
        concurrency=40,
    ),
)
"""In the order in which people read them; nothing else follows from it."""

MIGRATE = "migrate"
"""The job that applies migrations: an application that reads variables, and no service."""


def applications() -> tuple[Service, ...]:
    """Return the services that are the monorepo's own applications."""
    return tuple(service for service in SERVICES if service.kind.is_application)


def only(kind: Kind) -> Service:
    """Return the one service of a kind of which there is one: the API, MCP, the collector.

    Raises ValueError where the catalogue has another number of them.
    """
    services = [service for service in SERVICES if service.kind is kind]
    if len(services) != 1:
        raise ValueError(
            f"envschema/services.py has {len(services)} services of kind {kind}; it needs one"
        )
    return services[0]
