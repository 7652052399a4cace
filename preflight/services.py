"""The APIs that must be on before Terraform can switch on the others."""

from __future__ import annotations

from collections.abc import Iterator

from google_api import ApiDisabled
from preflight.context import Context
from results import Result, failed, passed

ENVIRONMENT_APIS = ("serviceusage", "cloudresourcemanager", "iam", "run")
"""``iam`` because the bootstrap makes roles in the project, ``run`` because its own account must
exist before that."""
SHARED_APIS = (
    "serviceusage",
    "cloudresourcemanager",
    "artifactregistry",
    "storage",
    "iam",
    # Asked by this command; without them it knows less.
    "cloudbilling",
    "cloudquotas",
    "orgpolicy",
)
"""The shared project also pays for the calls of people."""


def services(context: Context, project_id: str) -> Iterator[Result]:
    """The first APIs are on."""
    is_shared = project_id == context.shared.project_id
    needed = SHARED_APIS if is_shared else ENVIRONMENT_APIS
    names = [f"{api}.googleapis.com" for api in needed]
    parent = f"projects/{project_id}"
    try:
        answer = context.google.get(
            "serviceusage",
            f"v1/{parent}/services:batchGet",
            names=[f"{parent}/services/{name}" for name in names],
        )
    except ApiDisabled as error:
        # It may be the API of the project that pays for the call; its fix then comes first.
        yield failed(
            "services",
            error.what,
            needed=", ".join(needed),
            fix=f"{error.fix}\n{_enable(project_id, names)}",
        )
        return
    enabled = {
        str(service.get("name", "")).rpartition("/")[2]
        for service in answer.get("services", ())
        if service.get("state") == "ENABLED"
    }
    missing = [name for name in names if name not in enabled]
    if missing:
        yield failed(
            "services",
            f"off in {project_id}: {', '.join(missing)}",
            needed="on, before Terraform can switch on the others",
            fix=_enable(project_id, missing),
        )
    else:
        yield passed("services", f"{len(names)} first APIs are on in {project_id}")


def _enable(project_id: str, names: list[str]) -> str:
    return f"gcloud services enable --project={project_id} {' '.join(names)}"
