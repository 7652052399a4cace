"""What the synthesized stacks need at full scale, against what the project may have.

Only quotas that a new project's defaults are known to be too small for, or nearly so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from preflight.context import Context
from results import Result, failed, passed, unknown, warned

CPU = "CpuAllocPerProjectRegion"
"""Thousandths of a CPU of Cloud Run, per region."""
MEMORY = "MemAllocPerProjectRegion"
"""Bytes of Cloud Run, per region."""
UNLIMITED = -1

GLOBAL_QUOTAS = {
    "BACKEND_SERVICES": "google_compute_backend_service",
    "FIREWALLS": "google_compute_firewall",
    "FORWARDING_RULES": "google_compute_global_forwarding_rule",
    "GLOBAL_EXTERNAL_MANAGED_BACKEND_SERVICES": "google_compute_backend_service",
    "GLOBAL_EXTERNAL_MANAGED_FORWARDING_RULES": "google_compute_global_forwarding_rule",
    "NETWORKS": "google_compute_network",
    "SECURITY_POLICIES": "google_compute_security_policy",
    "STATIC_ADDRESSES": "google_compute_global_address",
    "TARGET_HTTPS_PROXIES": "google_compute_target_https_proxy",
    "TARGET_HTTP_PROXIES": "google_compute_target_http_proxy",
    "URL_MAPS": "google_compute_url_map",
}
"""By the quota of Compute Engine, as ``projects.get`` names it: the type that is counted."""

_SSD = frozenset({"pd-balanced", "pd-ssd"})
_UNITS = {"": 1, "Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "k": 10**3, "M": 10**6, "G": 10**9}


@dataclass(frozen=True, slots=True)
class RunNeed:
    """What Cloud Run needs in a region, in the unit of a quota."""

    region: str
    largest: int
    """Of one service: all its instances. Google refuses a service with more than the quota."""
    largest_name: str
    total: int
    """Of all services and jobs. Where it is more than the quota, instances do not start."""


def run_needs(context: Context, quota: str) -> list[RunNeed]:
    """Return what Cloud Run needs of a quota at full scale, by region."""
    by_region: dict[str, list[tuple[int, str]]] = {}
    for service in context.resources("google_cloud_run_v2_service"):
        template = service["template"]
        instances = template["scaling"]["max_instance_count"]
        need = instances * _per_instance(template["containers"], quota)
        by_region.setdefault(service["location"], []).append((need, service["name"]))
    for job in context.resources("google_cloud_run_v2_job"):
        template = job["template"]
        tasks = template.get("parallelism") or template.get("task_count") or 1
        need = tasks * _per_instance(template["template"]["containers"], quota)
        by_region.setdefault(job["location"], []).append((need, job["name"]))
    return [
        RunNeed(region, *max(needs), total=sum(need for need, _ in needs))
        for region, needs in sorted(by_region.items())
    ]


def compute_needs(context: Context) -> dict[str, int]:
    """Return what is counted in the whole project, by the quota of Compute Engine."""
    needs = {
        quota: len(list(context.resources(kind)))
        for quota, kind in GLOBAL_QUOTAS.items()
        if quota != "STATIC_ADDRESSES"
    }
    # Ranges within the network have another quota.
    needs["STATIC_ADDRESSES"] = sum(
        address.get("address_type") != "INTERNAL"
        for address in context.resources(GLOBAL_QUOTAS["STATIC_ADDRESSES"])
    )
    rules = [r for p in context.resources(GLOBAL_QUOTAS["SECURITY_POLICIES"]) for r in p["rule"]]
    # Rules with an expression have a quota of their own; by default it is 20 in a project.
    needs["SECURITY_POLICY_CEVAL_RULES"] = sum("expr" in rule["match"] for rule in rules)
    return needs


def machine_needs(context: Context) -> dict[str, int]:
    """Return what the machines need in the region, by the quota of Compute Engine."""
    machines = list(context.resources("google_compute_instance"))
    disks = [
        *context.resources("google_compute_disk"),
        *(machine["boot_disk"]["initialize_params"] for machine in machines),
    ]
    return {
        "CPUS": sum(_cpus(machine["machine_type"]) for machine in machines),
        "DISKS_TOTAL_GB": sum(disk["size"] for disk in disks if disk["type"] not in _SSD),
        "INSTANCES": len(machines),
        "SSD_TOTAL_GB": sum(disk["size"] for disk in disks if disk["type"] in _SSD),
    }


def totals(context: Context) -> Iterator[Result]:
    """What the stacks need at full scale, for people to look at."""
    if not context.stacks:
        yield unknown("totals", "nothing is synthesized", fix="make synth")
        return
    cpu = ", ".join(f"{n.total / 1000:g} CPUs in {n.region}" for n in run_needs(context, CPU))
    yield passed(
        "totals",
        f"Cloud Run {cpu or 'nothing'}; {compute_needs(context)['BACKEND_SERVICES']} backend "
        "services",
    )


def run_quota(context: Context, quota: str) -> Iterator[Result]:
    """Cloud Run may have what its services need at full scale."""
    project = context.settings.project_id
    needs = run_needs(context, quota)
    if not needs:
        return
    info = context.google.get(
        "cloudquotas",
        f"v1/projects/{project}/locations/global/services/run.googleapis.com/quotaInfos/{quota}",
    )
    for need in needs:
        limit = _limit(info, need.region)
        if limit is None:
            yield unknown(
                "quotas",
                f"{quota} has no value for {need.region}",
                fix=f"gcloud beta quotas info describe {quota} --service=run.googleapis.com "
                f"--project={project}",
            )
        elif limit != UNLIMITED and need.largest > limit:
            yield failed(
                "quotas",
                f"{quota} is {_human(limit, quota)} in {need.region}; {need.largest_name} alone "
                f"needs {_human(need.largest, quota)} at its largest",
                needed=f"{_human(need.total, quota)} for all; Google refuses the service",
                fix=f"{_ask(project, quota, need)}\n"
                f"or lower max_instance_count or the size of the service in {context.file}",
            )
        elif limit != UNLIMITED and need.total > limit:
            yield warned(
                "quotas",
                f"{quota} is {_human(limit, quota)} in {need.region}; all services together need "
                f"{_human(need.total, quota)} at their largest",
                needed="room for all: above the quota no instance starts",
                fix=_ask(project, quota, need),
            )
        else:
            allowed = "without limit" if limit == UNLIMITED else _human(limit, quota)
            yield passed(
                "quotas",
                f"{quota} in {need.region}: {_human(need.total, quota)} of {allowed}",
            )


def compute_quotas(context: Context) -> Iterator[Result]:
    """Compute Engine may have what the edge needs, in the whole project."""
    project = context.settings.project_id
    if not context.stacks:
        return
    answer = context.google.get("compute", f"compute/v1/projects/{project}")
    yield from _compared(project, "the project", answer, compute_needs(context))


def machine_quotas(context: Context) -> Iterator[Result]:
    """Compute Engine may have what the machines need, in the region."""
    project, region = context.settings.project_id, context.settings.region
    needs = machine_needs(context)
    if not any(needs.values()):
        return
    answer = context.google.get("compute", f"compute/v1/projects/{project}/regions/{region}")
    yield from _compared(project, region, answer, needs)


def _compared(
    project: str, where: str, answer: Mapping[str, Any], needs: Mapping[str, int]
) -> Iterator[Result]:
    limits = {str(q["metric"]): float(q["limit"]) for q in answer.get("quotas", ())}
    short = False
    for quota, need in sorted(needs.items()):
        limit = limits.get(quota)
        if limit is None or limit < 0 or need <= limit:
            continue
        short = True
        yield failed(
            "quotas",
            f"{quota} is {limit:g} in {where}",
            needed=f"{need} for the stacks",
            fix="gcloud beta quotas info list --service=compute.googleapis.com "
            f"--project={project} --filter=metric=compute.googleapis.com/{quota.lower()}\n"
            "gcloud beta quotas preferences create --service=compute.googleapis.com "
            f"--project={project} --quota-id=ID_OF_THE_LIST --preferred-value={need} "
            "--email=YOUR_ADDRESS",
        )
    if not short:
        most = max(needs, key=lambda quota: needs[quota] / max(limits.get(quota, 1e9), 1))
        if most in limits:
            yield passed(
                "quotas",
                f"Compute Engine in {where}: at most {needs[most]} of {limits[most]:g} ({most})",
            )


def _limit(info: Mapping[str, Any], region: str) -> int | None:
    """Return the limit in a region; the more specific entries come first."""
    for entry in info.get("dimensionsInfos", ()):
        is_here = entry.get("dimensions", {}).get("region", region) == region
        places = entry.get("applicableLocations", [])
        if is_here and (not places or region in places):
            value = entry.get("details", {}).get("value")
            return None if value is None else int(value)
    return None


def _ask(project: str, quota: str, need: RunNeed) -> str:
    return (
        f"gcloud beta quotas preferences create --service=run.googleapis.com --project={project} "
        f"--quota-id={quota} --dimensions=region={need.region} --preferred-value={need.total} "
        "--email=YOUR_ADDRESS"
    )


def _per_instance(containers: list[Mapping[str, Any]], quota: str) -> int:
    """Return what one instance allocates, sidecars included, in the unit of the quota."""
    limits = [container["resources"]["limits"] for container in containers]
    if quota == CPU:
        return sum(_milli(limit["cpu"]) for limit in limits)
    return sum(_bytes(limit["memory"]) for limit in limits)


def _milli(cpu: str) -> int:
    return int(cpu[:-1]) if cpu.endswith("m") else round(float(cpu) * 1000)


def _bytes(memory: str) -> int:
    match = re.fullmatch(r"(\d+)([A-Za-z]*)", memory)
    assert match is not None, memory
    return int(match[1]) * _UNITS[match[2]]


def _cpus(machine_type: str) -> int:
    """Return the CPUs of a machine type, which its name ends in; shared ones count as two."""
    last = machine_type.rpartition("-")[2]
    return int(last) if last.isdigit() else 2


def _human(amount: int, quota: str) -> str:
    return f"{amount / 1000:g} CPUs" if quota == CPU else f"{amount / 2**30:g} GiB"
