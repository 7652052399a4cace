"""Who is notified, by e-mail."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from cdktf import ITerraformDependable
from cdktf_cdktf_provider_google.monitoring_notification_channel import (
    MonitoringNotificationChannel,
)
from constructs import Construct


def email_channels(
    scope: Construct,
    emails: Sequence[str],
    *,
    user_labels: Mapping[str, str],
    depends_on: Sequence[ITerraformDependable] = (),
) -> list[str]:
    """Make a channel for each address; return the channels' full names."""
    return [
        MonitoringNotificationChannel(
            scope,
            # Named by the address: taking one away does not move the others.
            f"email-{re.sub(r'[^a-z0-9]+', '-', email.lower())}",
            display_name=f"E-mail {email}",
            type="email",
            labels={"email_address": email},
            user_labels=dict(user_labels),
            depends_on=list(depends_on) or None,
        ).name
        for email in emails
    ]
