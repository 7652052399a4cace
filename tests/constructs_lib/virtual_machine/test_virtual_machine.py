"""A machine is reached by its clients and by people with a Google identity, and by nobody else."""

from __future__ import annotations

import pytest

from tests.support import Stacks, of_type


def test_a_machine_is_shielded_and_known_to_os_login_only(stacks: Stacks) -> None:
    machine = of_type(stacks["dev-data"], "google_compute_instance")["postgres_machine_instance"]
    assert set(machine["shielded_instance_config"].values()) == {True}
    assert machine["metadata"]["enable-oslogin"] == "true"
    assert machine["metadata"]["block-project-ssh-keys"] == "true"
    assert machine["metadata"]["serial-port-enable"] == "false"


@pytest.mark.parametrize(("name", "machine"), [("dev", "postgres"), ("staging", "telemetry")])
def test_a_machine_that_vanished_raises_an_alert(name: str, machine: str, stacks: Stacks) -> None:
    alerts = of_type(stacks[f"{name}-monitoring"], "google_monitoring_alert_policy")
    down = alerts[f"monitoring_beep_{machine}_down"]["conditions"][0]["condition_threshold"]
    assert down["evaluation_missing_data"] == "EVALUATION_MISSING_DATA_ACTIVE"
    assert down["comparison"] == "COMPARISON_LT"


@pytest.mark.parametrize(("name", "machine"), [("dev", "postgres"), ("staging", "telemetry")])
def test_a_data_disk_that_fills_up_raises_an_alert(name: str, machine: str, stacks: Stacks) -> None:
    (instance,) = of_type(stacks[f"{name}-data"], "google_compute_instance").values()
    assert instance["metadata"]["google-monitoring-enabled"] == "true"
    alerts = of_type(stacks[f"{name}-monitoring"], "google_monitoring_alert_policy")
    full = alerts[f"monitoring_beep_{machine}_disk"]["conditions"][0]["condition_threshold"]
    assert f'"{instance["name"]}"' in full["filter"]
    assert full["filter"] == f'{full["denominator_filter"]} AND metric.labels.state = "used"'


@pytest.mark.parametrize(("name", "machine"), [("dev", "postgres"), ("staging", "telemetry")])
def test_a_machine_has_one_image_and_an_alert_tells_when_it_is_old(
    name: str, machine: str, stacks: Stacks
) -> None:
    (instance,) = of_type(stacks[f"{name}-data"], "google_compute_instance").values()
    image = instance["boot_disk"]["initialize_params"]["image"]
    assert "/family/" not in image
    alerts = of_type(stacks[f"{name}-monitoring"], "google_monitoring_alert_policy")
    old = alerts[f"monitoring_beep_{machine}_old"]["conditions"][0]["condition_threshold"]
    assert old["threshold_value"] == 60 * 86400
    assert f'"{instance["name"]}"' in old["filter"]


def test_what_a_machine_accepts_is_logged(stacks: Stacks) -> None:
    for name in ("dev-data", "staging-data"):
        rules = of_type(stacks[name], "google_compute_firewall")
        assert rules
        for address, rule in rules.items():
            assert "log_config" in rule, address
