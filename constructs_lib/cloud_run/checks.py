"""Cloud Run services: their scale, their size and their images."""

from __future__ import annotations

from collections.abc import Iterator

from constructs_lib.cloud_run.settings import ApiSettings
from constructs_lib.environment.services import described_services
from constructs_lib.environment.settings import EnvironmentSettings
from constructs_lib.settings.finding import Finding, counts_are_ordered

ROOM_FOR_REQUESTS_PERCENT = 20
"""Of what an instance takes at a time, kept for requests that are no WebSockets."""

_LEAST_CPU = ((4096, 1), (8192, 2), (16384, 4), (24576, 6), (32768, 8))
"""Up to so much memory, in MiB, so many CPUs at least. Source: Cloud Run, memory limits."""
_LEAST_MEMORY_MIB = {1: 512, 2: 512, 4: 2048, 6: 4096, 8: 4096}
"""By CPUs. Source: Cloud Run, CPU limits."""


def instance_counts_are_ordered(settings: EnvironmentSettings) -> Iterator[Finding]:
    """A service cannot keep more instances than it may have."""
    for service in described_services(settings):
        yield from counts_are_ordered(
            service.min_instance_count_key,
            service.min_instance_count,
            f"{service.table}.max_instance_count",
            service.size.max_instance_count,
        )


def cpu_fits_memory(settings: EnvironmentSettings) -> Iterator[Finding]:
    """Google refuses other pairs when the service is deployed."""
    for service in described_services(settings):
        size, key = service.size, f"{service.table}.memory_mib"
        cpu = next(cpus for memory, cpus in _LEAST_CPU if size.memory_mib <= memory)
        if size.cpu < cpu:
            yield Finding(
                key,
                f"needs {cpu} CPUs or more, and cpu = {size.cpu}",
                f"set {service.table}.cpu = {cpu}, or lower memory_mib",
                value=size.memory_mib,
                allowed=f"up to {max(memory for memory, cpus in _LEAST_CPU if cpus <= size.cpu)}",
            )
        least_memory = _LEAST_MEMORY_MIB[size.cpu]
        if size.memory_mib < least_memory:
            yield Finding(
                key,
                f"is too little for cpu = {size.cpu}",
                f"set {least_memory} or more",
                value=size.memory_mib,
                allowed=f"{least_memory} or more",
            )


def several_instances_are_meant(settings: EnvironmentSettings) -> Iterator[Finding]:
    """Two runners on one database would each do the same work, and miss each other's events."""
    for service in described_services(settings):
        size = service.size
        if not isinstance(size, ApiSettings) or size.multiple_instances:
            continue
        if size.max_instance_count > 1:
            yield Finding(
                f"{service.table}.max_instance_count",
                "would run several instances of an application whose runner is a single process",
                f"set 1; once the application coordinates its runners and its events, "
                f"{service.table}.multiple_instances = true",
                value=size.max_instance_count,
                allowed="1",
            )


def sockets_of_the_pages_fit(settings: EnvironmentSettings) -> Iterator[Finding]:
    """Cloud Run answers 429 once every instance has as many requests as it takes.

    A WebSocket is a request (Cloud Run documentation, using WebSockets).
    """
    for service in described_services(settings):
        size, sockets = service.size, service.entry.sockets_per_page
        if not isinstance(size, ApiSettings):
            continue
        requests = size.max_instance_count * size.concurrency
        most = requests * (100 - ROOM_FOR_REQUESTS_PERCENT) // 100 // sockets
        if size.open_pages > most:
            yield Finding(
                f"{service.table}.open_pages",
                f"pages with {sockets} WebSockets each do not fit into the {requests} requests "
                f"that {service.name} takes at a time, of which {ROOM_FOR_REQUESTS_PERCENT} % are "
                "kept for others",
                f"raise {service.table}.concurrency, or lower open_pages to what is expected",
                value=size.open_pages,
                allowed=f"1 to {most}" if most else "more concurrency",
            )


def images_are_digests(settings: EnvironmentSettings) -> Iterator[Finding]:
    """A tag can be moved after the review; a digest cannot."""
    if not settings.requires_digests:
        return
    for key, image in settings.images():
        if "@sha256:" not in image:
            yield Finding(
                key,
                "is not pinned by its digest",
                "append @sha256:DIGEST, as gcloud artifacts docker images describe shows it",
                value=image,
                allowed="an image reference that ends in @sha256: and 64 hexadecimal digits",
            )


CHECKS = (
    instance_counts_are_ordered,
    cpu_fits_memory,
    several_instances_are_meant,
    sockets_of_the_pages_fit,
    images_are_digests,
)
