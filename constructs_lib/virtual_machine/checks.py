"""Virtual machines: their place, their restored disk and their image."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from constructs_lib.environment.settings import EnvironmentSettings
from constructs_lib.postgres.settings import ComputeEnginePostgres
from constructs_lib.settings.finding import Finding
from constructs_lib.telemetry.settings import SelfHosted


@dataclass(frozen=True, slots=True)
class Machine:
    """A machine as its table of the file describes it."""

    table: str
    settings: ComputeEnginePostgres | SelfHosted
    image_input: str
    guide: str
    """The page that shows how its image is copied."""


def described_machines(settings: EnvironmentSettings) -> Iterator[Machine]:
    """Yield every machine that the file describes."""
    if isinstance(settings.postgres, ComputeEnginePostgres):
        page = "docs/guides/postgres-machine.md"
        yield Machine("postgres", settings.postgres, "image_postgres", page)
    if isinstance(settings.telemetry, SelfHosted):
        yield Machine("telemetry", settings.telemetry, "image_lgtm", "docs/guides/telemetry.md")


def machines_are_in_the_region(settings: EnvironmentSettings) -> Iterator[Finding]:
    """The subnet is regional: a machine elsewhere has no address in it."""
    for machine in described_machines(settings):
        zone, region = machine.settings.zone, settings.region
        if zone.rpartition("-")[0] != region:
            yield Finding(
                f"{machine.table}.zone",
                f"is not in region = {region}",
                f"choose a zone such as {region}-b",
                value=zone,
                allowed=f"a zone of {region}",
            )


def restored_disks_are_described(settings: EnvironmentSettings) -> Iterator[Finding]:
    """The derived name belongs to the disk of before, which a restore keeps."""
    for machine in described_machines(settings):
        if machine.settings.disk_snapshot is not None and machine.settings.disk_name is None:
            yield Finding(
                f"{machine.table}.disk_name",
                f"is missing, and {machine.table}.disk_snapshot is set",
                "name the disk that is made from the snapshot",
                allowed="a name that no disk of the project has",
            )


def images_can_be_pulled(settings: EnvironmentSettings) -> Iterator[Finding]:
    """A machine has no way to the internet."""
    for machine in described_machines(settings):
        image = settings.image(machine.image_input)
        if image is not None and not image.partition("/")[0].endswith("-docker.pkg.dev"):
            yield Finding(
                machine.image_input,
                "is not in Artifact Registry, and the machine reaches nothing outside Google",
                f"copy the image to the shared repository, as {machine.guide} shows",
                value=image,
                allowed="LOCATION-docker.pkg.dev/PROJECT/REPOSITORY/NAME",
            )


CHECKS = (machines_are_in_the_region, restored_disks_are_described, images_can_be_pulled)
