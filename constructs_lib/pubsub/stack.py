"""How topics are added to the stacks: themselves, who may push, and their alerts."""

from __future__ import annotations

from cdktf import TerraformOutput

from constructs_lib.cloud_run.cloud_run import Invoker
from constructs_lib.environment.names import PUBSUB_PUSH
from constructs_lib.environment.stack import EnvironmentStack
from constructs_lib.monitoring.monitoring import Monitoring
from constructs_lib.pubsub import alerts
from constructs_lib.pubsub.pubsub import DeadLetters, Delivery, PubSub, Push
from constructs_lib.pubsub.settings import Topic
from envschema.services import Kind, only

_API = only(Kind.API).name


def add_topics(stack: EnvironmentStack) -> None:
    """Add the topics and the API's own subscriptions, where they are switched on."""
    settings, names = stack.environment.settings, stack.environment.names
    pubsub = settings.enabled_pubsub
    if pubsub is None:
        return
    api = f"serviceAccount:{names.account_email(_API)}"
    agent = f"service-{settings.project_number}@gcp-sa-pubsub.iam.gserviceaccount.com"
    topics = PubSub(
        stack,
        "pubsub",
        publisher=api,
        subscriber=api,
        agent=f"serviceAccount:{agent}",
        deletion_protection=settings.is_protected,
    )
    for name, topic in sorted(pubsub.topics.items()):
        topics.topic(
            name,
            name=names.topic(name),
            delivery=_delivery(stack, name, topic, pubsub.dead_letter_retention_hours),
        )
    # The applications' schema knows no variable for them.
    TerraformOutput(
        stack,
        "pubsub_topics",
        value=[names.topic(name) for name in sorted(pubsub.topics)],
        description="To which beep-api may publish; its subscriptions have the same names",
    )


def _delivery(
    stack: EnvironmentStack, name: str, topic: Topic, dead_letter_retention_hours: int
) -> Delivery:
    names = stack.environment.names
    # Known before the service is made, and taken for internal where the API takes requests from
    # its load balancer only.
    url = names.service_url(_API)
    return Delivery(
        push=Push(f"{url}{topic.push_path}", names.account_email(PUBSUB_PUSH), url)
        if topic.push_path
        else None,
        dead_letters=DeadLetters(
            names.dead_letters(name), topic.max_delivery_attempts, dead_letter_retention_hours
        )
        if topic.dead_letter
        else None,
        ordered=topic.ordered,
        ack_deadline_seconds=topic.ack_deadline_seconds,
        retention_hours=topic.retention_hours,
        min_backoff_seconds=topic.min_backoff_seconds,
        max_backoff_seconds=topic.max_backoff_seconds,
    )


def push_invokers(stack: EnvironmentStack) -> tuple[Invoker, ...]:
    """Return the account in whose name Pub/Sub calls the API, where it does."""
    settings, names = stack.environment.settings, stack.environment.names
    if settings.enabled_pubsub is None or not settings.enabled_pubsub.pushes:
        return ()
    member = f"serviceAccount:{names.account_email(PUBSUB_PUSH)}"
    return (Invoker(names.workload(PUBSUB_PUSH), member),)


def add_pubsub_alerts(stack: EnvironmentStack, monitoring: Monitoring) -> None:
    """Watch each subscription, and the dead messages of those that set them aside."""
    settings, names = stack.environment.settings, stack.environment.names
    pubsub = settings.enabled_pubsub
    for name, topic in sorted(pubsub.topics.items()) if pubsub else ():
        seconds = settings.alerts.pubsub_oldest_message_seconds
        monitoring.alert(alerts.messages_wait(names.topic(name), seconds))
        if topic.dead_letter:
            monitoring.alert(alerts.messages_are_dead(names.dead_letters(name)))
