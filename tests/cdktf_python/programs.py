"""Programs that are run twice, answered by Node and in Python: ``python -m ... FOLDER``."""

from __future__ import annotations

import gc
import sys
from pathlib import Path

import constructs_lib.bindings  # noqa: F401  # first: it says who answers


def every_mode(folder: Path) -> None:
    """Synthesize an environment in each of its other modes."""
    from tests.stacks.test_modes import TURNS
    from tests.support import synthesized_with

    left = list(TURNS)
    while left:
        # As many as one synthesis can hold: each in another place.
        now = {(turn.environment, turn.before): turn for turn in left}
        own = folder / str(len(left))
        own.mkdir(parents=True)
        synthesized_with(own, *((t.environment, t.before, t.after) for t in now.values()))
        left = [turn for turn in left if turn not in now.values()]


def odd_values(folder: Path) -> None:
    """Synthesize values that JSON, JavaScript and Terraform write in ways of their own."""
    from cdktf import (
        App,
        GcsBackend,
        Precondition,
        TerraformOutput,
        TerraformResourceLifecycle,
        TerraformStack,
        TerraformVariable,
    )
    from cdktf_cdktf_provider_google.data_google_project import DataGoogleProject
    from cdktf_cdktf_provider_google.dns_managed_zone import DnsManagedZone
    from cdktf_cdktf_provider_google.monitoring_dashboard import MonitoringDashboard
    from cdktf_cdktf_provider_google.provider import GoogleProvider
    from cdktf_cdktf_provider_google.pubsub_subscription import (
        PubsubSubscription,
        PubsubSubscriptionExpirationPolicy,
    )
    from cdktf_cdktf_provider_google.pubsub_topic import PubsubTopic
    from cdktf_cdktf_provider_google.redis_instance import RedisInstance
    from constructs import Construct

    app = App(outdir=str(folder))
    first = TerraformStack(app, "first")
    stack = TerraformStack(app, "second")
    stack.add_dependency(first)
    for root in (first, stack):
        GcsBackend(root, bucket="state", prefix=root.node.id)
    provider = GoogleProvider(stack, "google", project="some-project", scopes=["b", "a"])
    provider.add_override("default_labels", {"Team-Name": "ä", "empty": {}, "list": []})
    stack.add_override("terraform.required_version", ">= 1.11")
    other = GoogleProvider(stack, "other", alias="other", request_timeout="1s")

    size = TerraformVariable(stack, "size", type="number", default=3, nullable=False)
    size.add_validation(condition="${var.size > 0}", error_message='"size" must be > 0')
    size.add_override("ephemeral", True)
    names = TerraformVariable(stack, "names", type="list(string)", sensitive=True)

    part = Construct(Construct(stack, "part"), "Default")
    topic = PubsubTopic(
        part,
        "Resource",
        name="events/ü\u2028\t\x1f\\",
        labels={"b": "2", "a": "1"},
        message_storage_policy={"allowed_persistence_regions": names.list_value},
        lifecycle=TerraformResourceLifecycle(
            prevent_destroy=True,
            ignore_changes=["labels", "message_storage_policy[0].enforce_in_transit"],
            precondition=[Precondition(condition="${true}", error_message="never")],
        ),
    )
    redis = RedisInstance(stack, "redis", name="cache", memory_size_gb=1, provider=other)
    subscription = PubsubSubscription(
        Construct(stack, "a-long/name"),
        "subscription",
        name=f"of {topic.name} and ${{upper({topic.id})}} at {redis.port}}}",
        topic=topic.id,
        ack_deadline_seconds=redis.port,
        expiration_policy=PubsubSubscriptionExpirationPolicy(ttl=""),
        retry_policy={},
        depends_on=[topic, redis],
    )
    subscription.add_override("push_config.attributes", {"x": 1.0, "y": 0.1, "z": 1e21})
    subscription.add_override("push_config.numbers", [1e-7, 1.5e-5, 2**53 + 1, -0.25, 10**16])
    subscription.add_override("topic", None)
    subscription.add_override("retry_policy.none", None)
    subscription.add_override("push_config.map", {"none": None, "one": 1})
    MonitoringDashboard(stack, "nodes", dashboard_json=f"{topic.node.id} {topic.node.path}")
    zone = DnsManagedZone(stack, "zone", name="zone", dns_name="example.com.")
    MonitoringDashboard(stack, "dashboard", dashboard_json='{"a": "${TfToken}", "b": "1e289"}')
    project = DataGoogleProject(stack, "project", depends_on=[zone])
    TerraformOutput(
        Construct(stack, "outputs"),
        "all",
        value={"number": project.number, "nested": [{"servers": zone.name_servers}, True, None]},
        description="",
        sensitive=False,
        depends_on=[subscription],
    )
    TerraformOutput(stack, "fqn", value=topic.fqn)
    app.synth()


if __name__ == "__main__":
    gc.disable()  # as main.py does
    for program in (odd_values, every_mode):
        program(Path(sys.argv[1], program.__name__))
