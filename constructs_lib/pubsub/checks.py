"""Pub/Sub: what a topic's settings may be together."""

from __future__ import annotations

from collections.abc import Iterator

from constructs_lib.pubsub.settings import Pubsub
from constructs_lib.settings.finding import Finding


def backoffs_are_ordered(pubsub: Pubsub | None) -> Iterator[Finding]:
    """The pause between deliveries grows from the one to the other."""
    for name, topic in pubsub.topics.items() if pubsub else ():
        if topic.min_backoff_seconds > topic.max_backoff_seconds:
            yield Finding(
                f"pubsub.topics.{name}.min_backoff_seconds",
                f"is above max_backoff_seconds = {topic.max_backoff_seconds}",
                "lower the one or raise the other",
                value=topic.min_backoff_seconds,
                allowed=f"0 to {topic.max_backoff_seconds}",
            )
