"""The environment as a whole: its switches, its protection, who may sign in, its labels."""

from __future__ import annotations

import re
from collections.abc import Iterator

from constructs_lib.environment.settings import EnvironmentSettings
from constructs_lib.settings.finding import Finding


def enabled_tables_exist(settings: EnvironmentSettings) -> Iterator[Finding]:
    """A switch that is on needs its table."""
    for key in ("postgres", "redis", "pubsub"):
        if getattr(settings, f"enable_{key}") and getattr(settings, key) is None:
            yield Finding(
                key,
                f"the table is missing, and enable_{key} is true",
                f"add [{key}], or set enable_{key} = false",
            )


def only_disposable_is_unprotected(settings: EnvironmentSettings) -> Iterator[Finding]:
    """What somebody would miss is deployed by digest and protected from deletion."""
    if settings.disposable:
        return
    for key, purpose in (
        ("require_image_digest", "may deploy an image by its tag"),
        ("deletion_protection", "may be deleted without a second look"),
    ):
        if getattr(settings, key) is False:
            yield Finding(
                key,
                f"only a disposable environment {purpose}",
                "remove the line, or set disposable = true",
                value=False,
                allowed="true where disposable is not",
            )


def providers_are_named_once(settings: EnvironmentSettings) -> Iterator[Finding]:
    """Each provider once: a repeated one would be offered twice on the sign-in page."""
    providers = settings.features.oauth_providers
    if len(set(providers)) != len(providers):
        yield Finding(
            "features.oauth_providers", "names a provider twice", "name each provider once"
        )


def labels_are_valid(settings: EnvironmentSettings) -> Iterator[Finding]:
    """Source: Google Cloud documentation, requirements for labels."""
    for key in settings.labels:
        if re.fullmatch(r"[a-z][a-z0-9_-]{0,62}", key) is None:
            yield Finding(
                f"labels.{key}",
                "is not a label key",
                "re-spell the key",
                allowed="up to 63 lower-case letters, digits, hyphens and underscores, "
                "beginning with a letter",
            )


CHECKS = (
    enabled_tables_exist,
    only_disposable_is_unprotected,
    providers_are_named_once,
    labels_are_valid,
)
