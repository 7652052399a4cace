"""Variables that follow from the MCP server: where it answers."""

from __future__ import annotations

from collections.abc import Iterator

from constructs_lib.environment.names import Names
from constructs_lib.environment.settings import EnvironmentSettings
from constructs_lib.environment.source import VariableSource
from constructs_lib.mcp.settings import ExternalMcp
from envschema import FromTopology
from envschema.services import Kind, only


def _values(settings: EnvironmentSettings, names: Names) -> Iterator[tuple[str, FromTopology]]:
    url, key = _url(settings, names)
    yield "APP_MCP_URL", FromTopology(url, key)


def _url(settings: EnvironmentSettings, names: Names) -> tuple[str, str]:
    """Return where the MCP server answers, and the setting that decides it."""
    server = only(Kind.MCP).name
    if isinstance(settings.mcp, ExternalMcp):
        return settings.mcp.url, "mcp.url"
    if settings.mcp.allow_unauthenticated:
        return f"https://{settings.hosts.of(server)}", f"hosts.{server}"
    return names.service_url(server), "mcp.mode"


SOURCE = VariableSource(values=_values)
