"""Who asks, and what they may do."""

from __future__ import annotations

from collections.abc import Iterator

from google.oauth2.credentials import Credentials as Person

from google_api import GoogleError
from preflight.context import Context
from preflight.result import Result, failed, passed, warned

NEEDED_ROLES = {
    "certificatemanager.certs.create": "roles/certificatemanager.owner",
    "cloudsql.instances.create": "roles/cloudsql.admin",
    "compute.backendServices.create": "roles/compute.loadBalancerAdmin",
    "compute.instances.create": "roles/compute.instanceAdmin.v1",
    "compute.networks.create": "roles/compute.networkAdmin",
    "compute.securityPolicies.create": "roles/compute.securityAdmin",
    "dns.managedZones.create": "roles/dns.admin",
    "iam.serviceAccounts.create": "roles/iam.serviceAccountAdmin",
    "monitoring.alertPolicies.create": "roles/monitoring.alertPolicyEditor",
    "redis.instances.create": "roles/redis.admin",
    "resourcemanager.projects.setIamPolicy": "roles/resourcemanager.projectIamAdmin",
    "run.services.create": "roles/run.admin",
    "secretmanager.secrets.create": "roles/secretmanager.admin",
    "serviceusage.services.enable": "roles/serviceusage.serviceUsageAdmin",
}
"""By permission: the role that brings it. One for each kind of thing that the stacks make; those of
one role come together."""


def credentials(context: Context) -> Iterator[Result]:
    """Application default credentials are there, valid, and name who pays for a person's calls."""
    try:
        found = context.google.credentials()
    except GoogleError as error:
        yield failed("credentials", error.what, needed="credentials for Google", fix=error.fix)
        return
    is_person = isinstance(found, Person)
    account = getattr(found, "service_account_email", None)
    kind = "those of a person" if is_person else f"service account {account or 'by federation'}"
    # A service account's own project pays for it; a person has none.
    if is_person and found.quota_project_id is None:
        yield warned(
            "credentials",
            f"{kind}, without a project that pays for calls",
            needed="a quota project, without which several APIs refuse a person",
            fix=f"gcloud auth application-default set-quota-project {context.shared.project_id}",
        )
    else:
        yield passed("credentials", kind)


def permissions(context: Context) -> Iterator[Result]:
    """The credentials may make what the stacks hold, in the environment's project."""
    project = context.settings.project_id
    answer = context.google.query(
        "cloudresourcemanager",
        f"v3/projects/{project}:testIamPermissions",
        {"permissions": sorted(NEEDED_ROLES)},
    )
    missing = sorted(NEEDED_ROLES.keys() - set(answer.get("permissions", ())))
    if not missing:
        yield passed("permissions", f"may apply in {project}")
        return
    yield failed(
        "permissions",
        f"missing in {project}: {', '.join(missing)}",
        needed="Owner of the project, or the roles of its deployer",
        fix="\n".join(
            f"gcloud projects add-iam-policy-binding {project} --role={role} --member=MEMBER"
            for role in sorted({NEEDED_ROLES[permission] for permission in missing})
        ),
    )
