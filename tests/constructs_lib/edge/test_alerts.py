"""What the load balancer and Cloud Armor see, and failing sign-ins, reach somebody."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.support import Stacks, of_type, synthesized_with

BEHIND_LOAD_BALANCER = pytest.mark.parametrize("name", ["staging", "prod"])
OF_THE_EDGE = ("edge_errors", "armor_denials", "sign_in_failures")


def _alerts(stacks: Stacks, name: str) -> dict[str, dict[str, Any]]:
    policies = of_type(stacks[f"{name}-monitoring"], "google_monitoring_alert_policy")
    return {
        address.removeprefix("monitoring_"): policy
        for address, policy in policies.items()
        if address.endswith(OF_THE_EDGE)
    }


def _threshold(condition: dict[str, Any]) -> dict[str, Any]:
    threshold: dict[str, Any] = condition["condition_threshold"]
    return threshold


def _listed(terms: str) -> list[str]:
    [names] = re.findall(r"one_of\(([^)]*)\)", terms)
    return re.findall(r'"([^"]+)"', names)


@BEHIND_LOAD_BALANCER
def test_every_backend_that_people_reach_is_watched_once(name: str, stacks: Stacks) -> None:
    backends = of_type(stacks[f"{name}-services"], "google_compute_backend_service").values()
    # A candidate has errors without anybody seeing them: that is what it is for.
    reached = {b["name"] for b in backends if not b["name"].endswith("-candidate")}
    assert len(reached) >= 5
    watched: list[str] = []
    for address, alert in _alerts(stacks, name).items():
        if address.endswith("edge_errors"):
            names = _listed(_threshold(alert["conditions"][0])["filter"])
            assert {n.removesuffix("-static") for n in names} == {alert["user_labels"]["service"]}
            watched += names
    assert sorted(watched) == sorted(reached)


@BEHIND_LOAD_BALANCER
def test_a_few_errors_of_few_requests_wake_nobody(name: str, stacks: Stacks) -> None:
    alert = _alerts(stacks, name)["beep_api_edge_errors"]
    assert alert["combiner"] == "AND"
    ratio, floor = map(_threshold, alert["conditions"])
    errors = "metric.labels.response_code_class = 500"
    assert ratio["filter"] == f"{ratio['denominator_filter']} AND {errors}"
    assert ratio["threshold_value"] == 0.05
    # All requests, whatever the answer, over the same time.
    assert floor["filter"] == ratio["denominator_filter"]
    assert "loadbalancing.googleapis.com/https/request_count" in floor["filter"]
    assert (floor["comparison"], floor["threshold_value"]) == ("COMPARISON_GT", 99)
    [counted], [rated] = floor["aggregations"], ratio["aggregations"]
    assert counted["per_series_aligner"] == "ALIGN_DELTA"
    assert counted["alignment_period"] == rated["alignment_period"] == "300s"


@BEHIND_LOAD_BALANCER
def test_what_any_policy_refuses_is_counted_and_previews_are_not(name: str, stacks: Stacks) -> None:
    policies = of_type(stacks[f"{name}-services"], "google_compute_security_policy").values()
    [condition] = _alerts(stacks, name)["armor_denials"]["conditions"]
    threshold = _threshold(condition)
    assert sorted(_listed(threshold["filter"])) == sorted(p["name"] for p in policies)
    assert (
        'metric.type = "networksecurity.googleapis.com/https/request_count"'
        in (threshold["filter"])
    )
    assert 'metric.labels.blocked = "true"' in threshold["filter"]
    assert threshold["aggregations"][0]["group_by_fields"] == ["resource.label.policy_name"]


@BEHIND_LOAD_BALANCER
def test_failed_attempts_to_sign_in_are_those_that_armor_counts(name: str, stacks: Stacks) -> None:
    metrics = of_type(stacks[f"{name}-monitoring"], "google_logging_metric")
    terms = metrics["monitoring_failed_sign_ins"]["filter"]
    [armor] = [
        rule["match"]["expr"]["expression"]
        for policy in of_type(stacks[f"{name}-services"], "google_compute_security_policy").values()
        for rule in policy["rule"]
        if rule["action"] == "rate_based_ban"
    ]
    assert "request.method == 'POST'" in armor
    assert 'httpRequest.requestMethod = "POST"' in terms
    [path] = re.findall(r"startsWith\('([^']+)'\)", armor)
    assert f'httpRequest.requestUrl : "{path}"' in terms
    assert "httpRequest.status >= 400" in terms
    # The load balancer's log may be a sample.
    assert 'log_id("run.googleapis.com/requests")' in terms
    assert 'resource.labels.service_name = "beep-api"' in terms


def test_an_alert_on_a_metric_that_is_not_there_yet_can_be_made(stacks: Stacks) -> None:
    metric = of_type(stacks["prod-monitoring"], "google_logging_metric")[
        "monitoring_failed_sign_ins"
    ]
    [condition] = _alerts(stacks, "prod")["sign_in_failures"]["conditions"]
    query = condition["condition_prometheus_query_language"]
    assert query["disable_metric_validation"] is True
    name = metric["name"].replace("-", "_")
    series = f'logging_googleapis_com:user_{name}{{monitored_resource="cloud_run_revision"}}'
    assert query["query"] == f"sum(increase({series}[300s])) > 100"


def test_without_a_load_balancer_nothing_of_it_is_watched(stacks: Stacks) -> None:
    assert "google_compute_backend_service" not in stacks["dev-services"]["resource"]
    assert not _alerts(stacks, "dev")
    metrics = of_type(stacks["dev-monitoring"], "google_logging_metric")
    assert "monitoring_failed_sign_ins" not in metrics


def test_the_numbers_are_those_of_the_file(tmp_path: Path) -> None:
    table = "edge_minimum_requests = 40\narmor_denials = 50\nsign_in_failures = 60\n"
    alerts = _alerts(
        synthesized_with(tmp_path, ("prod", "[alerts]\n", f"[alerts]\n{table}")), "prod"
    )
    floor = _threshold(alerts["beep_web_edge_errors"]["conditions"][1])
    assert floor["threshold_value"] == 39
    assert _threshold(alerts["armor_denials"]["conditions"][0])["threshold_value"] == 50
    [sign_in] = alerts["sign_in_failures"]["conditions"]
    assert sign_in["condition_prometheus_query_language"]["query"].endswith(" > 60")
