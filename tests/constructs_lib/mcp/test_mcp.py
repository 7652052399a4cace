"""The MCP server: somebody else's, or our own that nobody calls but who was let in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support import (
    SERVICE,
    Stacks,
    addresses,
    app_container,
    of_type,
    secret_ids,
    synthesized_with,
)

MEMBER = "google_cloud_run_v2_service_iam_member"
EXTERNAL = 'mode = "external"\nurl = "https://mcp.example.com"'
DEV_URL = "https://beep-mcp-100000000001.us-central1.run.app"
MCP = "cloud_run_beep_mcp"


def _invokers(stack: dict[str, Any]) -> set[str]:
    name = f"${{{SERVICE}.{MCP}.name}}"
    return {grant["member"] for grant in of_type(stack, MEMBER).values() if grant["name"] == name}


def _mcp_url(stack: dict[str, Any], service: str = "api") -> str:
    env = app_container(of_type(stack, SERVICE)[f"cloud_run_beep_{service}"])["env"]
    url: str = next(v["value"] for v in env if v["name"] == "APP_MCP_URL")
    return url


def test_the_applications_get_the_url_of_an_external_server(stacks: Stacks) -> None:
    assert _mcp_url(stacks["prod-services"]) == "https://mcp.example.com"
    assert MCP not in of_type(stacks["prod-services"], SERVICE)


@pytest.mark.parametrize("service", ["api", "web", "todox"])
def test_our_own_server_has_an_address_before_it_is_made(service: str, stacks: Stacks) -> None:
    # A reference would order the API after the server and read what only Google knows.
    assert _mcp_url(stacks["dev-services"], service) == DEV_URL


def test_only_the_api_may_call_our_own_server(stacks: Stacks) -> None:
    assert _invokers(stacks["dev-services"]) == {
        "serviceAccount:beep-api@beep-dev-example.iam.gserviceaccount.com"
    }


def test_the_switch_that_opens_the_services_does_not_open_the_mcp_server(
    stacks: Stacks,
) -> None:
    # dev has allow_unauthenticated = true
    services = of_type(stacks["dev-services"], SERVICE)
    assert services["cloud_run_beep_api"]["invoker_iam_disabled"] is True
    assert services[MCP]["invoker_iam_disabled"] is False
    checks = of_type(stacks["dev-monitoring"], "google_monitoring_uptime_check_config")
    assert "monitoring_beep_mcp_uptime" not in checks


def test_our_own_server_is_itself_and_has_no_secrets_and_no_way_into_the_vpc(
    stacks: Stacks,
) -> None:
    template = of_type(stacks["dev-services"], SERVICE)[MCP]["template"]
    assert template["service_account"] == "beep-mcp@beep-dev-example.iam.gserviceaccount.com"
    assert "vpc_access" not in template
    assert secret_ids({"env": [], **template["containers"][0]}) == set()
    assert template["scaling"]["max_instance_count"] == 2


def test_our_own_server_is_watched(stacks: Stacks) -> None:
    alerts = of_type(stacks["dev-monitoring"], "google_monitoring_alert_policy")
    assert "monitoring_beep_mcp_errors" in alerts
    # A session streams: its length would be taken for latency.
    assert "monitoring_beep_mcp_latency" not in alerts


def test_by_default_it_takes_requests_out_of_the_vpc_only_and_callers_find_the_way(
    stacks: Stacks, tmp_path: Path
) -> None:
    after = synthesized_with(tmp_path, ("prod", EXTERNAL, 'mode = "service"'))
    service = of_type(after["prod-services"], SERVICE)[MCP]
    assert service["ingress"] == "INGRESS_TRAFFIC_INTERNAL_ONLY"
    foundation = after["prod-foundation"]
    zone = of_type(foundation, "google_dns_managed_zone")["network_cloud_run_zone"]
    assert (zone["dns_name"], zone["visibility"]) == ("run.app.", "private")
    record = of_type(foundation, "google_dns_record_set")["network_cloud_run_record"]
    assert record["name"] == "*.run.app."
    assert all(address.startswith("199.36.153.") for address in record["rrdatas"])
    subnet = of_type(foundation, "google_compute_subnetwork")["network_subnet"]
    assert subnet["private_ip_google_access"] is True
    caller = of_type(after["prod-services"], SERVICE)["cloud_run_beep_api"]["template"]
    assert caller["vpc_access"]["network_interfaces"]


def test_our_own_server_is_one_changed_line_and_adds_only_itself(
    stacks: Stacks, tmp_path: Path
) -> None:
    after = synthesized_with(tmp_path, ("prod", EXTERNAL, 'mode = "service"'))
    added = {n: a for n in after if (a := addresses(after[n]) - addresses(stacks[n]))}
    assert added == {
        "prod-foundation": {
            "google_service_account.service_accounts_beep_mcp",
            "google_service_account_iam_member.service_accounts_beep_mcp_deployer",
            "google_dns_managed_zone.network_cloud_run_zone",
            "google_dns_record_set.network_cloud_run_record",
        },
        "prod-services": {f"{SERVICE}.{MCP}", f"{MEMBER}.cloud_run_beep_mcp_beep_api"},
        "prod-monitoring": {
            "google_monitoring_alert_policy.monitoring_beep_mcp_errors",
            "google_monitoring_alert_policy.monitoring_beep_mcp_instances",
        },
    }
    assert not [n for n in after if addresses(stacks[n]) - addresses(after[n])]


def test_a_public_server_has_a_host_that_is_probed_and_given_to_the_applications(
    tmp_path: Path,
) -> None:
    after = synthesized_with(
        tmp_path,
        ("prod", EXTERNAL, 'mode = "service"\ningress = "all"\nallow_unauthenticated = true'),
        (
            "prod",
            'marketing = "www.example.com"',
            'marketing = "www.example.com"\nmcp = "m.example.com"',
        ),
    )
    assert _mcp_url(after["prod-services"]) == "https://m.example.com"
    service = of_type(after["prod-services"], SERVICE)[MCP]
    assert service["invoker_iam_disabled"] is True
    assert service["ingress"] == "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"
    checks = of_type(after["prod-monitoring"], "google_monitoring_uptime_check_config")
    assert checks["monitoring_beep_mcp_uptime"]["monitored_resource"]["labels"]["host"] == (
        "m.example.com"
    )
