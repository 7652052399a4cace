"""The network lets in what a rule names, and nothing else."""

from __future__ import annotations

from environments import Configuration
from tests.support import EVERY_ENVIRONMENT, Stacks, of_type

IAP = "35.235.240.0/20"


@EVERY_ENVIRONMENT
def test_the_databases_are_reached_on_private_addresses_only(
    name: str, stacks: Stacks, configuration: Configuration
) -> None:
    data = stacks[f"{name}-data"]
    for postgres in of_type(data, "google_sql_database_instance").values():
        assert postgres["settings"]["ip_configuration"]["ipv4_enabled"] is False
        assert "authorized_networks" not in postgres["settings"]["ip_configuration"]
    for machine in of_type(data, "google_compute_instance").values():
        assert not [i for i in machine["network_interface"] if "access_config" in i]
    instances = of_type(data, "google_redis_instance")
    assert bool(instances) == configuration.environment(name).settings.enable_redis
    for redis in instances.values():
        assert redis["connect_mode"] == "PRIVATE_SERVICE_ACCESS"
        assert redis["auth_enabled"] is True


@EVERY_ENVIRONMENT
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


def test_what_the_vpc_asks_of_dns_is_logged_where_it_is_not_switched_off(stacks: Stacks) -> None:
    logged = {
        name
        for name in ("dev", "staging", "prod")
        for policy in of_type(stacks[f"{name}-foundation"], "google_dns_policy").values()
        if policy["enable_logging"]
    }
    assert logged == {"staging", "prod"}
