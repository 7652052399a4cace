"""The budget: whether somebody hears of it."""

from __future__ import annotations

from collections.abc import Iterator

from constructs_lib.environment.settings import EnvironmentSettings
from constructs_lib.settings.finding import Finding

MAX_CHANNELS = 5
"""Source: provider documentation of google_billing_budget, ``monitoring_notification_channels``."""


def budget_reaches_somebody(settings: EnvironmentSettings) -> Iterator[Finding]:
    """A budget notifies; it stops nothing."""
    if settings.budget is None:
        return
    emails = settings.notification_emails
    # With monitoring on, that alone demands an address.
    if not emails and not settings.enable_monitoring:
        yield Finding(
            "notification_emails",
            "is empty, and there is a budget: nobody would hear that it is spent",
            'add an address, for example ["oncall@example.com"], or remove [budget]',
            allowed="one address or more",
        )
    if len(emails) > MAX_CHANNELS:
        yield Finding(
            "notification_emails",
            f"has {len(emails)} addresses; a budget notifies {MAX_CHANNELS} at most",
            "use a mailing list, or remove [budget]",
            allowed=f"1 to {MAX_CHANNELS} addresses",
        )


CHECKS = (budget_reaches_somebody,)
