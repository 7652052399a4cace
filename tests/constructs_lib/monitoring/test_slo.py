"""A burn alert fires when an error budget is used up too fast, and for nothing else."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.support import SERVICE, Stacks, addresses, of_type, synthesized_with

WITH_SLO = pytest.mark.parametrize("name", ["staging", "prod"])
SLO = "google_monitoring_slo"
POLICY = "google_monitoring_alert_policy"


def _services(stacks: Stacks, name: str) -> list[str]:
    """Return the services that people use; the collector of telemetry has no SLO."""
    services = of_type(stacks[f"{name}-services"], SERVICE).values()
    return [s["name"] for s in services if s["name"] != "beep-otel-collector"]


def _burns(stacks: Stacks, name: str) -> dict[str, dict[str, Any]]:
    alerts = of_type(stacks[f"{name}-monitoring"], POLICY)
    return {address: alert for address, alert in alerts.items() if address.endswith("_burn")}


@WITH_SLO
def test_each_service_has_an_slo_of_availability_and_one_of_latency(
    name: str, stacks: Stacks
) -> None:
    objectives = of_type(stacks[f"{name}-monitoring"], SLO).values()
    ids = [(o["service"].rpartition("monitoring_")[2], o["slo_id"]) for o in objectives]
    assert len(ids) == len(set(ids)) == 2 * len(_services(stacks, name))
    for objective in objectives:
        assert 0 < objective["goal"] <= 0.9999
        assert objective["rolling_period_days"] == 30


def test_dev_has_no_slo(stacks: Stacks) -> None:
    assert not any("slo" in a or "burn" in a for a in addresses(stacks["dev-monitoring"]))


@WITH_SLO
def test_a_websocket_session_counts_neither_as_slow_nor_as_a_failure(
    name: str, stacks: Stacks
) -> None:
    for objective in of_type(stacks[f"{name}-monitoring"], SLO).values():
        indicator = objective["request_based_sli"]
        filters = [
            terms
            for kind in indicator.values()
            for terms in kind.values()
            if isinstance(terms, str)
        ]
        assert filters
        for terms in filters:
            classes = re.search(r"response_code_class = (.+)$", terms)
            assert classes is not None, "every status counts, 101 among them"
            assert "1xx" not in classes[1]


def test_a_failure_counts_against_availability_and_a_bad_call_does_not(stacks: Stacks) -> None:
    objective = of_type(stacks["prod-monitoring"], SLO)["monitoring_beep_api_slo_availability"]
    ratio = objective["request_based_sli"]["good_total_ratio"]
    assert "5xx" not in ratio["good_service_filter"]
    assert "4xx" in ratio["good_service_filter"]
    assert "5xx" in ratio["total_service_filter"]


@WITH_SLO
def test_an_objective_measures_its_own_service(name: str, stacks: Stacks) -> None:
    objectives = of_type(stacks[f"{name}-monitoring"], SLO)
    for service in _services(stacks, name):
        for kind in ("availability", "latency"):
            objective = objectives[f"monitoring_{service.replace('-', '_')}_slo_{kind}"]
            text = str(objective["request_based_sli"])
            assert set(re.findall(r'service_name = "([^"]+)"', text)) == {service}


@WITH_SLO
def test_a_burn_alert_looks_at_a_long_and_a_short_window_and_at_the_traffic(
    name: str, stacks: Stacks
) -> None:
    burns = _burns(stacks, name)
    assert len(burns) == 4 * len(_services(stacks, name))
    for address, alert in burns.items():
        assert alert["combiner"] == "AND", address
        long, short, traffic = [c["condition_threshold"] for c in alert["conditions"]]
        fast = address.endswith("fast_burn")
        objective = address.removeprefix("monitoring_").rpartition("_burn")[0].rpartition("_")[0]
        service, _, kind = objective.rpartition("_")
        for window, seconds in ((long, 3600 if fast else 21600), (short, 300 if fast else 1800)):
            assert window["filter"] == (
                "select_slo_burn_rate("
                f'"${{google_monitoring_slo.monitoring_{service}_slo_{kind}.name}}", "{seconds}s")'
            )
            assert window["threshold_value"] == (14.4 if fast else 6)
            assert "aggregations" not in window, "the API refuses them beside a selector"
        assert traffic["threshold_value"] == 99, "100 requests or more"
        assert traffic["aggregations"][0]["alignment_period"] == ("3600s" if fast else "21600s")


@WITH_SLO
def test_only_a_fast_loss_of_availability_wakes_somebody(name: str, stacks: Stacks) -> None:
    critical = {a for a, alert in _burns(stacks, name).items() if alert["severity"] == "CRITICAL"}
    assert critical == {
        f"monitoring_{service.replace('-', '_')}_availability_fast_burn"
        for service in _services(stacks, name)
    }


def test_the_fast_alert_can_fire_at_every_goal_that_is_set(stacks: Stacks) -> None:
    for name in ("staging", "prod"):
        for objective in of_type(stacks[f"{name}-monitoring"], SLO).values():
            assert (1 - objective["goal"]) * 14.4 < 1


def test_a_shorter_period_burns_the_same_share_of_the_budget(tmp_path: Path) -> None:
    after = synthesized_with(tmp_path, ("prod", "[slo]\n", "[slo]\nrolling_days = 28\n"))
    alert = _burns(after, "prod")["monitoring_beep_api_availability_fast_burn"]
    # Two percent of 28 days' budget within the hour, as 14.4 is of 30 days'.
    assert alert["conditions"][0]["condition_threshold"]["threshold_value"] == 13.44


def test_a_service_may_have_a_latency_goal_of_its_own(stacks: Stacks) -> None:
    objectives = of_type(stacks["prod-monitoring"], SLO)
    limits = {
        address: objective["request_based_sli"]["distribution_cut"]["range"]["max"]
        for address, objective in objectives.items()
        if address.endswith("latency")
    }
    assert limits.pop("monitoring_beep_api_slo_latency") == 500
    assert set(limits.values()) == {1000}
