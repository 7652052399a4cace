"""What an environment cannot do, or relies on, and nobody would guess from its settings."""

from __future__ import annotations

from constructs_lib.edge.settings import DomainMappingSettings
from constructs_lib.environment.settings import EnvironmentSettings


def limits(settings: EnvironmentSettings) -> tuple[str, ...]:
    """Return sentences for whoever synthesizes, reviews or applies the environment."""
    sentences: list[str] = []
    if isinstance(settings.edge, DomainMappingSettings):
        sentences += (
            "domain mappings are a preview at Google, with added latency: not for production",
            f"whoever applies must be a verified owner of {settings.domain} in Search Console",
            "no Cloud Armor, CDN, candidate hosts, or API paths on the web hosts; TLS 1.0 stays on",
            "pages call the API's own host, which their content security policy must allow",
            "a certificate is issued only after the host's CNAME is there; allow up to a day",
        )
    elif not settings.edge.restrict_ingress:
        sentences.append(
            "edge.restrict_ingress is off: Google's own addresses of the services pass by Cloud "
            "Armor"
        )
    if settings.network.egress == "nat":
        sentences.append(
            "calls to the internet leave from a few reserved addresses: where pages are made on a "
            "server, all their calls to the API count as one client of edge.armor"
        )
    if settings.mcp_service and not settings.mcp_service.allow_unauthenticated:
        sentences.append(
            "the MCP server answers 403 to whoever sends no Google ID token: see docs/mcp.md"
        )
    if postgres := settings.postgres_machine:
        sentences.append(
            f"Postgres is one machine: a restore loses up to {postgres.snapshot_interval_hours} "
            "hours, and a failed zone takes it down"
        )
    return tuple(sentences)
