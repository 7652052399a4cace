"""Every workload is somebody, and nobody may do more than is needed."""

from __future__ import annotations

import re

from tests.support import (
    ENVIRONMENTS,
    EVERY_ENVIRONMENT,
    Stacks,
    machines,
    of_type,
    resources,
    workloads,
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
            assert not re.fullmatch("google_.*_iam_(binding|policy)", kind), f"{kind}.{name}"
            assert arguments.get("role") not in {"roles/owner", "roles/editor", "roles/viewer"}


def test_the_only_role_of_a_service_on_its_project_is_the_cloud_sql_client(stacks: Stacks) -> None:
    for name in ENVIRONMENTS:
        of_machines = {machine["name"] for machine in machines(stacks, name).values()}
        grants = of_type(stacks[f"{name}-foundation"], "google_project_iam_member")
        for address, grant in grants.items():
            if grant["member"].startswith("group:"):
                # People who read: tests/constructs_lib/postgres/test_cloud_sql.py.
                continue
            account = address.removeprefix("service_accounts_").replace("_", "-")
            if any(account.startswith(f"{machine}-") for machine in of_machines):
                # What a machine tells about itself.
                assert grant["role"] in {"roles/logging.logWriter", "roles/monitoring.metricWriter"}
            else:
                assert grant["role"] == "roles/cloudsql.client"
