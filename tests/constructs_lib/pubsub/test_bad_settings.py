"""Bad settings of topics."""

from __future__ import annotations

from pathlib import Path

from tests.bad_settings import Bad, assert_reported, by_name

BAD_SETTINGS = (
    Bad(
        "Pub/Sub on without topics",
        ("prod", "enable_monitoring = true", "enable_monitoring = true\nenable_pubsub = true"),
        "pubsub",
        "the table is missing, and enable_pubsub is true",
        fix="add [pubsub], or set enable_pubsub = false",
    ),
    Bad(
        "a topic with a name that Pub/Sub refuses",
        ("staging", "[pubsub.topics.jobs]", "[pubsub.topics.Jobs]"),
        "pubsub.topics.Jobs",
        "is not the name of a topic",
        value='"Jobs"',
    ),
    Bad(
        "a topic with the name of another's dead letters",
        ("staging", "[pubsub.topics.events]", "[pubsub.topics.jobs-dead-letter]"),
        "pubsub.topics.jobs-dead-letter",
        "is not the name of a topic",
        allowed="not ending in -dead-letter",
    ),
    Bad(
        "a misspelt setting of a topic",
        ("staging", "ordered = true", "order = true"),
        "pubsub.topics.events.order",
        "is not a setting",
        fix="rename it to ordered",
    ),
    Bad(
        "a URL for the path of a push",
        ("staging", '"/v1/jobs"', '"https://api.staging.example.com/v1/jobs"'),
        "pubsub.topics.jobs.push_path",
        "is not the path of a URL",
        fix="/v1/health",
    ),
    Bad(
        "a pause between deliveries that shrinks",
        ("staging", "ordered = true", "ordered = true\nmax_backoff_seconds = 5"),
        "pubsub.topics.events.min_backoff_seconds",
        "is above max_backoff_seconds = 5",
        value="10",
    ),
    Bad(
        "fewer attempts than Pub/Sub counts",
        ("staging", "ordered = true", "ordered = true\nmax_delivery_attempts = 3"),
        "pubsub.topics.events.max_delivery_attempts",
        "greater than or equal to 5",
        value="3",
    ),
)


@by_name(BAD_SETTINGS)
def test_a_bad_setting_is_reported_with_key_value_allowed_and_fix(bad: Bad, tmp_path: Path) -> None:
    assert_reported(bad, tmp_path)
