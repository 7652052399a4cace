"""Every workload is somebody, and nobody may do more than is needed."""

from __future__ import annotations

from pathlib import Path

from tests.intents.common import EVERY_ENVIRONMENT, SERVICE, machines, made, workloads
from tests.support import (
    ENVIRONMENTS,
    Stacks,
    of_type,
    resources,
    strings,
)


@EVERY_ENVIRONMENT
def test_every_workload_has_an_identity_of_its_own(name: str, stacks: Stacks) -> None:
    accounts = of_type(stacks[f"{name}-foundation"], "google_service_account")
    ids = {account["account_id"] for account in accounts.values()}
    used = []
    for workload in workloads(stacks, name).values():
        template = workload["template"].get("template", workload["template"])
        used.append(template["service_account"].split("@")[0])
        assert template["service_account"].split("@")[0] == workload["name"]
    for machine in machines(stacks, name).values():
        used.append(machine["service_account"]["email"].split("@")[0])
        assert used[-1] == machine["name"]
    assert len(used) == len(set(used))
    # Accounts that no workload runs as: what they are for is tested where they are used.
    assert ids - set(used) <= {"beep-storage", "beep-pubsub-push"}
    assert set(used) <= ids


def test_iam_is_additive_and_knows_no_basic_roles(stacks: Stacks) -> None:
    for stack in stacks.values():
        for kind, name, arguments in resources(stack):
            assert not kind.endswith(("_iam_binding", "_iam_policy")), f"{kind}.{name}"
            assert arguments.get("role") not in {"roles/owner", "roles/editor", "roles/viewer"}


def test_the_only_role_on_a_whole_project_is_the_cloud_sql_client(stacks: Stacks) -> None:
    for name in ENVIRONMENTS:
        of_machines = {machine["name"] for machine in machines(stacks, name).values()}
        grants = of_type(stacks[f"{name}-foundation"], "google_project_iam_member")
        for address, grant in grants.items():
            account = address.removeprefix("service_accounts_").replace("_", "-")
            if any(account.startswith(f"{machine}-") for machine in of_machines):
                # What a machine tells about itself.
                assert grant["role"] in {"roles/logging.logWriter", "roles/monitoring.metricWriter"}
            else:
                assert grant["role"] == "roles/cloudsql.client"


@EVERY_ENVIRONMENT
def test_nothing_but_the_services_is_public(name: str, stacks: Stacks) -> None:
    public = set()
    for stack in (s for key, s in stacks.items() if key.startswith(f"{name}-")):
        for kind, _, arguments in resources(stack):
            if {"allUsers", "allAuthenticatedUsers"} & set(strings(arguments)):
                assert kind == "google_cloud_run_v2_service_iam_member"
                assert arguments["role"] == "roles/run.invoker"
                public.add(arguments["name"])
    services = of_type(stacks[f"{name}-services"], SERVICE)
    private = {"cloud_run_beep_mcp"}
    assert public == {f"${{{SERVICE}.{service}.name}}" for service in services.keys() - private}


def test_a_service_can_be_closed_while_the_others_stay_open(tmp_path: Path) -> None:
    stacks = made(tmp_path, ("prod", "cpu = 2", "cpu = 2\nallow_unauthenticated = false"))
    members = of_type(stacks["prod-services"], "google_cloud_run_v2_service_iam_member")
    assert set(members) == {
        f"cloud_run_beep_{name}_public" for name in ("web", "todox", "marketing", "otel_collector")
    }
    checks = of_type(stacks["prod-monitoring"], "google_monitoring_uptime_check_config")
    assert "monitoring_beep_api_uptime" not in checks
