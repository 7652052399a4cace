"""The MCP server: one that somebody else runs, or a service of the environment."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from constructs_lib.cloud_run.settings import ServiceSettings, defaults_of
from constructs_lib.settings.by_service import with_defaults
from constructs_lib.settings.model import StrictModel
from constructs_lib.settings.network_fields import HttpsUrl
from constructs_lib.settings.refusal import one_of
from envschema.services import SERVICES, Kind, only

_ENTRY = only(Kind.MCP)
_CALLERS = tuple(service.name for service in SERVICES if service.kind.reads_server_schema)
"""The applications that read ``APP_MCP_URL``."""


class ExternalMcp(StrictModel):
    """An MCP server that somebody else runs."""

    mode: Literal["external"]
    url: HttpsUrl


@with_defaults(defaults_of(_ENTRY))
class McpService(ServiceSettings):
    """An MCP server as a service of this environment: private, unless the file says otherwise."""

    mode: Literal["service"]
    port: Annotated[int, Field(ge=1, le=65535)] = _ENTRY.port
    min_instance_count: Annotated[int, Field(ge=0, le=100)] = _ENTRY.min_instance_count
    callers: Annotated[tuple[Annotated[str, one_of(_CALLERS)], ...], Field(min_length=1)] = ("api",)
    """Whose accounts may call it."""
    ingress: Literal["internal", "all"] = "internal"
    """Whether requests must come through the VPC; who may call is decided by IAM either way."""
    allow_unauthenticated: bool = False
    """Does not follow the environment's switch of this name."""


Mcp = Annotated[ExternalMcp | McpService, Field(discriminator="mode")]
