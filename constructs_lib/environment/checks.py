"""Who is told, who may sign in, and how things are labelled."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from constructs_lib.environment.settings import Features
from constructs_lib.monitoring.settings import Budget
from constructs_lib.settings.finding import Finding

MAX_BUDGET_CHANNELS = 5
"""Source: provider documentation of google_billing_budget, ``monitoring_notification_channels``."""


def someone_is_told(
    enable_monitoring: bool, notification_emails: Sequence[str], budget: Budget | None
) -> Iterator[Finding]:
    """An alert without a channel is a log line."""
    if enable_monitoring and not notification_emails:
        yield Finding(
            "notification_emails",
            "is empty, and enable_monitoring is true: no alert would reach anybody",
            'add an address, for example ["oncall@example.com"]',
            allowed="one address or more",
        )
    elif budget is not None and not notification_emails:
        yield Finding(
            "notification_emails",
            "is empty, and there is a budget: nobody would be told that it is spent",
            'add an address, for example ["oncall@example.com"], or remove [budget]',
            allowed="one address or more",
        )
    if budget is not None and len(notification_emails) > MAX_BUDGET_CHANNELS:
        yield Finding(
            "notification_emails",
            f"has {len(notification_emails)} addresses; a budget tells "
            f"{MAX_BUDGET_CHANNELS} at most",
            "use a mailing list, or remove [budget]",
            allowed=f"1 to {MAX_BUDGET_CHANNELS} addresses",
        )


def providers_are_named_once(features: Features) -> Iterator[Finding]:
    """Each provider once: a repeated one would be offered twice on the sign-in page."""
    providers = features.oauth_providers
    if len(set(providers)) != len(providers):
        yield Finding(
            "features.oauth_providers", "names a provider twice", "name each provider once"
        )


def labels_are_valid(labels: Mapping[str, str]) -> Iterator[Finding]:
    """Source: Google Cloud documentation, requirements for labels."""
    for key in labels:
        if re.fullmatch(r"[a-z][a-z0-9_-]{0,62}", key) is None:
            yield Finding(
                f"labels.{key}",
                "is not a label key",
                "re-spell the key",
                allowed="up to 63 lower-case letters, digits, hyphens and underscores, "
                "beginning with a letter",
            )
