"""Who in the pipeline may do what: the permissions of its accounts, from what the stacks demand.

The deployer and the planner have custom roles. What a role holds follows from ``demands.toml``, so
a type of resource that is added there is in the roles, and one that is taken out is not.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from constructs_lib.pipeline.demands import BOOTSTRAP, demands

GRANTS_ROLES = "roles/resourcemanager.projectIamAdmin"

APART = {
    "artifactregistry.repositories.downloadArtifacts": "on the repository of images alone",
    "iam.serviceAccounts.actAs": "on the account of each workload alone",
    "resourcemanager.projects.setIamPolicy": f"with {GRANTS_ROLES}, whose condition names the "
    "roles that may be given",
}
"""What a deployer needs and its own role does not hold: where it is granted instead."""

GRANTABLE_ROLES = (
    "roles/cloudsql.client",
    "roles/cloudsql.instanceUser",
    "roles/cloudsql.studioUser",
    "roles/logging.logWriter",
    "roles/monitoring.metricWriter",
)
"""The roles on the whole project that a deployer may give, and take."""

BOOTSTRAP_ROLES = (
    "roles/artifactregistry.admin",
    "roles/cloudscheduler.admin",
    "roles/iam.roleAdmin",
    "roles/iam.serviceAccountAdmin",
    "roles/iam.serviceAccountUser",
    "roles/iam.workloadIdentityPoolAdmin",
    "roles/logging.configWriter",
    "roles/monitoring.editor",
    GRANTS_ROLES,
    "roles/serviceusage.serviceUsageAdmin",
    "roles/storage.admin",
    "roles/workflows.admin",
)
"""What people need who apply the bootstrap."""

PLANNED_PARTS = ("foundation", "migrations", "services", "monitoring")
"""The stacks that a pull request may plan. The state of the others holds secrets."""

WATCHED_PARTS = (*PLANNED_PARTS, "data")
"""The stacks that are planned each day for drift, by code of the default branch alone. The budget
is a person's, with rights on the billing account."""


@dataclass(frozen=True, slots=True)
class CustomRole:
    """A role of ours in an environment's project."""

    construct_id: str
    role_id: str
    description: str
    permissions: tuple[str, ...]


def deployer_roles() -> tuple[CustomRole, ...]:
    """Return the roles with which a deployer manages its environment's project."""
    table = demands()
    needed = {
        permission
        for demand in table.types.values()
        if demand.on is None and set(demand.parts) - {BOOTSTRAP}
        for permission in demand.every_call
    }
    added = {p for beyond in table.beyond if beyond.role == "deployer" for p in beyond.permissions}
    return _roles("deployer", "Deploys from GitHub", (needed | added) - APART.keys())


def planner_roles() -> tuple[CustomRole, ...]:
    """Return the roles with which pull requests read an environment's project."""
    read = {p for demand in demands().of_parts(*PLANNED_PARTS) for p in demand.read}
    return _roles("planner", "Refreshes what pull requests plan", read)


def drift_roles() -> tuple[CustomRole, ...]:
    """Return the roles with which scheduled jobs read an environment's project."""
    read = {p for demand in demands().of_parts(*WATCHED_PARTS) for p in demand.read}
    return _roles("drift", "Refreshes what is planned for drift", read)


def content() -> frozenset[str]:
    """Return the permissions that reach what is inside of resources: payloads, rows, log lines."""
    return frozenset(p for demand in demands().types.values() for p in demand.content)


def _roles(role_id: str, description: str, permissions: Iterable[str]) -> tuple[CustomRole, ...]:
    """Return one role, and another one for what IAM might refuse in a custom role."""
    wanted, unlisted = set(permissions), demands().unlisted.keys()
    parts = (
        ("project", role_id, wanted - unlisted),
        ("unlisted", f"{role_id}.unlisted", wanted & unlisted),
    )
    return tuple(
        CustomRole(construct_id, name, description, tuple(sorted(held)))
        for construct_id, name, held in parts
        if held
    )
