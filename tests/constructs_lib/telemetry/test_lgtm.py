"""The telemetry server: who may look, and what is kept for how long."""

from __future__ import annotations

from typing import Any

from tests.support import Stacks, of_type


def _machine(stacks: Stacks) -> dict[str, Any]:
    return of_type(stacks["staging-data"], "google_compute_instance")["telemetry_instance"]


def test_the_server_is_private_and_people_come_through_the_tunnel(stacks: Stacks) -> None:
    (interface,) = _machine(stacks)["network_interface"]
    assert "access_config" not in interface
    assert "ipv6_access_config" not in interface
    firewalls = of_type(stacks["staging-data"], "google_compute_firewall")
    opened = {
        rule["allow"][0]["ports"][0]: rule["source_ranges"]
        for name, rule in firewalls.items()
        if name.startswith("telemetry_")
    }
    network = of_type(stacks["staging-foundation"], "google_compute_subnetwork")["network_subnet"]
    assert opened == {
        "4318": [network["ip_cidr_range"]],
        "3000": ["35.235.240.0/20"],
        "22": ["35.235.240.0/20"],
    }


def test_nobody_looks_at_grafana_without_the_password(stacks: Stacks) -> None:
    script = _machine(stacks)["metadata_startup_script"]
    assert "GF_AUTH_ANONYMOUS_ENABLED=false" in script
    assert "$__file{/run/secrets/grafana-admin-password}" in script
    assert "secrets/beep-grafana-admin-password/versions/1" in script
    # Also where the database of Grafana exists already: a rotation has to get there.
    assert "reset-admin-password --password-from-stdin" in script


def test_what_was_collected_outlives_the_machine(stacks: Stacks) -> None:
    data = stacks["staging-data"]
    disk = of_type(data, "google_compute_disk")["telemetry_data"]
    assert disk["lifecycle"]["prevent_destroy"] is True
    schedule = of_type(data, "google_compute_resource_policy")["telemetry_snapshots"]
    retention = schedule["snapshot_schedule_policy"]["retention_policy"]
    assert retention["max_retention_days"] >= 7
    assert retention["on_source_disk_delete"] == "KEEP_AUTO_SNAPSHOTS"
    attached = of_type(data, "google_compute_disk_resource_policy_attachment")
    assert "telemetry_snapshots_of_data" in attached
    assert ":/data" in _machine(stacks)["metadata_startup_script"]


def test_all_three_signals_are_kept_equally_long(stacks: Stacks) -> None:
    script = _machine(stacks)["metadata_startup_script"]
    for argument in (
        "-store.retention=336h -compactor.retention-enabled=true",
        "--storage.tsdb.retention.time=336h",
        "-backend-worker.compaction.block-retention=336h",
        "-backend-scheduler.provider.work.compaction.block-retention=336h",
    ):
        assert argument in script
