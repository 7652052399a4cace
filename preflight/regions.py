"""Whether the regions and zones of the settings have what is deployed there."""

from __future__ import annotations

from collections.abc import Iterator

from google_api import NotFound
from preflight.context import Context
from results import Result, failed, passed

_LISTS = {"run": "Cloud Run", "redis": "Memorystore for Redis"}
"""APIs that list their regions; those of the others are the regions of Compute Engine."""


def compute_regions(context: Context) -> Iterator[Result]:
    """Each region exists, is up, and has the zones of the machines."""
    project = context.settings.project_id
    zones = {str(machine["zone"]) for machine in context.resources("google_compute_instance")}
    instances = context.resources("google_sql_database_instance")
    for region in sorted({context.settings.region, *(str(i["region"]) for i in instances)}):
        try:
            answer = context.google.get(
                "compute", f"compute/v1/projects/{project}/regions/{region}"
            )
        except NotFound:
            yield failed(
                "regions",
                f"there is no region {region}",
                needed="a region of Google Cloud",
                fix=f"gcloud compute regions list --project={project}",
            )
            continue
        if answer.get("status") != "UP":
            yield failed(
                "regions",
                f"{region} is {answer.get('status')}",
                needed="a region that is up",
                fix="https://status.cloud.google.com",
            )
            continue
        there = {str(zone).rpartition("/")[2] for zone in answer.get("zones", ())}
        missing = sorted(z for z in zones if z.rpartition("-")[0] == region and z not in there)
        if missing:
            yield failed(
                "regions",
                f"{region} has no zone {', '.join(missing)}",
                needed=f"one of {', '.join(sorted(there))}",
                fix=f"in {context.file}: zone",
            )
        else:
            yield passed("regions", f"{region} is up")


def machine_types(context: Context) -> Iterator[Result]:
    """Each zone has the types of its machines."""
    project = context.settings.project_id
    for machine in context.resources("google_compute_instance"):
        kind, zone = machine["machine_type"], machine["zone"]
        path = f"compute/v1/projects/{project}/zones/{zone}/machineTypes/{kind}"
        try:
            context.google.get("compute", path)
        except NotFound:
            yield failed(
                "regions",
                f"{zone} has no machine type {kind}",
                needed=f"a type that {zone} has",
                fix=f"gcloud compute machine-types list --zones={zone} --project={project}",
            )
        else:
            yield passed("regions", f"{zone} has {kind}")


def service_regions(context: Context, api: str) -> Iterator[Result]:
    """The region has the service."""
    if api == "redis" and not any(context.resources("google_redis_instance")):
        return
    project, region = context.settings.project_id, context.settings.region
    places = {
        str(location.get("locationId"))
        for location in context.google.pages(api, f"v1/projects/{project}/locations", "locations")
    }
    if region in places:
        yield passed("regions", f"{region} has {_LISTS[api]}")
    else:
        yield failed(
            "regions",
            f"{region} has no {_LISTS[api]}",
            needed=f"one of {', '.join(sorted(places))}",
            fix=f"in {context.file}: region",
        )
