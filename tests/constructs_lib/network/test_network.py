"""The network lets in what a rule names, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from environments import Configuration
from tests.support import EVERY_ENVIRONMENT, Stacks, of_type, synthesized_with, workloads

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


NAT = "google_compute_router_nat"


def _ways_out(stacks: Stacks, name: str) -> dict[str, str]:
    """Return what goes through the VPC, of each workload that reaches it."""
    ways = {}
    for address, workload in workloads(stacks, name).items():
        template = workload["template"]
        if access := template.get("template", template).get("vpc_access"):
            ways[address] = access["egress"]
    return ways


def test_calls_leave_from_reserved_addresses_where_that_is_asked(stacks: Stacks) -> None:
    foundation = stacks["staging-foundation"]
    (nat,) = of_type(foundation, NAT).values()
    reserved = of_type(foundation, "google_compute_address")
    external = [f"${{google_compute_address.{name}.id}}" for name in reserved]
    assert nat["nat_ips"] == external
    # Google would choose addresses of its own, and change them.
    assert nat["nat_ip_allocate_option"] == "MANUAL_ONLY"
    assert nat["min_ports_per_vm"] == 512
    assert nat["subnetwork"][0]["name"] == "${google_compute_subnetwork.network_subnet.id}"
    for address in reserved.values():
        assert address["address_type"] == "EXTERNAL"
        # They are on the lists of others.
        assert address["lifecycle"]["prevent_destroy"] is True
    assert len(foundation["output"]["egress_addresses"]["value"]) == len(reserved) == 1
    ways = _ways_out(stacks, "staging")
    assert len(ways) > 3
    assert set(ways.values()) == {"ALL_TRAFFIC"}


@pytest.mark.parametrize("name", ["dev", "prod"])
def test_elsewhere_only_calls_of_private_addresses_take_the_vpc(name: str, stacks: Stacks) -> None:
    assert not of_type(stacks[f"{name}-foundation"], NAT)
    assert "egress_addresses" not in stacks[f"{name}-foundation"].get("output", {})
    assert set(_ways_out(stacks, name).values()) == {"PRIVATE_RANGES_ONLY"}


def test_another_address_leaves_the_first_in_place(stacks: Stacks, tmp_path: Path) -> None:
    after = synthesized_with(
        tmp_path, ("staging", 'egress = "nat"', 'egress = "nat"\nnat_address_count = 2')
    )
    kind = "google_compute_address"
    before, now = (of_type(s["staging-foundation"], kind) for s in (stacks, after))
    assert now == before | {"network_nat_address_2": now["network_nat_address_2"]}
    assert len(of_type(after["staging-foundation"], NAT)["network_nat_gateway"]["nat_ips"]) == 2
