"""Telemetry: a collector that can be reached, that a flood cannot fill, and a server in place."""

from __future__ import annotations

from collections.abc import Iterator

from constructs_lib.environment.settings import EnvironmentSettings
from constructs_lib.settings.finding import Finding, in_artifact_registry
from constructs_lib.telemetry.settings import SelfHosted


def collector_can_be_called(settings: EnvironmentSettings) -> Iterator[Finding]:
    """Neither a browser nor an exporter has a Google identity to show."""
    collector = settings.collector
    if collector is None:
        return
    own = collector.allow_unauthenticated
    if not (settings.allow_unauthenticated if own is None else own):
        yield Finding(
            "telemetry.collector.allow_unauthenticated",
            "nobody could send: neither browsers nor applications have a Google identity",
            'set telemetry.collector.allow_unauthenticated = true, or telemetry.mode = "external"',
            value=own,
            allowed="true, or left out where allow_unauthenticated is true",
        )


def collector_survives_a_flood(settings: EnvironmentSettings) -> Iterator[Finding]:
    """The collector looks at its memory once a second; bodies are read whole in between."""
    collector = settings.collector
    if collector is None:
        return
    most = collector.memory_spike_mib * 1024 // collector.concurrency
    if collector.max_request_kib > most:
        yield Finding(
            "telemetry.collector.max_request_kib",
            f"{collector.concurrency} requests of this size at once are more than the "
            f"{collector.memory_spike_mib} MiB that memory_mib = {collector.memory_mib} leaves",
            f"set {most} or less, lower concurrency, or raise memory_mib",
            value=collector.max_request_kib,
            allowed=f"up to {most}",
        )


def server_is_in_the_region(settings: EnvironmentSettings) -> Iterator[Finding]:
    """The subnet is regional: a machine elsewhere has no address in it."""
    telemetry, region = settings.telemetry, settings.region
    if isinstance(telemetry, SelfHosted) and telemetry.zone.rpartition("-")[0] != region:
        yield Finding(
            "telemetry.zone",
            f"is not in region = {region}",
            f"use a zone such as {region}-b",
            value=telemetry.zone,
            allowed=f"a zone of {region}",
        )


def restored_disk_is_described(settings: EnvironmentSettings) -> Iterator[Finding]:
    """The derived name belongs to the disk of before, which a restore keeps."""
    telemetry = settings.telemetry
    if not isinstance(telemetry, SelfHosted):
        return
    if telemetry.disk_snapshot is not None and telemetry.disk_name is None:
        yield Finding(
            "telemetry.disk_name",
            "is missing, and telemetry.disk_snapshot is set",
            "name the disk that is made from the snapshot",
            allowed="a name that no disk of the project has",
        )


def server_image_can_be_pulled(settings: EnvironmentSettings) -> Iterator[Finding]:
    """The machine has no way to the internet."""
    image = settings.image_lgtm
    if not isinstance(settings.telemetry, SelfHosted) or image is None:
        return
    if not in_artifact_registry(image):
        yield Finding(
            "image_lgtm",
            "is not in Artifact Registry, and the machine reaches nothing outside Google",
            "copy the image to the shared repository, as docs/guides/telemetry.md shows",
            value=image,
            allowed="LOCATION-docker.pkg.dev/PROJECT/REPOSITORY/NAME",
        )


CHECKS = (
    collector_can_be_called,
    collector_survives_a_flood,
    server_is_in_the_region,
    restored_disk_is_described,
    server_image_can_be_pulled,
)
