"""What must never be lost, and is never reached from outside."""

from __future__ import annotations

from pathlib import Path

import pytest

from environments import Environment
from tests.intents.common import EVERY_ENVIRONMENT, made
from tests.support import (
    Stacks,
    of_type,
    resources,
)

WITHOUT_REPLICA = ("prod", '[postgres.read_replica]\nregion = "us-east1"\n', "")


@EVERY_ENVIRONMENT
def test_the_databases_are_reached_on_private_addresses_only(name: str, stacks: Stacks) -> None:
    data = stacks[f"{name}-data"]
    for postgres in of_type(data, "google_sql_database_instance").values():
        assert postgres["settings"]["ip_configuration"]["ipv4_enabled"] is False
        assert "authorized_networks" not in postgres["settings"]["ip_configuration"]
    for machine in of_type(data, "google_compute_instance").values():
        assert not [i for i in machine["network_interface"] if "access_config" in i]
    redis = of_type(data, "google_redis_instance")["redis_instance"]
    assert redis["connect_mode"] == "PRIVATE_SERVICE_ACCESS"
    assert redis["auth_enabled"] is True


@pytest.mark.parametrize("name", ["staging", "prod"])
def test_stateful_resources_cannot_be_destroyed(name: str, stacks: Stacks) -> None:
    protected = {
        "google_sql_database_instance",
        "google_redis_instance",
        "google_compute_network",
        "google_compute_global_address",
        "google_service_networking_connection",
    }
    seen = set()
    for part in ("foundation", "data"):
        for kind, address, arguments in resources(stacks[f"{name}-{part}"]):
            if kind in protected:
                seen.add(kind)
                assert arguments["lifecycle"]["prevent_destroy"] is True, address
    assert seen == protected
    instance = of_type(stacks[f"{name}-data"], "google_sql_database_instance")["postgres_instance"]
    assert instance["deletion_protection"] is True
    assert instance["settings"]["deletion_protection_enabled"] is True


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
    data = made(tmp_path, WITHOUT_REPLICA)["prod-data"]
    settings = of_type(data, "google_sql_database_instance")["postgres_instance"]["settings"]
    assert settings["connector_enforcement"] == "REQUIRED"
    assert settings["ip_configuration"]["ssl_mode"] == "TRUSTED_CLIENT_CERTIFICATE_REQUIRED"


def test_the_redis_url_has_its_password_where_clients_look_for_it(stacks: Stacks) -> None:
    prod = of_type(stacks["prod-data"], "google_secret_manager_secret_version")["redis_url"]
    dev = of_type(stacks["dev-data"], "google_secret_manager_secret_version")["redis_url"]
    assert prod["secret_data_wo"].startswith("rediss://:${google_redis_instance.")
    assert dev["secret_data_wo"].startswith("redis://:${google_redis_instance.")
    assert prod["secret_data_wo"].endswith(".port}")


def test_the_applications_do_not_own_the_schema(prod: Environment, stacks: Stacks) -> None:
    users = of_type(stacks["prod-data"], "google_sql_user")
    assert [user["name"] for user in users.values()] == ["beep_owner"]
    user = prod.apps["api"].values["DB_PG_USER"]
    assert user == "beep_app"
