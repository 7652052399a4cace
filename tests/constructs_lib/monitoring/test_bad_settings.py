"""Bad settings of alerts and service level objectives."""

from __future__ import annotations

from pathlib import Path

from tests.bad_settings import Bad, assert_reported, by_name

ALERTS = "[alerts]"
OWN = "projects/beep-prod-example/notificationChannels/42"
OTHER = "projects/beep-shared-example/notificationChannels/42"

BAD_SETTINGS = (
    Bad(
        "alerts that reach nobody",
        ("dev", '["dev-alerts@example.com"]', "[]"),
        "notification_emails",
        "no alert would reach anybody",
    ),
    Bad(
        "the number of a channel, without its project",
        ("prod", ALERTS, '[notification_channels]\ncritical = ["42"]\n\n[alerts]'),
        "notification_channels.critical[0]",
        "is not the name of a notification channel",
        value='"42"',
        fix="gcloud beta monitoring channels list",
    ),
    Bad(
        "a channel of another project",
        ("prod", ALERTS, f'[notification_channels]\ncritical = ["{OTHER}"]\n\n[alerts]'),
        "notification_channels.critical[0]",
        "is of the project beep-shared-example",
        value=f'"{OTHER}"',
        allowed="projects/beep-prod-example/notificationChannels/NUMBER",
    ),
    Bad(
        "a channel that would be notified twice",
        ("prod", ALERTS, f'[notification_channels]\nerror = ["{OWN}", "{OWN}"]\n\n[alerts]'),
        "notification_channels.error[1]",
        "is also notification_channels.error[0]",
        value=f'"{OWN}"',
    ),
    Bad(
        "a channel of a severity that no alert has",
        ("prod", ALERTS, f'[notification_channels]\ninfo = ["{OWN}"]\n\n[alerts]'),
        "notification_channels.info",
        "is not a setting",
    ),
    Bad(
        "more uptime checks than a project has for nothing",
        ("prod", "latency_p95_ms = 3000", "latency_p95_ms = 3000\nuptime_period_seconds = 60"),
        "alerts.uptime_executions_per_month",
        "5 hosts are asked 1314000 times a month, by 6 checkers every 60 s",
        value="1000000",
        allowed="1314000 or more",
        fix="raise alerts.uptime_period_seconds",
    ),
    Bad(
        "a goal that nobody can keep",
        ("prod", "availability_goal = 0.999", "availability_goal = 1.0"),
        "slo.availability_goal",
        "should be less than or equal to 0.9999",
        value="1.0",
    ),
    Bad(
        "a goal in percent",
        ("prod", "availability_goal = 0.999", "availability_goal = 99.9"),
        "slo.availability_goal",
        "should be less than or equal to 0.9999",
        value="99.9",
    ),
    Bad(
        "a goal so low that its fast alert cannot fire",
        ("prod", "latency_goal = 0.95", "latency_goal = 0.93"),
        "slo.latency_goal",
        "with every request bad, the budget burns 14.3 times too fast, and it takes 14.4",
        value="0.93",
        allowed="above 0.9306, with rolling_days = 30",
        fix="raise the goal, or lower slo.rolling_days",
    ),
    Bad(
        "a goal so low for a single service",
        ("prod", "latency_ms = 500", "latency_goal = 0.91"),
        "slo.api.latency_goal",
        "is so low that the fast alert cannot fire",
        value="0.91",
    ),
    Bad(
        "a goal over more days than Google counts",
        ("prod", "[slo]\n", "[slo]\nrolling_days = 90\n"),
        "slo.rolling_days",
        "should be less than or equal to 30",
        value="90",
    ),
    Bad(
        "a goal of an unknown service",
        ("prod", "[slo.api]", "[slo.apis]"),
        "slo.apis",
        "is not a setting",
        fix="rename it to api",
    ),
    Bad(
        "a warning of a certificate before Google renews",
        ("prod", "latency_p95_ms = 3000", "latency_p95_ms = 3000\ncertificate_days = 90"),
        "alerts.certificate_days",
        "should be less than or equal to 28",
        value="90",
    ),
)


@by_name(BAD_SETTINGS)
def test_a_bad_setting_is_reported_with_key_value_allowed_and_fix(bad: Bad, tmp_path: Path) -> None:
    assert_reported(bad, tmp_path)
