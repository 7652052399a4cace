"""Who asks, and what they may do."""

from __future__ import annotations

from collections.abc import Iterator

from google.oauth2.credentials import Credentials as Person

from constructs_lib.pipeline.access import deployer_roles
from google_api import GoogleError
from preflight.context import Context
from results import Result, failed, passed, warned

_MOST_AT_ONCE = 100
"""Permissions in one question (Resource Manager reference, projects.testIamPermissions)."""
_MOST_SHOWN = 5


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
    needed = sorted({p for role in deployer_roles() for p in role.permissions})
    held: set[str] = set()
    for start in range(0, len(needed), _MOST_AT_ONCE):
        answer = context.google.query(
            "cloudresourcemanager",
            f"v3/projects/{project}:testIamPermissions",
            {"permissions": needed[start : start + _MOST_AT_ONCE]},
        )
        held.update(answer.get("permissions", ()))
    missing = [permission for permission in needed if permission not in held]
    if not missing:
        yield passed("permissions", f"may apply in {project}: {len(needed)} permissions")
        return
    more = f" and {len(missing) - _MOST_SHOWN} more" if len(missing) > _MOST_SHOWN else ""
    yield failed(
        "permissions",
        f"missing in {project}: {', '.join(missing[:_MOST_SHOWN])}{more}",
        needed="Owner of the project; or, once the bootstrap is applied, its deployer",
        fix=f"gcloud projects add-iam-policy-binding {project} --role=roles/owner --member=MEMBER",
    )
