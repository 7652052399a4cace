"""MCP as a service: who may call it, and whether they can."""

from __future__ import annotations

from collections.abc import Iterator

from constructs_lib.environment.settings import ExternalMcp, Hosts, Mcp, Network
from constructs_lib.settings.finding import Finding


def mcp_callers_are_on(mcp: Mcp, enable_web: bool, enable_todox: bool) -> Iterator[Finding]:
    """A service that is off has no account that could be let in."""
    if isinstance(mcp, ExternalMcp):
        return
    on = {"api": True, "web": enable_web, "todox": enable_todox}
    for position, caller in enumerate(mcp.callers):
        if not on[caller]:
            yield Finding(
                f"mcp.callers[{position}]",
                f"the service {caller} is off",
                f"remove it, or set enable_{caller} = true",
                value=caller,
                allowed=", ".join(name for name, is_on in on.items() if is_on),
            )
        if caller in mcp.callers[:position]:
            yield Finding(
                f"mcp.callers[{position}]", "is named twice", "name it once", value=caller
            )


def mcp_instance_counts_are_ordered(mcp: Mcp) -> Iterator[Finding]:
    """As for the other services."""
    if not isinstance(mcp, ExternalMcp) and mcp.min_instance_count > mcp.max_instance_count:
        yield Finding(
            "mcp.min_instance_count",
            f"is above mcp.max_instance_count = {mcp.max_instance_count}",
            "lower the one or raise the other",
            value=mcp.min_instance_count,
            allowed=f"0 to {mcp.max_instance_count}",
        )


def mcp_is_public_with_a_host_or_not_at_all(
    mcp: Mcp, hosts: Hosts, domain: str
) -> Iterator[Finding]:
    """Whoever opens it to the world says so, and says where."""
    public = not isinstance(mcp, ExternalMcp) and mcp.allow_unauthenticated
    if public and hosts.mcp is None:
        yield Finding(
            "hosts.mcp",
            "is missing, and mcp.allow_unauthenticated is true",
            f'add hosts.mcp = "mcp.{domain}", or set mcp.allow_unauthenticated = false',
            allowed=f"a host within {domain}",
        )
    if hosts.mcp is not None and not public:
        yield Finding(
            "hosts.mcp",
            "has no use: the MCP server is not a public service of this environment",
            'remove the line, or set mcp.mode = "service" with allow_unauthenticated = true',
            value=hosts.mcp,
        )


def mcp_can_be_reached(mcp: Mcp, network: Network) -> Iterator[Finding]:
    """Internal requests come through the VPC, by a way that has Private Google Access.

    Source: Cloud Run documentation, network ingress. A connector that is made from a range has a
    subnet of its own, in which Terraform cannot switch that access on.
    """
    if isinstance(mcp, ExternalMcp) or mcp.ingress == "all":
        return
    if mcp.allow_unauthenticated:
        yield Finding(
            "mcp.ingress",
            "closes the service to everybody outside, and mcp.allow_unauthenticated is true",
            'set mcp.ingress = "all", or mcp.allow_unauthenticated = false',
            value=mcp.ingress,
            allowed='"all" where anybody may call',
        )
    if network.egress == "connector":
        yield Finding(
            "mcp.ingress",
            "cannot be met through the connector of this network",
            'set mcp.ingress = "all", where IAM still decides who may call, '
            'or network.egress = "direct"',
            value=mcp.ingress,
            allowed='"all" where network.egress is "connector"',
        )
