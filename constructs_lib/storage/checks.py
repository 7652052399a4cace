"""Storage: the two halves of its key."""

from __future__ import annotations

from collections.abc import Iterator

from constructs_lib.environment.settings import EnvironmentSettings
from constructs_lib.settings.finding import Finding


def key_halves_match(settings: EnvironmentSettings) -> Iterator[Finding]:
    """An access key id signs with its own secret only; half a rotation refuses every request."""
    pinned = {
        name: settings.secret_version(name)
        for name in ("CLOUD_AWS_ACCESS_KEY_ID", "CLOUD_AWS_SECRET_ACCESS_KEY")
    }
    newest = max(pinned.values())
    for name, version in pinned.items():
        if version < newest:
            yield Finding(
                f"secret_versions.{name}",
                f"is not of the same key as the other half, which is version {newest}",
                f"set secret_versions.{name} = {newest}",
                value=version,
                allowed=f"{newest}: the halves of a key are added and pinned together",
            )


CHECKS = (key_halves_match,)
