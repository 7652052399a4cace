"""Bad settings of the MCP server."""

from __future__ import annotations

from pathlib import Path

from tests.bad_settings import Bad, assert_reported, by_name

BAD_SETTINGS = (
    Bad(
        "the MCP server's URL where it no longer stands",
        ("prod", "[variables]", '[variables]\nAPP_MCP_URL = "https://mcp.example.com"'),
        "variables.APP_MCP_URL",
        "is already computed from mcp.url",
        fix="change mcp.url instead",
    ),
    Bad(
        "an MCP server at no URL",
        ("prod", '"https://mcp.example.com"', '"mcp.example.com"'),
        "mcp.url",
        "is not a plain https URL",
        value='"mcp.example.com"',
    ),
    Bad(
        "an internal MCP server behind a connector",
        ("dev", 'ingress = "all"\n', ""),
        "mcp.ingress",
        "cannot be met through the connector",
        value='"internal"',
        allowed='"all"',
        fix='network.egress = "direct"',
    ),
    Bad(
        "a public MCP server that is closed to the outside",
        ("dev", 'ingress = "all"', "allow_unauthenticated = true"),
        "hosts.mcp",
        "is missing, and mcp.allow_unauthenticated is true",
        fix='hosts.mcp = "mcp.dev.example.com"',
    ),
    Bad(
        "a host for an MCP server that is not public",
        ("prod", 'web = "app.example.com"', 'web = "app.example.com"\nmcp = "mcp.example.com"'),
        "hosts.mcp",
        "is not a public service of this environment",
        value='"mcp.example.com"',
    ),
    Bad(
        "a caller of the MCP server that does not run",
        ("dev", "enable_todox = true", "enable_todox = false"),
        "mcp.callers[1]",
        "the service todox is off",
        value='"todox"',
        fix="set enable_todox = true",
        also=("dev", 'ingress = "all"', 'ingress = "all"\ncallers = ["api", "todox"]'),
    ),
    Bad(
        "a caller of the MCP server that nobody knows",
        ("dev", 'ingress = "all"', 'ingress = "all"\ncallers = ["marketing"]'),
        "mcp.callers[0]",
        "is not one of the allowed values",
        value='"marketing"',
    ),
    Bad(
        "more kept instances of the MCP server than it may have",
        ("dev", 'ingress = "all"', 'ingress = "all"\nmin_instance_count = 3'),
        "mcp.min_instance_count",
        "is above mcp.max_instance_count = 2",
        value="3",
    ),
    Bad(
        "an MCP server with more memory than its CPU allows",
        ("dev", 'ingress = "all"', 'ingress = "all"\nmemory_mib = 8192'),
        "mcp.memory_mib",
        "needs 2 CPUs or more",
        fix="set mcp.cpu = 2",
    ),
)


@by_name(BAD_SETTINGS)
def test_a_bad_setting_is_reported_with_key_value_allowed_and_fix(bad: Bad, tmp_path: Path) -> None:
    assert_reported(bad, tmp_path)
