"""Rules about Cloud Run: images, limits, probes and retries."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from policy.rule import Hits, rule
from policy.stack import Resource, Stack, texts

_SERVICE = "google_cloud_run_v2_service"
_JOB = "google_cloud_run_v2_job"
_DIGEST = re.compile(r"@sha256:[0-9a-f]{64}$")
_DEFAULT_PORT = 8080
"""Where Cloud Run sends requests unless the container says otherwise."""
_PORT_ARGUMENT = re.compile(r"port[= ](\d+)\b")
_LISTENING_ADDRESS = re.compile(r"(?:^|[^\w.\]])(?:0\.0\.0\.0|\[::\])?:(\d+)\b")
"""An address that Google's probes can reach: of all interfaces, not of localhost."""
_VARIABLE = re.compile(r"\$\{var\.(\w+)\}")


def _containers(workload: Resource) -> list[dict[str, Any]]:
    path = ("template", "template") if workload.kind == _JOB else ("template",)
    return workload.get(*path, "containers") or []


def _demands_digest(stack: Stack, variable: str) -> bool:
    declaration = dict(stack.blocks("variable")).get(variable, {})
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


def _stated_ports(container: dict[str, Any], *, is_serving: bool) -> set[int]:
    """Return the ports on which a container says that it listens.

    It says so in ``ports``, in its arguments, or by an address in a variable, as the telemetry
    collector does. The container that serves listens on 8080 if it says nothing.
    """
    ports = {int(port["container_port"]) for port in _blocks(container.get("ports"))}
    command = " ".join(texts([container.get("command"), container.get("args")]))
    addresses = "\n".join([command, *(str(v.get("value")) for v in _blocks(container.get("env")))])
    ports |= {int(port) for port in _PORT_ARGUMENT.findall(command)}
    ports |= {int(port) for port in _LISTENING_ADDRESS.findall(addresses)}
    return ports | {_DEFAULT_PORT} if is_serving and not container.get("ports") else ports


def _blocks(value: Any) -> list[dict[str, Any]]:
    """Return blocks as a list, as the JSON may hold a block alone."""
    return value if isinstance(value, list) else [value] if value else []


def _probed_ports(container: dict[str, Any]) -> Iterator[tuple[str, int]]:
    """Yield each probe with the port that it asks, where it names one."""
    for probe in ("startup_probe", "liveness_probe"):
        for block in _blocks(container.get(probe)):
            for way in ("http_get", "tcp_socket", "grpc"):
                for target in _blocks(block.get(way)):
                    if str(target.get("port", "")).isdecimal():
                        yield probe, int(target["port"])


@rule(
    title="A probe asks a port on which its container says that it listens",
    reason="At another port nothing answers, so that no revision ever becomes ready.",
    fix="probe the container_port, or state the port in the container's arguments or variables",
)
def probe_port(stack: Stack) -> Hits:
    """Find probes of ports that the container does not state."""
    for workload in stack.resources(_SERVICE, _JOB):
        containers = _containers(workload)
        for container in containers:
            is_serving = workload.kind == _SERVICE and (
                bool(container.get("ports")) or len(containers) == 1
            )
            stated = _stated_ports(container, is_serving=is_serving)
            for probe, port in _probed_ports(container):
                # A sidecar that states no port at all gives nothing to compare with.
                if stated and port not in stated:
                    name = container.get("name", "without a name")
                    listed = ", ".join(str(p) for p in sorted(stated))
                    yield (
                        workload.address,
                        f"{probe} of container {name} asks port {port}; it states {listed}",
                    )


@rule(
    title="The percents of a service's traffic add up to 100",
    reason="Google refuses any other sum when the service is applied, after the stacks before it.",
    fix="give the revisions percents from 0 to 100 that add up to 100",
)
def traffic_sum(stack: Stack) -> Hits:
    """Find services whose traffic is not divided up to exactly 100 percent."""
    for service in stack.resources(_SERVICE):
        percents = [target.get("percent") or 0 for target in _blocks(service.get("traffic"))]
        if not percents or any(isinstance(percent, str) for percent in percents):
            continue
        if sum(percents) != 100 or min(percents) < 0:
            listed = " + ".join(str(percent) for percent in percents)
            yield service.address, f"traffic.percent is {listed} = {sum(percents)}"


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
    probe_port,
    traffic_sum,
    job_without_retries,
    traffic_ignored,
    revision_name,
)
