"""Pub/Sub: what a topic's settings may be together."""

from __future__ import annotations

from collections.abc import Iterator

from constructs_lib.environment.settings import EnvironmentSettings
from constructs_lib.settings.finding import Finding, counts_are_ordered


def backoffs_are_ordered(settings: EnvironmentSettings) -> Iterator[Finding]:
    """The pause between deliveries grows from the one to the other."""
    for name, topic in settings.pubsub.topics.items() if settings.pubsub else ():
        yield from counts_are_ordered(
            f"pubsub.topics.{name}.min_backoff_seconds",
            topic.min_backoff_seconds,
            "max_backoff_seconds",
            topic.max_backoff_seconds,
        )


CHECKS = (backoffs_are_ordered,)
