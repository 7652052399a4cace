"""Which services answer everybody."""

from __future__ import annotations

from pathlib import Path
from typing import Any

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


def _public(stack: dict[str, Any]) -> set[str]:
    """Return the services that ask nobody for an identity; each says whether it does."""
    services = of_type(stack, SERVICE)
    return {name for name, service in services.items() if service["invoker_iam_disabled"]}


@EVERY_ENVIRONMENT
def test_nothing_but_the_services_is_public(
    name: str, stacks: Stacks, configuration: Configuration
) -> None:
    for stack in (s for key, s in stacks.items() if key.startswith(f"{name}-")):
        for kind, address, arguments in resources(stack):
            granted = {"allUsers", "allAuthenticatedUsers"} & set(strings(arguments))
            assert not granted, f"{kind}.{address}: an organization may refuse the grant"
    hosts = public_hosts(configuration.environment(name).settings)
    assert _public(stacks[f"{name}-services"]) == {
        f"cloud_run_beep_{host.service.entry.input_name}" for host in hosts
    }


def test_a_service_can_be_closed_while_the_others_stay_open(tmp_path: Path) -> None:
    stacks = synthesized_with(
        tmp_path, ("prod", "cpu = 4", "cpu = 4\nallow_unauthenticated = false")
    )
    assert _public(stacks["prod-services"]) == {
        f"cloud_run_beep_{name}" for name in ("web", "todox", "marketing", "otel_collector")
    }
    checks = of_type(stacks["prod-monitoring"], "google_monitoring_uptime_check_config")
    assert "monitoring_beep_api_uptime" not in checks
