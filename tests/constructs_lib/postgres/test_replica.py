"""What is left when the database, or its whole region, is gone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.constructs_lib.postgres.test_cloud_sql import WITHOUT_REPLICA
from tests.support import (
    PROD_PROMISES_NOTHING,
    Stacks,
    addresses,
    edited,
    of_type,
    refused,
    synthesized_with,
    workloads,
)

INSTANCE = "google_sql_database_instance"
PRIVATE_IP = ("prod", "max_connections = 400", 'connection = "private-ip"\nmax_connections = 400')


def _instances(stacks: Stacks) -> tuple[dict[str, Any], dict[str, Any]]:
    instances = of_type(stacks["prod-data"], INSTANCE)
    return instances["postgres_instance"], instances["postgres_replica"]


def test_backups_and_replica_outlive_the_region(stacks: Stacks) -> None:
    primary, replica = _instances(stacks)
    assert primary["settings"]["backup_configuration"]["location"] == "us"
    assert replica["region"] not in {primary["region"], None}


def test_without_a_setting_backups_stay_in_the_region(stacks: Stacks) -> None:
    staging = of_type(stacks["staging-data"], INSTANCE)["postgres_instance"]
    assert staging["settings"]["backup_configuration"]["location"] == staging["region"]


def test_a_replica_follows_its_primary_and_is_what_its_primary_is(stacks: Stacks) -> None:
    primary, replica = _instances(stacks)
    assert replica["master_instance_name"] == f"${{{INSTANCE}.postgres_instance.name}}"
    assert replica["database_version"] == primary["database_version"]
    # Google refuses other editions, and a replica with fewer connections does not start.
    for same in ("edition", "database_flags", "ip_configuration", "insights_config", "disk_type"):
        assert replica["settings"][same] == primary["settings"][same], same
    assert "backup_configuration" not in replica["settings"]


def test_a_replica_is_as_hard_to_lose_as_its_primary(stacks: Stacks) -> None:
    _, replica = _instances(stacks)
    assert replica["lifecycle"]["prevent_destroy"] is True
    assert replica["deletion_protection"] is True
    assert replica["settings"]["deletion_protection_enabled"] is True


def test_with_a_replica_a_client_still_needs_a_certificate(stacks: Stacks) -> None:
    # Google makes no replica of a private instance that takes connectors only.
    for instance in _instances(stacks):
        settings = instance["settings"]
        assert settings["connector_enforcement"] == "NOT_REQUIRED"
        assert settings["ip_configuration"]["ssl_mode"] == "TRUSTED_CLIENT_CERTIFICATE_REQUIRED"
        assert settings["ip_configuration"]["ipv4_enabled"] is False


def test_a_replica_that_falls_behind_raises_an_alert(stacks: Stacks) -> None:
    _, replica = _instances(stacks)
    alerts = of_type(stacks["prod-monitoring"], "google_monitoring_alert_policy")
    condition = alerts["monitoring_postgres_replica_lag"]["conditions"][0]["condition_threshold"]
    assert f'"beep-prod-example:{replica["name"]}"' in condition["filter"]
    assert condition["threshold_value"] == 300


def test_a_replica_on_the_private_network_has_a_name_of_its_own(tmp_path: Path) -> None:
    data = synthesized_with(tmp_path, PRIVATE_IP)["prod-data"]
    record = of_type(data, "google_dns_record_set")["postgres_replica_dns_record"]
    assert record["name"] == "postgres-replica.prod.beep.internal."
    assert record["rrdatas"] == [f"${{{INSTANCE}.postgres_replica.private_ip_address}}"]
    assert data["output"]["postgres_read_replica"]["value"] == record["name"].rstrip(".")


def test_without_a_replica_only_its_own_is_gone(stacks: Stacks, tmp_path: Path) -> None:
    after = synthesized_with(tmp_path, *WITHOUT_REPLICA)
    gone = {n: g for n in after if (g := addresses(stacks[n]) - addresses(after[n]))}
    assert gone == {
        "prod-data": {f"{INSTANCE}.postgres_replica"},
        "prod-monitoring": {"google_monitoring_alert_policy.monitoring_postgres_replica_lag"},
    }
    assert {n for n in after if after[n] != stacks[n]} == gone.keys()


def test_a_restored_database_gets_a_replica_of_another_name(tmp_path: Path) -> None:
    edit = ("prod", "max_connections = 400", 'instance_name = "beep-again"\nmax_connections = 400')
    _, replica = _instances(synthesized_with(tmp_path, edit))
    assert replica["name"] == "beep-again-replica"


def test_a_promoted_replica_is_where_it_was(tmp_path: Path) -> None:
    after = synthesized_with(
        tmp_path,
        (
            "prod",
            "max_connections = 400",
            'instance_name = "beep-prod-replica"\nregion = "us-east1"\nmax_connections = 400',
        ),
        ("prod", "[postgres.read_replica]\nregion = ", "[postgres.read_replica]\n# region = "),
        ("prod", 'backup_location = "us"', ""),
        PROD_PROMISES_NOTHING,
    )
    primary, replica = _instances(after)
    assert (primary["region"], replica["region"]) == ("us-east1", "us-central1")
    assert primary["settings"]["backup_configuration"]["location"] == "us-east1"
    for name, workload in workloads(after, "prod").items():
        text = json.dumps(workload)
        assert "beep-prod-example:us-central1:" not in text, name
        assert ("beep-prod-example:us-east1:beep-prod-replica" in text) is ("--private-ip" in text)


def test_what_is_lost_with_the_region_is_reckoned_from_where_the_instance_is(
    tmp_path: Path,
) -> None:
    moved = (
        "prod",
        "max_connections = 400",
        'instance_name = "beep-prod-replica"\nregion = "us-east1"\nmax_connections = 400',
    )
    # The replica of prod is in us-east1, so that nothing but a daily backup outlives that region.
    error = str(refused(edited(tmp_path, moved)))
    assert "recovery.region.rpo_minutes" in error
    assert "1440 minutes are lost; what brings it back: a daily backup outside the region" in error
