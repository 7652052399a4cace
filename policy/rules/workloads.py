"""Rules about Cloud Run: images, limits, probes and retries."""

from __future__ import annotations

import re
from typing import Any

from policy.rule import Hits, rule
from policy.stack import Resource, Stack

_SERVICE = "google_cloud_run_v2_service"
_JOB = "google_cloud_run_v2_job"
_DIGEST = re.compile(r"@sha256:[0-9a-f]{64}$")
_VARIABLE = re.compile(r"\$\{var\.(\w+)\}")


def _containers(workload: Resource) -> list[dict[str, Any]]:
    path = ("template", "template") if workload.kind == _JOB else ("template",)
    return workload.get(*path, "containers") or []


def _demands_digest(stack: Stack, variable: str) -> bool:
    declaration = stack.text.get("variable", {}).get(variable, {})
    return any("@sha256:" in check["condition"] for check in declaration.get("validation", []))


@rule(
    title="An image is named by its digest, where the environment asks for it",
    reason="A tag can be moved after the review, so that another image runs than was tested.",
    fix="take the image from self.image(...), whose variable refuses a tag",
)
def image_digest(stack: Stack) -> Hits:
    """Find images that are named by a tag, and variables that accept a tag."""
    if stack.settings is None or not stack.settings.requires_digests:
        return
    for workload in stack.resources(_SERVICE, _JOB):
        for container in _containers(workload):
            image = str(container.get("image"))
            variable = _VARIABLE.fullmatch(image)
            if variable and not _demands_digest(stack, variable[1]):
                yield workload.address, f"var.{variable[1]} does not demand a digest"
            elif not variable and not _DIGEST.search(image):
                yield workload.address, image


@rule(
    title="Every service states how many instances it may have",
    reason="Without it Google's own limit applies, and traffic alone decides the cost and the "
    "number of connections to Postgres.",
    fix="set template.scaling.max_instance_count",
)
def max_instances(stack: Stack) -> Hits:
    """Find services without a maximum number of instances."""
    for service in stack.resources(_SERVICE):
        if not service.get("template", "scaling", "max_instance_count"):
            yield service.address, "max_instance_count is not set"


@rule(
    title="Every service is probed before it gets traffic",
    reason="Without a startup probe an open port is enough, and a revision that cannot reach its "
    "database takes all traffic.",
    fix="add a startup_probe to the container that serves",
)
def startup_probe(stack: Stack) -> Hits:
    """Find services whose serving container has no startup probe."""
    for service in stack.resources(_SERVICE):
        containers = _containers(service)
        serving = [c for c in containers if c.get("ports")] or containers[:1]
        for container in serving:
            if not container.get("startup_probe"):
                yield service.address, f"container {container.get('name', 'without a name')}"


@rule(
    title="A job runs once, and is not retried",
    reason="Google's default is three retries: a migration that failed halfway would run again "
    "before anybody looked.",
    fix="set max_retries = 0",
)
def job_without_retries(stack: Stack) -> Hits:
    """Find jobs that are retried."""
    for job in stack.resources(_JOB):
        if (retries := job.get("template", "template", "max_retries")) != 0:
            yield job.address, f"max_retries is {'not set' if retries is None else retries}"


@rule(
    title="Terraform leaves the traffic of a service alone",
    reason="The provider writes traffic from its state: an apply would give back to an old "
    "revision what a rollout shifted, or send everybody to a revision that nobody tested.",
    fix='add "traffic" to lifecycle.ignore_changes; beep-infra rollout shifts traffic',
)
def traffic_ignored(stack: Stack) -> Hits:
    """Find services whose traffic an apply would change."""
    for service in stack.resources(_SERVICE):
        ignored = service.get("lifecycle", "ignore_changes") or []
        if ignored != "all" and "traffic" not in ignored:
            yield service.address, "lifecycle.ignore_changes is without traffic"


@rule(
    title="Cloud Run names the revisions",
    reason="A revision with a name of ours exists once: the next apply with another template is "
    "refused with 409, and every plan after a revision from elsewhere wants to rename it.",
    fix="remove template.revision",
)
def revision_name(stack: Stack) -> Hits:
    """Find services that name their revisions."""
    for service in stack.resources(_SERVICE):
        if revision := service.get("template", "revision"):
            yield service.address, f"template.revision is {revision}"


RULES = (
    image_digest,
    max_instances,
    startup_probe,
    job_without_retries,
    traffic_ignored,
    revision_name,
)
