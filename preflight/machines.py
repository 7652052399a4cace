"""The images of machines: nothing on a machine updates by itself, so they must not be old."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from google_api import NotFound
from preflight.context import Context
from results import Result, failed, passed, warned

_LIST = "gcloud compute images list --project=cos-cloud --no-standard-images"


def boot_images(context: Context) -> Iterator[Result]:
    """Each image exists, may still be used, and is not older than the settings want."""
    images = {
        str(machine["boot_disk"]["initialize_params"]["image"])
        for machine in context.resources("google_compute_instance")
    }
    if not images:
        yield passed("boot images", "there is no machine")
    most = context.settings.alerts.machine_image_days
    for path in sorted(images):
        name, fix = path.rpartition("/")[2], f"in {context.file}: boot_image, from {_LIST}"
        try:
            answer = context.google.get("compute", f"compute/v1/{path}")
        except NotFound:
            yield failed(
                "boot images", f"there is no image {name}", needed="an image of cos-cloud", fix=fix
            )
            continue
        state = answer.get("deprecated", {}).get("state")
        made = datetime.fromisoformat(answer["creationTimestamp"])
        days = (datetime.now(UTC) - made).days
        if state in {"OBSOLETE", "DELETED"}:
            yield failed(
                "boot images", f"{name} is {state}", needed="one that may be used", fix=fix
            )
        elif days > most:
            yield warned(
                "boot images", f"{name} is {days} days old", needed=f"{most} days at most", fix=fix
            )
        else:
            yield passed("boot images", f"{name} is {days} days old")
