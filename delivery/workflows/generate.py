"""Fills the settings into the templates.

A template is the workflow, with ``%{name}`` where a value of the settings belongs. A value of
several lines stands alone on its line, and is indented as that is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from constructs_lib.environment.environment import Environment
from constructs_lib.environment.names import (
    DRIFT_DETECTOR,
    FEDERATION_POOL,
    IMAGE_BUILDER,
    PLANNER,
    deployer_account,
    federation_provider,
)
from constructs_lib.pipeline.access import WATCHED_PARTS
from constructs_lib.pipeline.settings import (
    IMAGES_JOB,
    PULL_REQUEST_JOB,
    SCHEDULE_JOB,
    BootstrapSettings,
)
from delivery.images.builds import builds
from delivery.workflows.pins import ACTIONS, BUILDKIT, RUNNER, TERRAFORM_VERSION
from environments import Configuration
from portability.cores import cores

FOLDER = Path(__file__).resolve().parent.parent.parent / ".github" / "workflows"
_TEMPLATES = Path(__file__).with_name("templates")
_PLACEHOLDER = re.compile(r"%\{(\w+)\}")
_NOTICE = (
    "# Written by python -m delivery.workflows from delivery/workflows/templates/{name} and the "
    "settings.\n# Edit those.\n"
)


def workflows(configuration: Configuration) -> dict[str, str]:
    """Return the text of each workflow, by the name of its file."""
    shared = configuration.shared
    values = _shared_values(shared) | {
        "cores": json.dumps([core.name for core in cores()]),
        "environments": json.dumps(list(shared.environments)),
        "environment_arguments": " ".join(shared.environments),
        "drift_jobs": _drift_jobs(configuration.environments),
        "builds": _matrix(
            {
                "key": build.key,
                "image": build.image,
                "dockerfile": build.dockerfile,
                "environment": build.environment or "",
                "tags": " ".join(build.tag_prefixes),
                "moving_tag": build.moving_tag or "",
            }
            for build in builds(configuration.environments, values_registry(shared))
        ),
        "deploy_jobs": _deploy_jobs(configuration.environments, shared),
    }
    return {
        name: _NOTICE.format(name=name) + _filled(_template(name), values)
        for name in ("pull-request.yml", "images.yml", "deploy.yml", "drift.yml", "portability.yml")
    }


def values_registry(shared: BootstrapSettings) -> str:
    """Return host and path below which the images are."""
    return f"{shared.region}-docker.pkg.dev/{shared.project_id}/{shared.artifact_repository}"


def _shared_values(shared: BootstrapSettings) -> dict[str, str]:
    registry = values_registry(shared)
    return {
        **{f"{name}_action": action for name, action in ACTIONS.items()},
        "application_repository": shared.github.application_repository,
        "buildkit": BUILDKIT,
        "build_account": _account(IMAGE_BUILDER, shared),
        "build_provider": _provider(IMAGES_JOB, shared),
        "drift_account": _account(DRIFT_DETECTOR, shared),
        "drift_provider": _provider(SCHEDULE_JOB, shared),
        "images_environment": IMAGES_JOB,
        "plan_account": _account(PLANNER, shared),
        "plan_provider": _provider(PULL_REQUEST_JOB, shared),
        "registry": registry,
        "registry_host": registry.partition("/")[0],
        "runner": RUNNER,
        "terraform_version": TERRAFORM_VERSION,
        "watched_parts": " ".join(WATCHED_PARTS),
    }


def _provider(job: str, shared: BootstrapSettings) -> str:
    pool = (
        f"projects/{shared.project_number}/locations/global/workloadIdentityPools/{FEDERATION_POOL}"
    )
    return f"{pool}/providers/{federation_provider(job)}"


def _account(account_id: str, shared: BootstrapSettings) -> str:
    return f"{account_id}@{shared.project_id}.iam.gserviceaccount.com"


def _deploy_jobs(environments: Iterable[Environment], shared: BootstrapSettings) -> str:
    """Return a job for each environment, each after the one before it."""
    jobs, before = [], "release"
    for environment in environments:
        name = environment.settings.environment
        values = _shared_values(shared) | {
            "name": name,
            "rollout": _rollout(environment),
            "needs": json.dumps(list(dict.fromkeys(("release", before)))),
            "github_environment": shared.github.environment(name),
            "deploy_account": _account(deployer_account(name), shared),
            "deploy_provider": _provider(name, shared),
        }
        jobs.append(_filled(_template("deploy-job.yml"), values))
        before = f"deploy-{name}"
    return "\n".join(jobs)


def _rollout(environment: Environment) -> str:
    """Return the command, with the passwords that the stack data asks for where it has any."""
    command = ".venv/bin/beep-infra"
    settings = environment.settings
    if not settings.enable_postgres:
        return f"{command} rollout"
    return f"{command} secrets export --env {settings.environment} -- {command} rollout"


def _drift_jobs(environments: Iterable[Environment]) -> str:
    return _matrix(
        {
            "environment": e.settings.environment,
            "github_environment": e.shared.github.environment(e.settings.environment),
        }
        for e in environments
    )


def _matrix(rows: Iterable[Mapping[str, str]]) -> str:
    """Return rows of a matrix; every text in quotes, because YAML reads some words otherwise."""
    return "\n".join(
        "- { " + ", ".join(f"{key}: {json.dumps(value)}" for key, value in row.items()) + " }"
        for row in rows
    )


def _template(name: str) -> str:
    return (_TEMPLATES / name).read_text(encoding="utf-8")


def _filled(template: str, values: Mapping[str, str]) -> str:
    """Return a template with its values; raises KeyError for a name that has none."""
    lines = []
    for line in template.splitlines():
        whole = _PLACEHOLDER.fullmatch(line.strip())
        if whole is not None:
            indent = line[: len(line) - len(line.lstrip())]
            block = values[whole[1]].splitlines()
            lines += [f"{indent}{part}" if part else "" for part in block]
        else:
            lines.append(_PLACEHOLDER.sub(lambda match: values[match[1]], line))
    return "\n".join(lines) + "\n"
