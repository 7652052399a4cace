"""The environment's project and the shared one: that they are there, and what came with them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from environments import BOOTSTRAP_FILE
from google_api import NotFound, PermissionDenied
from preflight.context import Context
from results import Result, failed, passed, warned


def project(context: Context, project_id: str) -> Iterator[Result]:
    """The project exists, is in use, and has the number that the settings name."""
    try:
        answer = context.google.get("cloudresourcemanager", f"v3/projects/{project_id}")
    except (NotFound, PermissionDenied):
        # Google does not say which: a stranger must not learn which projects there are.
        yield failed(
            "project",
            f"{project_id} does not exist, or the credentials may not see it",
            needed="a project of its own",
            fix=f"gcloud projects create {project_id}",
        )
        return
    if answer.get("state") != "ACTIVE":
        yield failed(
            "project",
            f"{project_id} is {answer.get('state')}",
            needed="a project in use",
            fix=f"gcloud projects undelete {project_id}",
        )
        return
    number = str(answer.get("name", "")).removeprefix("projects/")
    if project_id == context.settings.project_id:
        file, configured = context.file, str(context.settings.project_number)
    else:
        file, configured = f"environments/{BOOTSTRAP_FILE}", str(context.shared.project_number)
    if number != configured:
        yield failed(
            "project",
            f"{project_id} has the number {number}, the settings say {configured}",
            needed="the project's own number",
            fix=f"in {file}: project_number = {number}",
        )
        return
    yield passed("project", f"{project_id} is in use, number {number}")


def default_network(context: Context) -> Iterator[Result]:
    """The network that Google makes in a new project is gone: nothing here uses it."""
    project_id = context.settings.project_id
    try:
        context.google.get("compute", f"compute/v1/projects/{project_id}/global/networks/default")
    except NotFound:
        yield passed("default network", f"{project_id} has none")
        return
    yield warned(
        "default network",
        f"{project_id} still has the network default, open to SSH and RDP from everywhere",
        needed="only the network of the stack foundation (CIS 3.1)",
        fix="gcloud compute firewall-rules delete --quiet "
        f"--project={project_id} default-allow-icmp default-allow-internal "
        "default-allow-rdp default-allow-ssh\n"
        f"gcloud compute networks delete default --quiet --project={project_id}",
    )


def default_account(context: Context) -> Iterator[Result]:
    """Compute Engine's default account is no editor: nothing here runs as it."""
    account = f"{context.settings.project_number}-compute@developer.gserviceaccount.com"
    member = f"serviceAccount:{account}"
    roles = _roles(context, member)
    basic = sorted(roles & {"roles/editor", "roles/owner"})
    project_id = context.settings.project_id
    if not basic:
        yield passed("default account", f"{account} has no basic role")
        return
    yield warned(
        "default account",
        f"{account} has {', '.join(basic)}",
        needed="no role: whoever administers accounts could use it",
        fix="\n".join(
            f"gcloud projects remove-iam-policy-binding {project_id} --role={role} "
            f"--member={member}"
            for role in basic
        ),
    )


def run_agent(context: Context) -> Iterator[Result]:
    """Cloud Run's own account exists: the bootstrap lets it pull images."""
    number, project_id = context.settings.project_number, context.settings.project_id
    member = f"serviceAccount:service-{number}@serverless-robot-prod.iam.gserviceaccount.com"
    if "roles/run.serviceAgent" in _roles(context, member):
        yield passed("run agent", f"Cloud Run has its account in {project_id}")
        return
    yield warned(
        "run agent",
        f"Cloud Run's account has no role in {project_id}, so it may not exist",
        needed="the account, before the bootstrap grants it to pull images",
        fix=f"gcloud beta services identity create --project={project_id} "
        "--service=run.googleapis.com",
    )


def _roles(context: Context, member: str) -> set[str]:
    """Return the roles of a member on the environment's project, without conditions or with."""
    policy: dict[str, Any] = context.google.query(
        "cloudresourcemanager",
        f"v3/projects/{context.settings.project_id}:getIamPolicy",
        # Otherwise Google leaves out the bindings that have a condition.
        {"options": {"requestedPolicyVersion": 3}},
    )
    return {
        binding["role"] for binding in policy.get("bindings", ()) if member in binding["members"]
    }
