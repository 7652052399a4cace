"""The images that others build: where they come from, and the command that finds a digest."""

from __future__ import annotations

from collections.abc import Mapping

FOREIGN: Mapping[str, str] = {
    "auth_proxy": "gcr.io/cloud-sql-connectors/cloud-sql-proxy:2.21.3",
    "db_bootstrap": "docker.io/library/postgres:17-alpine",
    # A copy, whose digest is its own: docs/guides/telemetry.md.
    "lgtm": "REPOSITORY/otel-lgtm:VERSION",
    "otel_collector": "docker.io/otel/opentelemetry-collector-contrib:0.163.0",
}
"""By the name within Terraform's variable ``image_NAME``: an image with a version that fits."""


def find_digest(name: str) -> str | None:
    """Return the command that prints the digest of such an image; None for one of ours."""
    image = FOREIGN.get(name)
    return (
        f"docker buildx imagetools inspect {image} --format '{{{{.Manifest.Digest}}}}'"
        if image
        else None
    )
