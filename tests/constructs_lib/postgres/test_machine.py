"""Postgres on a machine: who reaches it, and what outlives it."""

from __future__ import annotations

from tests.support import JOB, Stacks, app_container, machines, of_type


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


def test_the_key_is_for_the_server_alone(stacks: Stacks) -> None:
    script = machines(stacks, "dev")["postgres_machine_instance"]["metadata_startup_script"]
    assert "readonly user=999\n" in script
    assert "secrets/beep-db-pg-server-tls/versions/1 server.pem\n" in script


def test_the_jobs_check_the_certificate_of_the_server(stacks: Stacks) -> None:
    jobs = of_type(stacks["dev-migrations"], JOB)
    path = "/etc/beep/postgres/server-ca.pem"
    for job, expected in (
        ("beep_db_bootstrap", {"PGSSLMODE": "verify-full", "PGSSLROOTCERT": path}),
        ("beep_migrate", {"NODE_EXTRA_CA_CERTS": path}),
    ):
        resource = jobs[f"cloud_run_{job}"]
        container = app_container(resource)
        variables = {v["name"]: v.get("value") for v in container["env"]}
        assert expected.items() <= variables.items()
        (mount,) = container["volume_mounts"]
        (volume,) = resource["template"]["template"]["volumes"]
        assert (mount["mount_path"], mount["name"]) == (path.rpartition("/")[0], volume["name"])
        assert volume["secret"]["secret"] == "beep-db-pg-server-ca"
        assert [item["path"] for item in volume["secret"]["items"]] == ["server-ca.pem"]
