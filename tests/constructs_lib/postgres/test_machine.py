"""Postgres on a machine: who reaches it, and what outlives it."""

from __future__ import annotations

from tests.support import Stacks, of_type


def test_the_database_answers_the_connector_of_cloud_run_alone(stacks: Stacks) -> None:
    rules = of_type(stacks["dev-data"], "google_compute_firewall")
    rule = rules["postgres_machine_allow_clients"]
    assert rule["allow"] == [{"protocol": "tcp", "ports": ["5432"]}]
    assert rule["source_ranges"] == ["10.8.0.0/28"]


def test_the_snapshots_outlive_the_disk_and_reach_back_a_week(stacks: Stacks) -> None:
    data = stacks["dev-data"]
    policy = of_type(data, "google_compute_resource_policy")["postgres_machine_snapshots"]
    retention = policy["snapshot_schedule_policy"]["retention_policy"]
    assert retention["on_source_disk_delete"] == "KEEP_AUTO_SNAPSHOTS"
    assert retention["max_retention_days"] >= 7
    assert of_type(data, "google_compute_disk_resource_policy_attachment")
