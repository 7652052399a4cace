"""Rules about IAM: who may do what."""

from __future__ import annotations

import re
from collections import defaultdict

from constructs_lib.environment.services import described_services
from constructs_lib.environment.settings import EnvironmentSettings
from policy.rule import Hits, rule
from policy.stack import Stack, texts

_EVERYONE = {"allUsers", "allAuthenticatedUsers"}
_BASIC = {"roles/owner", "roles/editor", "roles/viewer"}
_TOO_WIDE = {
    "roles/iam.serviceAccountTokenCreator",
    "roles/iam.serviceAccountUser",
    "roles/secretmanager.secretAccessor",
}
_UNDER_A_CONDITION = {
    "roles/logging.viewAccessor": "of a deployer, for what jobs wrote",
    "roles/logging.bucketWriter": "of a sink, for the one bucket that it writes to",
    "roles/resourcemanager.projectIamAdmin": "of a deployer, for the roles that it may give",
}
"""Predefined roles that the bootstrap gives on a whole project, each under a condition."""
_INSIDE = (
    "iam.serviceAccountKeys.create",
    "iam.serviceAccounts.actAs",
    "iam.serviceAccounts.getAccessToken",
    "logging.logEntries.list",
    "logging.privateLogEntries.list",
    "logging.views.access",
    "secretmanager.versions.access",
    "storage.objects.get",
    "storage.objects.list",
)
_DESTROYS = re.compile(
    r"cloudsql\.backupRuns\.(delete|update)|compute\.snapshots\.delete|storage\.objects\.(delete|"
    r"overrideUnlockedRetention)|backupdr\..*\.delete\w*|secretmanager\.versions\.destroy"
)
_GITHUB_ISSUER = "https://token.actions.githubusercontent.com"
_TRUSTED_JOB = re.compile(
    r"assertion\.repository_owner_id == '\d+' && assertion\.repository_id == '\d+' && "
    r"assertion\.(?:environment|event_name) == '[\w.-]+'"
)
_SERVICE = "google_cloud_run_v2_service"
_JOB = "google_cloud_run_v2_job"
_VM = "google_compute_instance"


def _public_services(settings: EnvironmentSettings | None) -> set[str]:
    """Return the names of the services that the environment file opens to everyone."""
    if settings is None:
        return set()
    return {
        f"{settings.name_prefix}-{service.name}"
        for service in described_services(settings)
        # A collector or an MCP server that is public needs a reason among the exceptions.
        if service.is_public and service.entry.kind.is_application
    }


@rule(
    title="Only the services that the environment file opens may be called by everyone",
    reason="checkov knows neither that a service of Cloud Run's second API asks nobody for an "
    "identity, nor its public grants.",
    fix="set allow_unauthenticated for the service in the environment file, or close it",
)
def public_access(stack: Stack) -> Hits:
    """Find services that ask for no identity, and grants to allUsers or allAuthenticatedUsers.

    A grant to everyone is never right: an organization may refuse it, and for a service it is not
    needed.
    """
    opened = _public_services(stack.settings)
    for service in stack.resources(_SERVICE):
        name = str(service.get("name"))
        if service.get("invoker_iam_disabled") is not False and name not in opened:
            yield service.address, f"{name} is not opened by the environment file"
    for resource in stack.resources():
        if _EVERYONE & set(texts(resource.arguments)):
            yield resource.address, f"{resource.get('role') or resource.kind} for everyone"


@rule(
    title="Grants are added one member at a time",
    reason="A binding or a policy removes the grants of others, also those of Google's own agents.",
    fix="use the _iam_member resource",
)
def authoritative_iam(stack: Stack) -> Hits:
    """Find resources that replace a whole policy or role."""
    for resource in stack.resources():
        is_google = resource.kind.startswith("google_")
        if is_google and resource.kind.endswith(("_iam_binding", "_iam_policy")):
            yield resource.address, resource.kind


@rule(
    title="No basic role is granted on any resource",
    reason="Owner, Editor and Viewer cover every service of a project, also those enabled later.",
    fix="grant the narrowest predefined role",
)
def basic_role(stack: Stack) -> Hits:
    """Find grants of owner, editor or viewer."""
    for resource in stack.resources():
        if (role := resource.get("role")) in _BASIC:
            yield resource.address, str(role)


@rule(
    title="The right to read secrets or to act as an account is never given for a whole project",
    reason="It would cover every secret and every account of the project, also those created "
    "later.",
    fix="grant it on the secret or on the account",
)
def project_wide_secrets(stack: Stack) -> Hits:
    """Find grants on a project that should be on a single secret or account."""
    for grant in stack.resources("google_project_iam_member"):
        if (role := grant.get("role")) in _TOO_WIDE:
            yield grant.address, str(role)


@rule(
    title="The pipeline has roles of our own, and grants roles only under a condition",
    reason="A predefined role is not what its name says: iam.securityReviewer reads every log "
    "line. Without the condition, an account that grants roles can make itself the owner.",
    fix="add what is needed to constructs_lib/pipeline/demands.toml; the roles follow from it",
)
def pipeline_role(stack: Stack) -> Hits:
    """Find predefined roles on a whole project for the accounts of the bootstrap."""
    if stack.name != "bootstrap":
        return
    for grant in stack.resources("google_project_iam_member"):
        role = str(grant.get("role"))
        if role in _UNDER_A_CONDITION:
            if not grant.get("condition", "expression"):
                yield grant.address, f"{role} without a condition"
        elif role.startswith("roles/"):
            yield grant.address, role


@rule(
    title="No role of our own reaches what is inside of resources",
    reason="It is given on a whole project: every log line, secret and object of it, and every "
    "account.",
    fix="grant it on the single secret, bucket or account",
)
def role_reaches_inside(stack: Stack) -> Hits:
    """Find custom roles that read data, or act as accounts."""
    for role in stack.resources("google_project_iam_custom_role"):
        for permission in sorted(set(role.get("permissions") or ()) & set(_INSIDE)):
            yield role.address, permission


@rule(
    title="No role of our own destroys a backup",
    reason="Whoever steals the token of a pipeline could encrypt the data, and delete what it is "
    "restored from.",
    fix="let a person do it, with a role for that hour",
)
def role_destroys_backups(stack: Stack) -> Hits:
    """Find custom roles that delete backups, snapshots, versions, or what outlives a project."""
    for role in stack.resources("google_project_iam_custom_role"):
        for permission in sorted(set(role.get("permissions") or ())):
            if _DESTROYS.fullmatch(permission):
                yield role.address, permission


@rule(
    title="No service account has a key",
    reason="A key is a password that never expires and that Terraform keeps in its state.",
    fix="let the caller act as the account: workload identity, or roles/iam.serviceAccountUser",
)
def service_account_key(stack: Stack) -> Hits:
    """Find keys of service accounts."""
    for key in stack.resources("google_service_account_key"):
        yield key.address, "a key in Terraform's state"


@rule(
    title="Every workload runs as an account of its own",
    reason="Without one, Google takes the project's default account; with a shared one, "
    "whoever breaks into one workload can read the secrets of the other.",
    fix="create an account for the workload in the foundation stack, and name it here",
)
def own_service_account(stack: Stack) -> Hits:
    """Find workloads without an account, with the default account, or with a shared account."""
    users: dict[str, list[str]] = defaultdict(list)
    for workload in stack.resources(_SERVICE, _JOB, _VM):
        account = (
            workload.get("service_account", "email")
            if workload.kind == _VM
            else workload.get("template", "service_account")
            if workload.kind == _SERVICE
            else workload.get("template", "template", "service_account")
        )
        if not account:
            yield workload.address, "no account: it would run as the project's default"
        elif "-compute@developer" in account or "@appspot" in account:
            yield workload.address, f"{account} is a default account"
        else:
            users[account].append(workload.address)
    for account, addresses in users.items():
        for address in addresses[1:]:
            yield address, f"{account} is also that of {addresses[0]}"


@rule(
    title="GitHub's jobs are trusted by number and by one literal claim",
    reason="checkov wants a condition on sub, whose form GitHub has changed. Names can change "
    "hands; numbers cannot.",
    fix="compare repository_owner_id, repository_id, and environment or event_name with literals",
)
def federation_by_number(stack: Stack) -> Hits:
    """Find providers of GitHub's tokens that admit more than one kind of job of one repository."""
    for provider in stack.resources("google_iam_workload_identity_pool_provider"):
        if provider.get("oidc", "issuer_uri") != _GITHUB_ISSUER:
            continue
        condition = str(provider.get("attribute_condition") or "")
        if _TRUSTED_JOB.fullmatch(condition) is None:
            yield provider.address, f"the condition is {condition or 'not set'}"


RULES = (
    federation_by_number,
    public_access,
    authoritative_iam,
    basic_role,
    project_wide_secrets,
    pipeline_role,
    role_reaches_inside,
    role_destroys_backups,
    service_account_key,
    own_service_account,
)
