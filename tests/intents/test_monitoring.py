"""Every alert reaches a person who can do something."""

from __future__ import annotations

import re

from constructs_lib.alerts import Alert
from tests.intents.common import EVERY_ENVIRONMENT, SERVICE
from tests.support import (
    ROOT,
    Stacks,
    of_type,
)


@EVERY_ENVIRONMENT
def test_every_alert_reaches_somebody_and_says_what_to_do(name: str, stacks: Stacks) -> None:
    stack = stacks[f"{name}-monitoring"]
    channels = of_type(stack, "google_monitoring_notification_channel")
    runbook = (ROOT / "docs" / "runbook.md").read_text()
    headings = {
        re.sub(r"[^a-z0-9 -]", "", line.lstrip("# ").lower()).replace(" ", "-")
        for line in runbook.splitlines()
        if line.startswith("#")
    }
    for address, alert in of_type(stack, "google_monitoring_alert_policy").items():
        assert len(alert["notification_channels"]) == len(channels) >= 1, address
        assert alert["severity"] in {"CRITICAL", "ERROR", "WARNING"}
        assert alert["alert_strategy"]["auto_close"].endswith("s")
        content = alert["documentation"]["content"]
        assert "\n1. " in content
        assert content.rsplit("#", 1)[1] in headings


@EVERY_ENVIRONMENT
def test_every_public_service_is_probed_from_outside(name: str, stacks: Stacks) -> None:
    services = of_type(stacks[f"{name}-services"], SERVICE)
    stack = stacks[f"{name}-monitoring"]
    checks = of_type(stack, "google_monitoring_uptime_check_config")
    assert set(checks) == {
        f"{service.replace('cloud_run', 'monitoring')}_uptime"
        for service in services.keys() - {"cloud_run_beep_mcp"}
    }
    for check in checks.values():
        assert check["http_check"]["validate_ssl"] is True


def test_the_alerts_of_the_plan_are_all_there(stacks: Stacks) -> None:
    alerts = of_type(stacks["prod-monitoring"], "google_monitoring_alert_policy")
    assert {
        *(
            f"monitoring_beep_{s}_{a}"
            for s in ("api", "web")
            for a in ("down", "errors", "latency")
        ),
        "monitoring_postgres_cpu",
        "monitoring_postgres_disk",
        "monitoring_postgres_connections",
        "monitoring_redis_memory",
        "monitoring_beep_migrate_failed",
        "monitoring_beep_db_bootstrap_failed",
    } <= set(alerts)
    errors = alerts["monitoring_beep_api_errors"]["conditions"][0]["condition_threshold"]
    assert errors["threshold_value"] == 0.05


def test_an_alert_counts_the_steps_of_its_documentation() -> None:
    alert = Alert(
        id="x",
        title="t",
        severity="ERROR",
        filter="f",
        aligner="a",
        reducer="r",
        threshold=1,
        meaning="It is wrong.",
        steps=("Look.", "Mend."),
        runbook="anchor",
    )
    assert alert.documentation() == (
        "It is wrong.\n\n1. Look.\n2. Mend.\n\nRunbook: docs/runbook.md#anchor"
    )
