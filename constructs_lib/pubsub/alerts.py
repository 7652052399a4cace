"""Alerts on messages that wait, or were given up."""

from __future__ import annotations

from constructs_lib.monitoring.alerts import Alert
from constructs_lib.monitoring.filters import all_of, metric


def _subscription(metric_type: str, subscription: str) -> str:
    return all_of(
        metric(f"pubsub.googleapis.com/subscription/{metric_type}", "pubsub_subscription"),
        f'resource.labels.subscription_id = "{subscription}"',
    )


def messages_wait(subscription: str, seconds: int) -> Alert:
    """Messages are not acknowledged as fast as they come."""
    return Alert(
        id=f"{subscription}-waits",
        title=f"A message of {subscription} has waited for more than {seconds} s",
        severity="ERROR",
        filter=_subscription("oldest_unacked_message_age", subscription),
        aligner="ALIGN_MAX",
        reducer="REDUCE_MAX",
        threshold=seconds,
        meaning=f"The oldest message of {subscription} has waited for more than {seconds} s; it is "
        "lost when retention_hours are over.",
        steps=(
            "See whether the API answers at all: its error and latency alerts tell first.",
            "Read why messages are refused: the API's log at the push path, or of its puller.",
            "A backlog without errors needs more instances: raise max_instance_count.",
        ),
        runbook="messages-wait-or-are-dead",
    )


def messages_are_dead(subscription: str) -> Alert:
    """Messages were given up, and nobody has dealt with them yet."""
    return Alert(
        id=f"{subscription}-filled",
        title=f"There are messages in {subscription}",
        severity="WARNING",
        filter=_subscription("num_undelivered_messages", subscription),
        aligner="ALIGN_MAX",
        reducer="REDUCE_MAX",
        threshold=0,
        meaning=f"Messages were delivered too often without being acknowledged, and were set aside "
        f"in {subscription}. They will not be tried again.",
        steps=(
            f"Look at some: gcloud pubsub subscriptions pull {subscription} --limit=5.",
            "Find the cause in the API's log at the time of their last delivery, and mend it.",
            "Publish them again or drop them, as the runbook shows.",
        ),
        runbook="messages-wait-or-are-dead",
    )
