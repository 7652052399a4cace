"""What must never be lost, and is never reached from outside."""

from __future__ import annotations

from pathlib import Path

import pytest

from environments import Environment
from tests.support import Stacks, of_type, synthesized_with

WITHOUT_REPLICA = ("prod", '[postgres.read_replica]\nregion = "us-east1"\n', "")


@pytest.mark.parametrize("name", ["staging", "prod"])
def test_postgres_can_be_restored_to_a_point_in_time(name: str, stacks: Stacks) -> None:
    data = stacks[f"{name}-data"]
    settings = of_type(data, "google_sql_database_instance")["postgres_instance"]["settings"]
    backup = settings["backup_configuration"]
    assert backup["enabled"] is True
    assert backup["point_in_time_recovery_enabled"] is True
    assert backup["transaction_log_retention_days"] >= 1
    assert settings["edition"] == "ENTERPRISE"


def test_a_proxied_database_refuses_every_other_client(tmp_path: Path) -> None:
    data = synthesized_with(tmp_path, WITHOUT_REPLICA)["prod-data"]
    settings = of_type(data, "google_sql_database_instance")["postgres_instance"]["settings"]
    assert settings["connector_enforcement"] == "REQUIRED"
    assert settings["ip_configuration"]["ssl_mode"] == "TRUSTED_CLIENT_CERTIFICATE_REQUIRED"


def test_the_applications_do_not_own_the_schema(prod: Environment, stacks: Stacks) -> None:
    users = of_type(stacks["prod-data"], "google_sql_user")
    assert [user["name"] for user in users.values()] == ["beep_owner"]
    user = prod.apps["api"].values["DB_PG_USER"]
    assert user == "beep_app"
