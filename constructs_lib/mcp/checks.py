"""MCP as a service: who may call it, and whether they can."""

from __future__ import annotations

from collections.abc import Iterator

from constructs_lib.environment.services import deployed_applications
from constructs_lib.environment.settings import EnvironmentSettings
from constructs_lib.settings.finding import Finding


def callers_are_deployed(settings: EnvironmentSettings) -> Iterator[Finding]:
    """A service that is off has no account that could be let in."""
    mcp = settings.mcp_service
    if mcp is None:
        return
    deployed = [s for s in deployed_applications(settings) if s.entry.kind.reads_server_schema]
    names = [service.name for service in deployed]
    for position, caller in enumerate(mcp.callers):
        if caller not in names:
            yield Finding(
                f"mcp.callers[{position}]",
                f"the service {caller} is off",
                f"remove it, or set enable_{caller.replace('-', '_')} = true",
                value=caller,
                allowed=", ".join(names),
            )
        if caller in mcp.callers[:position]:
            yield Finding(
                f"mcp.callers[{position}]", "is named twice", "name it once", value=caller
            )


def public_mcp_has_a_host(settings: EnvironmentSettings) -> Iterator[Finding]:
    """A public MCP server needs both ``allow_unauthenticated`` and ``hosts.mcp``."""
    mcp, host = settings.mcp_service, settings.hosts.of("mcp")
    public = mcp is not None and mcp.allow_unauthenticated
    if public and host is None:
        yield Finding(
            "hosts.mcp",
            "is missing, and mcp.allow_unauthenticated is true",
            f'add hosts.mcp = "mcp.{settings.domain}", or set mcp.allow_unauthenticated = false',
            allowed=f"a host within {settings.domain}",
        )
    if host is not None and not public:
        yield Finding(
            "hosts.mcp",
            "has no use: the MCP server is not a public service of this environment",
            'remove the line, or set mcp.mode = "service" with allow_unauthenticated = true',
            value=host,
        )


def callers_can_reach_mcp(settings: EnvironmentSettings) -> Iterator[Finding]:
    """Internal requests come through the VPC, by a way that has Private Google Access.

    Source: Cloud Run documentation, network ingress. A connector that is made from a range has a
    subnet of its own, in which Terraform cannot switch that access on.
    """
    mcp = settings.mcp_service
    if mcp is None or mcp.ingress == "all":
        return
    if mcp.allow_unauthenticated:
        yield Finding(
            "mcp.ingress",
            "closes the service to everybody outside, and mcp.allow_unauthenticated is true",
            'set mcp.ingress = "all", or mcp.allow_unauthenticated = false',
            value=mcp.ingress,
            allowed='"all" where anybody may call',
        )
    if settings.network.egress == "connector":
        yield Finding(
            "mcp.ingress",
            "cannot be met through the connector of this network",
            'set mcp.ingress = "all", where IAM still decides who may call, '
            'or network.egress = "direct"',
            value=mcp.ingress,
            allowed='"all" where network.egress is "connector"',
        )


CHECKS = (callers_are_deployed, public_mcp_has_a_host, callers_can_reach_mcp)
