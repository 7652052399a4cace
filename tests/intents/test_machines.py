"""A machine is reached by its clients and by people with a Google identity, and by nobody else."""

from __future__ import annotations

import pytest

from tests.support import ENVIRONMENTS, Stacks, of_type

IAP = "35.235.240.0/20"


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_a_network_refuses_what_no_rule_allows(name: str, stacks: Stacks) -> None:
    rule = of_type(stacks[f"{name}-foundation"], "google_compute_firewall")["network_deny_ingress"]
    assert rule["deny"] == [{"protocol": "all"}]
    assert rule["source_ranges"] == ["0.0.0.0/0"]
    assert rule["priority"] == 65534
    assert "log_config" in rule


def test_no_rule_is_open_to_the_world_or_holds_for_all_machines(stacks: Stacks) -> None:
    for stack in stacks.values():
        for rule in of_type(stack, "google_compute_firewall").values():
            if "allow" in rule:
                assert "0.0.0.0/0" not in rule["source_ranges"]
                assert rule["target_service_accounts"]
                if rule["allow"][0]["ports"] == ["22"]:
                    assert rule["source_ranges"] == [IAP]


def test_the_database_answers_the_connector_of_cloud_run_alone(stacks: Stacks) -> None:
    rules = of_type(stacks["dev-data"], "google_compute_firewall")
    rule = rules["postgres_machine_allow_clients"]
    assert rule["allow"] == [{"protocol": "tcp", "ports": ["5432"]}]
    assert rule["source_ranges"] == ["10.8.0.0/28"]


def test_a_machine_is_shielded_and_known_to_os_login_only(stacks: Stacks) -> None:
    machine = of_type(stacks["dev-data"], "google_compute_instance")["postgres_machine_instance"]
    assert set(machine["shielded_instance_config"].values()) == {True}
    assert machine["metadata"]["enable-oslogin"] == "true"
    assert machine["metadata"]["block-project-ssh-keys"] == "true"
    assert machine["metadata"]["serial-port-enable"] == "false"


def test_the_snapshots_outlive_the_disk_and_reach_back_a_week(stacks: Stacks) -> None:
    data = stacks["dev-data"]
    policy = of_type(data, "google_compute_resource_policy")["postgres_machine_snapshots"]
    retention = policy["snapshot_schedule_policy"]["retention_policy"]
    assert retention["on_source_disk_delete"] == "KEEP_AUTO_SNAPSHOTS"
    assert retention["max_retention_days"] >= 7
    assert of_type(data, "google_compute_disk_resource_policy_attachment")


@pytest.mark.parametrize(("name", "machine"), [("dev", "postgres"), ("staging", "telemetry")])
def test_a_machine_that_vanished_is_told(name: str, machine: str, stacks: Stacks) -> None:
    alerts = of_type(stacks[f"{name}-monitoring"], "google_monitoring_alert_policy")
    down = alerts[f"monitoring_beep_{machine}_down"]["conditions"][0]["condition_threshold"]
    assert down["evaluation_missing_data"] == "EVALUATION_MISSING_DATA_ACTIVE"
    assert down["comparison"] == "COMPARISON_LT"


@pytest.mark.parametrize(("name", "machine"), [("dev", "postgres"), ("staging", "telemetry")])
def test_a_data_disk_that_fills_up_is_told(name: str, machine: str, stacks: Stacks) -> None:
    (instance,) = of_type(stacks[f"{name}-data"], "google_compute_instance").values()
    assert instance["metadata"]["google-monitoring-enabled"] == "true"
    alerts = of_type(stacks[f"{name}-monitoring"], "google_monitoring_alert_policy")
    full = alerts[f"monitoring_beep_{machine}_disk"]["conditions"][0]["condition_threshold"]
    assert f'"{instance["name"]}"' in full["filter"]
    assert full["filter"] == f'{full["denominator_filter"]} AND metric.labels.state = "used"'
