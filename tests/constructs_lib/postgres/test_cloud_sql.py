"""What must never be lost, and is never reached from outside."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from constructs_lib.postgres.settings import CloudSqlPostgres
from environments import Environment
from tests.support import PROD_PROMISES_NOTHING, Stacks, of_type, synthesized_with


def _flags(stack: dict[str, Any]) -> dict[str, str]:
    instance = of_type(stack, "google_sql_database_instance")["postgres_instance"]
    return {flag["name"]: flag["value"] for flag in instance["settings"]["database_flags"]}


WITHOUT_REPLICA = (
    ("prod", '[postgres.read_replica]\nregion = "us-east1"\n', ""),
    PROD_PROMISES_NOTHING,
)


@pytest.mark.parametrize("name", ["staging", "prod"])
def test_postgres_can_be_restored_to_a_point_in_time(name: str, stacks: Stacks) -> None:
    data = stacks[f"{name}-data"]
    settings = of_type(data, "google_sql_database_instance")["postgres_instance"]["settings"]
    backup = settings["backup_configuration"]
    assert backup["enabled"] is True
    assert backup["point_in_time_recovery_enabled"] is True
    assert backup["transaction_log_retention_days"] >= 1
    assert settings["edition"] == "ENTERPRISE"


@pytest.mark.parametrize("name", ["staging", "prod"])
def test_what_is_logged_holds_no_values_of_statements(name: str, stacks: Stacks) -> None:
    flags = _flags(stacks[f"{name}-data"])
    assert flags["log_min_duration_statement"] == "-1"
    assert "log_statement" not in flags
    assert {flags[f"log_{event}"] for event in ("connections", "disconnections", "lock_waits")} == {
        "on"
    }


def test_building_an_index_may_take_a_sixteenth_of_the_memory(stacks: Stacks) -> None:
    assert _flags(stacks["prod-data"])["maintenance_work_mem"] == str(15360 // 16 * 1024)
    assert _flags(stacks["staging-data"])["maintenance_work_mem"] == str(3840 // 16 * 1024)


@pytest.mark.parametrize(
    ("tier", "memory_mib"),
    [
        ("db-g1-small", 1740),
        ("db-custom-2-7680", 7680),
        ("db-perf-optimized-N-4", 32768),
        ("db-c4a-highmem-8", 65536),
    ],
)
def test_the_memory_of_an_instance_follows_from_its_tier(tier: str, memory_mib: int) -> None:
    postgres = CloudSqlPostgres(
        engine="cloud_sql", edition="ENTERPRISE", tier=tier, availability_type="ZONAL"
    )
    assert postgres.memory_mib == memory_mib


def test_a_disk_starts_at_its_size_and_what_it_grew_to_is_no_change(stacks: Stacks) -> None:
    instances = of_type(stacks["prod-data"], "google_sql_database_instance")
    assert set(instances) == {"postgres_instance", "postgres_replica"}
    for instance in instances.values():
        assert instance["settings"]["disk_size"] == 100
        assert instance["lifecycle"]["ignore_changes"] == ["settings[0].disk_size"]


def test_an_update_reaches_staging_weeks_before_prod(stacks: Stacks) -> None:
    tracks = {
        name: of_type(stacks[f"{name}-data"], "google_sql_database_instance")["postgres_instance"][
            "settings"
        ]["maintenance_window"]["update_track"]
        for name in ("staging", "prod")
    }
    assert tracks == {"staging": "canary", "prod": "week5"}


def test_a_proxied_database_refuses_every_other_client(tmp_path: Path) -> None:
    data = synthesized_with(tmp_path, *WITHOUT_REPLICA)["prod-data"]
    settings = of_type(data, "google_sql_database_instance")["postgres_instance"]["settings"]
    assert settings["connector_enforcement"] == "REQUIRED"
    assert settings["ip_configuration"]["ssl_mode"] == "TRUSTED_CLIENT_CERTIFICATE_REQUIRED"


def test_the_applications_do_not_own_the_schema(prod: Environment, stacks: Stacks) -> None:
    users = of_type(stacks["prod-data"], "google_sql_user")
    assert [u["name"] for u in users.values() if u["type"] == "BUILT_IN"] == ["beep_owner"]
    user = prod.apps["api"].values["DB_PG_USER"]
    assert user == "beep_app"


def test_a_group_of_people_signs_in_as_itself_and_has_no_password(stacks: Stacks) -> None:
    users = of_type(stacks["prod-data"], "google_sql_user").values()
    (group,) = (user for user in users if user["type"] == "CLOUD_IAM_GROUP")
    assert group["name"] == "database-readers@example.com"
    assert not {key for key in group if "password" in key}
    assert _flags(stacks["prod-data"])["cloudsql.iam_authentication"] == "on"
    grants = of_type(stacks["prod-foundation"], "google_project_iam_member").values()
    given = {g["role"] for g in grants if g["member"] == "group:database-readers@example.com"}
    assert given == {"roles/cloudsql.instanceUser", "roles/cloudsql.studioUser"}
    (script,) = _bootstrap_arguments(stacks["prod-migrations"])
    assert 'GRANT beep_readonly TO "database-readers@example.com"' in script


def test_without_groups_the_database_takes_passwords_only(stacks: Stacks, tmp_path: Path) -> None:
    without = synthesized_with(
        tmp_path, ("prod", 'reader_groups = ["database-readers@example.com"]\n', "")
    )
    data, foundation = without["prod-data"], without["prod-foundation"]
    assert "cloudsql.iam_authentication" not in _flags(data)
    assert len(of_type(data, "google_sql_user")) == 1
    assert "group:" not in str(of_type(foundation, "google_project_iam_member"))


def test_the_login_in_use_is_named_to_applications_url_and_bootstrap_alike(
    tmp_path: Path, stacks: Stacks
) -> None:
    on_b = synthesized_with(
        tmp_path, ("prod", "max_connections = 400", 'max_connections = 400\napp_login = "b"')
    )
    for texts, login in ((stacks, "beep_app"), (on_b, "beep_app_b")):
        versions = of_type(texts["prod-data"], "google_secret_manager_secret_version")
        urls = [v["secret_data_wo"] for v in versions.values() if "postgresql" in str(v)]
        assert sum(f"//{login}:" in url for url in urls) == 1
        assert f'"name": "DB_PG_USER", "value": "{login}"' in json.dumps(texts["prod-services"])
        (script,) = _bootstrap_arguments(texts["prod-migrations"])
        assert f"ALTER ROLE {login} PASSWORD :'app_password'" in script


def _bootstrap_arguments(stack: dict[str, Any]) -> list[str]:
    job = of_type(stack, "google_cloud_run_v2_job")["cloud_run_beep_db_bootstrap"]
    (container, *_) = job["template"]["template"]["containers"]
    arguments: list[str] = container["args"]
    return arguments
