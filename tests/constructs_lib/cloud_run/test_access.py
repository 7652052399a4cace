"""Which services answer everybody."""

from __future__ import annotations

from pathlib import Path

from constructs_lib.edge.hosts import public_hosts
from environments import Configuration
from tests.support import (
    EVERY_ENVIRONMENT,
    SERVICE,
    Stacks,
    of_type,
    resources,
    strings,
    synthesized_with,
)


@EVERY_ENVIRONMENT
def test_nothing_but_the_services_is_public(
    name: str, stacks: Stacks, configuration: Configuration
) -> None:
    public = set()
    for stack in (s for key, s in stacks.items() if key.startswith(f"{name}-")):
        for kind, _, arguments in resources(stack):
            if {"allUsers", "allAuthenticatedUsers"} & set(strings(arguments)):
                assert kind == "google_cloud_run_v2_service_iam_member"
                assert arguments["role"] == "roles/run.invoker"
                public.add(arguments["name"])
    hosts = public_hosts(configuration.environment(name).settings)
    services = {f"cloud_run_beep_{host.service.entry.input_name}" for host in hosts}
    assert public == {f"${{{SERVICE}.{service}.name}}" for service in services}


def test_a_service_can_be_closed_while_the_others_stay_open(tmp_path: Path) -> None:
    stacks = synthesized_with(
        tmp_path, ("prod", "cpu = 2", "cpu = 2\nallow_unauthenticated = false")
    )
    members = of_type(stacks["prod-services"], "google_cloud_run_v2_service_iam_member")
    assert set(members) == {
        f"cloud_run_beep_{name}_public" for name in ("web", "todox", "marketing", "otel_collector")
    }
    checks = of_type(stacks["prod-monitoring"], "google_monitoring_uptime_check_config")
    assert "monitoring_beep_api_uptime" not in checks
