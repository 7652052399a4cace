"""The bucket that holds the state of every stack."""

from __future__ import annotations

from collections.abc import Iterator

from google_api import NotFound, PermissionDenied
from preflight.context import Context
from results import Result, failed, passed

_NEEDED = (
    "storage.objects.create",
    "storage.objects.delete",
    "storage.objects.get",
    "storage.objects.list",
)


def bucket(context: Context) -> Iterator[Result]:
    """The bucket is there, is the shared project's, and keeps versions; or its name is free."""
    name, project = context.shared.state_bucket, context.shared.project_id
    try:
        answer = context.google.get("storage", f"storage/v1/b/{name}")
    except NotFound:
        yield passed("state", f"no bucket {name} yet: the stack bootstrap makes it")
        return
    except PermissionDenied:
        yield failed(
            "state",
            f"{name} exists, and the credentials may not see it",
            needed="roles/storage.objectUser on the bucket; or, if it is another's, another name",
            fix=f"gcloud storage buckets add-iam-policy-binding gs://{name} "
            "--role=roles/storage.objectUser --member=MEMBER\n"
            "or in environments/bootstrap.toml: state_bucket",
        )
        return
    owner = str(answer.get("projectNumber", ""))
    expected = context.google.get("cloudresourcemanager", f"v3/projects/{project}")
    if owner != str(expected.get("name", "")).removeprefix("projects/"):
        yield failed(
            "state",
            f"{name} is in the project {owner}, which is not {project}",
            needed="a bucket of the shared project: names are unique in the world",
            fix="in environments/bootstrap.toml: state_bucket, then make synth",
        )
        return
    if not answer.get("versioning", {}).get("enabled"):
        yield failed(
            "state",
            f"{name} keeps no versions",
            needed="versioning, or a damaged state is lost",
            fix=f"gcloud storage buckets update gs://{name} --versioning",
        )
        return
    yield passed("state", f"{name} is in {project} and keeps versions")


def access(context: Context) -> Iterator[Result]:
    """The credentials may read and write state."""
    name = context.shared.state_bucket
    try:
        answer = context.google.get(
            "storage", f"storage/v1/b/{name}/iam/testPermissions", permissions=list(_NEEDED)
        )
    except NotFound:
        return
    missing = sorted({*_NEEDED} - set(answer.get("permissions", ())))
    if missing:
        yield failed(
            "state",
            f"missing on {name}: {', '.join(missing)}",
            needed="roles/storage.objectUser; a deployer has it below its own prefix only",
            fix=f"gcloud storage buckets add-iam-policy-binding gs://{name} "
            "--role=roles/storage.objectUser --member=MEMBER",
        )
    else:
        yield passed("state", f"{name} may be read and written")
