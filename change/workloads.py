"""What containers are given: variables, and how much of everything there is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from change.facts import Fact
from change.side import Placed, Side, items

_SERVICE = "google_cloud_run_v2_service"
_JOB = "google_cloud_run_v2_job"
_MEASURES = {
    _SERVICE: (
        "service",
        {
            "minimum of instances": "scaling.min_instance_count",
            "maximum of instances": "template.scaling.max_instance_count",
            "requests at once for an instance": "template.max_instance_request_concurrency",
            "timeout of a request": "template.timeout",
        },
    ),
    _JOB: (
        "job",
        {
            "tasks": "template.task_count",
            "tasks at once": "template.parallelism",
            "timeout of a task": "template.template.timeout",
        },
    ),
    "google_sql_database_instance": (
        "database",
        {
            "region": "region",
            "tier": "settings.tier",
            "disk in GiB": "settings.disk_size",
            "limit of the disk's growth in GiB": "settings.disk_autoresize_limit",
            "edition": "settings.edition",
        },
    ),
    "google_redis_instance": (
        "Redis",
        {
            "region": "region",
            "tier": "tier",
            "memory in GiB": "memory_size_gb",
            "replicas": "replica_count",
        },
    ),
    "google_compute_subnetwork": ("subnet", {"addresses": "ip_cidr_range"}),
    "google_compute_global_address": ("range", {"addresses in the prefix": "prefix_length"}),
    "google_compute_instance": ("machine", {"machine": "machine_type", "zone": "zone"}),
    "google_compute_disk": ("disk", {"size in GiB": "size", "type": "type"}),
    "google_billing_budget": ("budget", {"a month": "amount.specified_amount.units"}),
}
_MAX_CONNECTIONS = "max_connections"


def variables(side: Side) -> Iterator[Fact]:
    """Yield the value of each variable of each container; of a secret, its name."""
    for placed, workload, container in containers(side):
        for variable in items(container.get("env")):
            value = _value(side, placed, variable)
            yield placed.environment, f"{workload} {variable['name']}", value


def capacity(side: Side) -> Iterator[Fact]:
    """Yield how much each workload and each store may use."""
    for kind, (noun, measures) in _MEASURES.items():
        for placed in side.of(kind):
            for label, path in measures.items():
                value = placed.get(path)
                if value is not None:
                    yield placed.environment, f"{noun} {placed.name}: {label}", str(value)
    for placed in side.of("google_sql_database_instance"):
        for flag in items(placed.get("settings.database_flags")):
            if flag["name"] == _MAX_CONNECTIONS:
                yield placed.environment, f"database {placed.name}: connections", str(flag["value"])
    for placed, workload, container in containers(side):
        resources = container.get("resources", {})
        for limit, value in resources.get("limits", {}).items():
            yield placed.environment, f"container {workload}: {limit}", str(value)
        if "cpu_idle" in resources:
            # https://cloud.google.com/run/docs/configuring/billing-settings
            billed = "while it answers requests" if resources["cpu_idle"] else "always"
            yield placed.environment, f"container {workload}: CPU is there", billed


def secrets_in_containers(side: Side) -> Iterator[Fact]:
    """Yield which workloads use each secret, and which version."""
    for placed, _, container in containers(side):
        for variable in items(container.get("env")):
            reference = variable.get("value_source", {}).get("secret_key_ref")
            if reference:
                yield from _use(placed, reference["secret"], reference.get("version"))
    for placed in side.of(_SERVICE, _JOB):
        for volume in items(template(placed).get("volumes")):
            for secret in items(volume.get("secret")):
                for item in items(secret.get("items")):
                    yield from _use(placed, secret["secret"], item.get("version"))


def _use(placed: Placed, secret: str, version: object) -> Iterator[Fact]:
    yield placed.environment, f"users of {_last(secret)}", frozenset({placed.name})
    yield placed.environment, f"version of {_last(secret)}", str(version)


def containers(side: Side) -> Iterator[tuple[Placed, str, Any]]:
    """Yield each container, with the name that people give it."""
    for placed in side.of(_SERVICE, _JOB):
        containers = items(template(placed).get("containers"))
        for index, container in enumerate(containers):
            # The first is the application; the others stand beside it.
            beside = f"/{container.get('name', index)}" if index else ""
            yield placed, f"{placed.name}{beside}", container


def template(placed: Placed) -> Any:
    """Return the block of a service or a job that describes its instances or tasks."""
    outer = (items(placed.get("template")) or [{}])[0]
    return (items(outer.get("template")) or [outer])[0]


def _value(side: Side, placed: Placed, variable: Any) -> str:
    reference = variable.get("value_source", {}).get("secret_key_ref")
    if reference:
        return f"secret {_last(reference['secret'])}"
    return side.read(placed.stack, variable.get("value", "")) or '""'


def _last(path: str) -> str:
    return path.rpartition("/")[2]
