"""Messages: none is lost in silence, and nobody needs an address that is not there yet."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.support import SERVICE, Stacks, addresses, of_type, strings, synthesized_with

TOPIC = "google_pubsub_topic"
SUBSCRIPTION = "google_pubsub_subscription"
AGENT = "serviceAccount:service-100000000002@gcp-sa-pubsub.iam.gserviceaccount.com"
API = "serviceAccount:beep-api@beep-staging-example.iam.gserviceaccount.com"
PUSH = "beep-pubsub-push@beep-staging-example.iam.gserviceaccount.com"


def _subscriptions(stacks: Stacks) -> dict[str, dict[str, Any]]:
    return of_type(stacks["staging-data"], SUBSCRIPTION)


def _members(stack: dict[str, Any], kind: str, on: str) -> set[tuple[str, str]]:
    of = "topic" if kind == TOPIC else "subscription"
    grants = of_type(stack, f"{kind}_iam_member").values()
    return {(g["member"], g["role"]) for g in grants if g[of] == f"${{{kind}.{on}.name}}"}


def test_nothing_of_pubsub_is_made_unless_a_file_asks_for_it(stacks: Stacks) -> None:
    for name in ("dev", "prod"):
        assert not of_type(stacks[f"{name}-data"], TOPIC)
        assert not of_type(stacks[f"{name}-data"], SUBSCRIPTION)


def test_a_push_goes_to_an_address_that_no_stack_has_to_wait_for(stacks: Stacks) -> None:
    push = _subscriptions(stacks)["pubsub_jobs_subscription"]["push_config"]
    url = "https://beep-api-100000000002.us-central1.run.app"
    assert push["push_endpoint"] == f"{url}/v1/jobs"
    assert push["oidc_token"] == {"audience": url, "service_account_email": PUSH}
    assert not [t for t in strings(push) if "${" in t]


def test_who_pushes_may_call_the_api_and_nothing_else(stacks: Stacks) -> None:
    calls = {
        arguments["name"]
        for arguments in of_type(
            stacks["staging-services"], "google_cloud_run_v2_service_iam_member"
        ).values()
        if arguments["member"] == f"serviceAccount:{PUSH}"
    }
    assert calls == {f"${{{SERVICE}.cloud_run_beep_api.name}}"}
    assert PUSH not in set(
        strings(of_type(stacks["staging-data"], "google_pubsub_topic_iam_member"))
    )


def test_the_api_publishes_to_each_topic_and_pulls_what_is_not_pushed(stacks: Stacks) -> None:
    data = stacks["staging-data"]
    for topic in ("jobs", "events"):
        assert (API, "roles/pubsub.publisher") in _members(data, TOPIC, f"pubsub_{topic}")
    assert _members(data, SUBSCRIPTION, "pubsub_events_subscription") == {
        (API, "roles/pubsub.subscriber")
    }
    assert (API, "roles/pubsub.subscriber") not in _members(
        data, SUBSCRIPTION, "pubsub_jobs_subscription"
    )


def test_no_subscription_expires_and_each_says_how_long_it_keeps_a_message(
    stacks: Stacks,
) -> None:
    for subscription in _subscriptions(stacks).values():
        assert subscription["expiration_policy"] == {"ttl": ""}
        assert subscription["message_retention_duration"].endswith("s")


def test_a_topic_is_ordered_and_without_dead_letters_where_its_file_says_so(
    stacks: Stacks,
) -> None:
    subscriptions = _subscriptions(stacks)
    assert subscriptions["pubsub_events_subscription"]["enable_message_ordering"] is True
    assert "dead_letter_policy" not in subscriptions["pubsub_events_subscription"]
    assert subscriptions["pubsub_jobs_subscription"]["enable_message_ordering"] is False


def test_dead_letters_arrive_and_stay(stacks: Stacks) -> None:
    data = stacks["staging-data"]
    policy = _subscriptions(stacks)["pubsub_jobs_subscription"]["dead_letter_policy"]
    assert policy["dead_letter_topic"] == f"${{{TOPIC}.pubsub_jobs_dead_letter.id}}"
    # Both, or Pub/Sub delivers the message again for ever.
    assert _members(data, TOPIC, "pubsub_jobs_dead_letter") == {(AGENT, "roles/pubsub.publisher")}
    assert (AGENT, "roles/pubsub.subscriber") in _members(
        data, SUBSCRIPTION, "pubsub_jobs_subscription"
    )
    kept = _subscriptions(stacks)["pubsub_jobs_dead_letter_subscription"]
    assert kept["topic"] == f"${{{TOPIC}.pubsub_jobs_dead_letter.id}}"
    assert kept["message_retention_duration"] == f"{31 * 86400}s"


def test_waiting_and_dead_messages_raise_alerts(stacks: Stacks) -> None:
    alerts = of_type(stacks["staging-monitoring"], "google_monitoring_alert_policy")
    thresholds = {
        name: alerts[f"monitoring_{name}"]["conditions"][0]["condition_threshold"]
        for name in ("beep_jobs_waits", "beep_events_waits", "beep_jobs_dead_letter_filled")
    }
    names = {s["name"] for s in _subscriptions(stacks).values()}
    for threshold in thresholds.values():
        assert threshold["filter"].split('subscription_id = "')[1].rstrip('"') in names
    assert thresholds["beep_jobs_waits"]["threshold_value"] == 900
    assert thresholds["beep_jobs_dead_letter_filled"]["threshold_value"] == 0


def test_messages_are_kept_when_a_plan_would_take_their_topic(stacks: Stacks) -> None:
    data = stacks["staging-data"]
    for kind in (TOPIC, SUBSCRIPTION):
        for name, arguments in of_type(data, kind).items():
            assert arguments["lifecycle"]["prevent_destroy"] is True, name


def test_pubsub_is_two_lines_away(stacks: Stacks, tmp_path: Path) -> None:
    after = synthesized_with(
        tmp_path,
        ("prod", "enable_monitoring = true", "enable_monitoring = true\nenable_pubsub = true"),
        ("prod", "[features]", "[pubsub.topics.jobs]\n[features]"),
    )
    added = {n: a for n in after if (a := addresses(after[n]) - addresses(stacks[n]))}
    assert added == {
        "prod-data": {
            f"{TOPIC}.pubsub_jobs",
            f"{TOPIC}.pubsub_jobs_dead_letter",
            f"{TOPIC}_iam_member.pubsub_jobs_publisher",
            f"{TOPIC}_iam_member.pubsub_jobs_dead_letter_publisher",
            f"{SUBSCRIPTION}.pubsub_jobs_subscription",
            f"{SUBSCRIPTION}.pubsub_jobs_dead_letter_subscription",
            f"{SUBSCRIPTION}_iam_member.pubsub_jobs_subscriber",
            f"{SUBSCRIPTION}_iam_member.pubsub_jobs_dead_letter_forwarder",
        },
        "prod-monitoring": {
            "google_monitoring_alert_policy.monitoring_beep_jobs_waits",
            "google_monitoring_alert_policy.monitoring_beep_jobs_dead_letter_filled",
        },
    }
    changed = {n for n in after if after[n] != stacks[n]}
    assert changed == added.keys()
