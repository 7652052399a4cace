"""Pub/Sub topics, each with one subscription, and dead letters for what is never acknowledged."""

from __future__ import annotations

from dataclasses import dataclass

from cdktf_cdktf_provider_google.pubsub_subscription import (
    PubsubSubscription,
    PubsubSubscriptionDeadLetterPolicy,
    PubsubSubscriptionExpirationPolicy,
    PubsubSubscriptionPushConfig,
    PubsubSubscriptionPushConfigOidcToken,
    PubsubSubscriptionRetryPolicy,
)
from cdktf_cdktf_provider_google.pubsub_subscription_iam_member import (
    PubsubSubscriptionIamMember,
)
from cdktf_cdktf_provider_google.pubsub_topic import PubsubTopic
from cdktf_cdktf_provider_google.pubsub_topic_iam_member import PubsubTopicIamMember
from constructs import Construct

from constructs_lib.terraform import kept

_HOUR_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class Push:
    """Delivery by POST, with an OIDC token of an account for an audience."""

    endpoint: str
    service_account: str
    audience: str


@dataclass(frozen=True, slots=True)
class DeadLetters:
    """Where messages go after so many attempts, and how long they stay. ``name`` is both its
    topic's and its subscription's."""

    name: str
    max_delivery_attempts: int
    retention_hours: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """How a subscription delivers. Without ``push``, the subscriber pulls."""

    push: Push | None
    dead_letters: DeadLetters | None
    ordered: bool
    ack_deadline_seconds: int
    retention_hours: int
    min_backoff_seconds: int
    max_backoff_seconds: int


class PubSub(Construct):
    """Topics of one publisher and one subscriber.

    ``agent`` is Pub/Sub's own account in the project, which moves dead letters. All three are IAM
    members.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        publisher: str,
        subscriber: str,
        agent: str,
        deletion_protection: bool,
    ) -> None:
        super().__init__(scope, construct_id)
        self._publisher = publisher
        self._subscriber = subscriber
        self._agent = agent
        self._deletion_protection = deletion_protection

    def topic(self, construct_id: str, *, name: str, delivery: Delivery) -> None:
        """Add a topic and its subscription, both called ``name``."""
        topic = self._topic(construct_id, name)
        PubsubTopicIamMember(
            self,
            f"{construct_id}-publisher",
            topic=topic.name,
            role="roles/pubsub.publisher",
            member=self._publisher,
        )
        letters = delivery.dead_letters
        dead = self._topic(f"{construct_id}-dead-letter", letters.name) if letters else None
        push = delivery.push
        subscription = PubsubSubscription(
            self,
            f"{construct_id}-subscription",
            name=name,
            topic=topic.id,
            ack_deadline_seconds=delivery.ack_deadline_seconds,
            message_retention_duration=_hours(delivery.retention_hours),
            enable_message_ordering=delivery.ordered,
            expiration_policy=_NEVER,
            retry_policy=PubsubSubscriptionRetryPolicy(
                minimum_backoff=f"{delivery.min_backoff_seconds}s",
                maximum_backoff=f"{delivery.max_backoff_seconds}s",
            ),
            dead_letter_policy=PubsubSubscriptionDeadLetterPolicy(
                dead_letter_topic=dead.id, max_delivery_attempts=letters.max_delivery_attempts
            )
            if dead and letters
            else None,
            push_config=_push_config(push) if push else None,
            lifecycle=kept(self._deletion_protection),
        )
        if push is None:
            PubsubSubscriptionIamMember(
                self,
                f"{construct_id}-subscriber",
                subscription=subscription.name,
                role="roles/pubsub.subscriber",
                member=self._subscriber,
            )
        if dead and letters:
            self._dead_letters(construct_id, letters, dead, subscription)

    def _topic(self, construct_id: str, name: str) -> PubsubTopic:
        return PubsubTopic(self, construct_id, name=name, lifecycle=kept(self._deletion_protection))

    def _dead_letters(
        self,
        construct_id: str,
        letters: DeadLetters,
        dead: PubsubTopic,
        subscription: PubsubSubscription,
    ) -> None:
        # A topic without a subscription forgets what it is sent.
        PubsubSubscription(
            self,
            f"{construct_id}-dead-letter-subscription",
            name=letters.name,
            topic=dead.id,
            message_retention_duration=_hours(letters.retention_hours),
            expiration_policy=_NEVER,
            lifecycle=kept(self._deletion_protection),
        )
        # Without both, messages are delivered again for ever and nothing says why.
        PubsubTopicIamMember(
            self,
            f"{construct_id}-dead-letter-publisher",
            topic=dead.name,
            role="roles/pubsub.publisher",
            member=self._agent,
            # Google makes the agent when Pub/Sub is first used.
            depends_on=[subscription],
        )
        PubsubSubscriptionIamMember(
            self,
            f"{construct_id}-dead-letter-forwarder",
            subscription=subscription.name,
            role="roles/pubsub.subscriber",
            member=self._agent,
        )


_NEVER = PubsubSubscriptionExpirationPolicy(ttl="")
"""By default a subscription that nobody uses is gone after 31 days."""


def _hours(hours: int) -> str:
    return f"{hours * _HOUR_SECONDS}s"


def _push_config(push: Push) -> PubsubSubscriptionPushConfig:
    return PubsubSubscriptionPushConfig(
        push_endpoint=push.endpoint,
        oidc_token=PubsubSubscriptionPushConfigOidcToken(
            service_account_email=push.service_account, audience=push.audience
        ),
    )
