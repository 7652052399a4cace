"""Whoever watches is watched: the alerts of a collector, whatever its name."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from cdktf import App

from constructs_lib.environment.stack import Stack
from constructs_lib.monitoring.monitoring import Monitoring
from constructs_lib.telemetry.alerts import (
    collector_is_down,
    collector_is_silent,
    collector_loses_data,
)
from constructs_lib.terraform import google_provider


@pytest.fixture(scope="module")
def policies(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    folder: Path = tmp_path_factory.mktemp("collector")
    app = App(outdir=str(folder))
    stack = Stack(
        app,
        "watched",
        state_bucket="bucket",
        state_prefix="watched",
    )
    google_provider(stack, project_id="beep-dev-example", region="us-central1", labels={})
    monitoring = Monitoring(
        stack,
        "monitoring",
        project_id="beep-dev-example",
        region="us-central1",
        emails=["oncall@example.com"],
        channels=lambda severity: [],
        user_labels={},
    )
    for alert in (collector_loses_data, collector_is_down, collector_is_silent):
        monitoring.alert(alert("beep-otel-collector"))
    app.synth()
    text = (folder / "stacks" / "watched" / "cdk.tf.json").read_text()
    by_address: dict[str, dict[str, Any]] = json.loads(text)["resource"][
        "google_monitoring_alert_policy"
    ]
    return by_address


@pytest.mark.parametrize(
    ("line", "lost"),
    [
        ("error internal/queue_sender.go:49 Exporting failed. Dropping data.", True),
        ("Exporting failed. Rejecting data. Try enabling sending_queue", True),
        ("sending queue is full", True),
        ("Memory usage is above soft limit. Refusing data.", True),
        ("Exporting failed. Will retry the request after interval.", False),
        ("Memory usage back within limits. Resuming normal operation.", False),
        ("Everything is ready. Begin running and processing data.", False),
    ],
)
def test_a_log_line_about_lost_data_is_an_incident(
    line: str, lost: bool, policies: dict[str, dict[str, Any]]
) -> None:
    policy = policies["monitoring_beep_otel_collector_loses_data"]
    terms = policy["conditions"][0]["condition_matched_log"]["filter"]
    assert 'service_name = "beep-otel-collector"' in terms
    patterns = re.findall(r'(textPayload|jsonPayload\.msg) =~ "([^"]+)"', terms)
    assert {field for field, _ in patterns} == {"textPayload", "jsonPayload.msg"}
    for _, pattern in patterns:
        assert (re.search(pattern, line) is not None) is lost


@pytest.mark.parametrize("name", ["gone", "silent"])
def test_nothing_at_all_is_an_incident_too(name: str, policies: dict[str, dict[str, Any]]) -> None:
    policy = policies[f"monitoring_beep_otel_collector_{name}"]
    condition = policy["conditions"][0]["condition_threshold"]
    assert condition["comparison"] == "COMPARISON_LT"
    assert condition["threshold_value"] == 1
    assert condition["evaluation_missing_data"] == "EVALUATION_MISSING_DATA_ACTIVE"
    # The API takes that choice only together with a duration.
    assert condition["duration"] != "0s"
