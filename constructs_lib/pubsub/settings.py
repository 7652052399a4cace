"""Pub/Sub: the topics that the API publishes to and is subscribed to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from constructs_lib.settings.fields import TopicName
from constructs_lib.settings.model import StrictModel
from constructs_lib.settings.network_fields import UrlPath


class Topic(StrictModel):
    """A topic and the API's own subscription to it."""

    push_path: UrlPath | None = None
    """Where the API takes messages by POST; without it, the API pulls them."""
    ordered: bool = False
    """Deliver messages of one ordering key in order. Cannot be changed later."""
    dead_letter: bool = True
    """Set messages aside that are not acknowledged, instead of delivering them again and again."""
    max_delivery_attempts: Annotated[int, Field(ge=5, le=100)] = 10
    """After so many, a message is dead; only with ``dead_letter``."""
    ack_deadline_seconds: Annotated[int, Field(ge=10, le=600)] = 60
    """How long the API may work on a message before it is delivered again."""
    retention_hours: Annotated[int, Field(ge=1, le=744)] = 168
    """How long a message waits for its acknowledgement before it is lost."""
    min_backoff_seconds: Annotated[int, Field(ge=0, le=600)] = 10
    max_backoff_seconds: Annotated[int, Field(ge=0, le=600)] = 600


class PubsubSettings(StrictModel):
    """The topics, by the name that follows ``name_prefix``."""

    topics: Annotated[Mapping[TopicName, Topic], Field(min_length=1)]
    dead_letter_retention_hours: Annotated[int, Field(ge=24, le=744)] = 744
    """How long people have to look at dead messages."""

    @property
    def pushes(self) -> bool:
        """Whether Pub/Sub calls the API."""
        return any(topic.push_path is not None for topic in self.topics.values())
