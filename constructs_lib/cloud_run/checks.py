"""Services: their size, their hosts and their images."""

from __future__ import annotations

from collections.abc import Iterator

from constructs_lib.edge.hosts import hosts_by_key
from constructs_lib.environment.settings import (
    Hosts,
    Mcp,
    McpService,
    Service,
    ServiceName,
    Services,
)
from constructs_lib.settings.finding import Finding
from constructs_lib.telemetry.settings import Telemetry


def instance_counts_are_ordered(
    services: Services,
    min_instance_count_api: int,
    min_instance_count_web: int,
    min_instance_count_todox: int,
    min_instance_count_marketing: int,
) -> Iterator[Finding]:
    """A service cannot keep more instances than it may have."""
    minimums = {
        ServiceName.API: min_instance_count_api,
        ServiceName.WEB: min_instance_count_web,
        ServiceName.TODOX: min_instance_count_todox,
        ServiceName.MARKETING: min_instance_count_marketing,
    }
    for name, minimum in minimums.items():
        maximum = getattr(services, name).max_instance_count
        if minimum > maximum:
            yield Finding(
                f"min_instance_count_{name}",
                f"is above services.{name}.max_instance_count = {maximum}",
                "lower the one or raise the other",
                value=minimum,
                allowed=f"0 to {maximum}",
            )


def cpu_fits_memory(services: Services, mcp: Mcp) -> Iterator[Finding]:
    """Source: Cloud Run documentation, memory limits."""
    least_cpu = ((4096, 1), (8192, 2), (16384, 4), (24576, 6), (32768, 8))
    least_memory = {1: 512, 2: 512, 4: 2048, 6: 4096, 8: 4096}
    sizes: dict[str, Service] = {f"services.{n}": getattr(services, n) for n in ServiceName}
    if isinstance(mcp, McpService):
        sizes["mcp"] = mcp
    for key, service in sizes.items():
        cpu = next(cpus for memory, cpus in least_cpu if service.memory_mib <= memory)
        if service.cpu < cpu:
            yield Finding(
                f"{key}.memory_mib",
                f"needs {cpu} CPUs or more, and cpu = {service.cpu}",
                f"set {key}.cpu = {cpu}, or lower memory_mib",
                value=service.memory_mib,
            )
        if service.memory_mib < least_memory[service.cpu]:
            yield Finding(
                f"{key}.memory_mib",
                f"is too little for cpu = {service.cpu}",
                f"set {least_memory[service.cpu]} or more",
                value=service.memory_mib,
                allowed=f"{least_memory[service.cpu]} or more",
            )


def hosts_belong_to_the_domain(
    hosts: Hosts,
    domain: str,
    enable_web: bool,
    enable_todox: bool,
    enable_marketing: bool,
    telemetry: Telemetry,
) -> Iterator[Finding]:
    """Passkeys are bound to the domain, and session cookies to it and what is below it."""
    needed = {
        "api": True,
        "web": enable_web,
        "todox": enable_todox,
        "marketing": enable_marketing,
    }
    for name, is_on in needed.items():
        if is_on and getattr(hosts, name) is None:
            yield Finding(
                f"hosts.{name}",
                f"is missing, and the service {name} is on",
                f'add hosts.{name} = "{name}.{domain}", or set enable_{name} = false',
                allowed=f"a host within {domain}",
            )
    seen: dict[str, str] = {}
    for key, host in hosts_by_key(hosts, telemetry, domain).items():
        if host != domain and not host.endswith(f".{domain}"):
            yield Finding(
                key,
                f"is not within domain = {domain}",
                f"use a host that ends in .{domain}",
                value=host,
                allowed=f"{domain} or a host below it",
            )
        if host in seen:
            yield Finding(
                key, f"is also {seen[host]}", "give each service a host of its own", value=host
            )
        seen[host] = key


def images_are_digests(
    environment: str,
    require_image_digest: bool,
    image_api: str | None,
    image_web: str | None,
    image_todox: str | None,
    image_marketing: str | None,
    image_mcp: str | None,
    image_migrations: str | None,
    image_db_bootstrap: str | None,
    image_auth_proxy: str | None,
    image_otel_collector: str | None,
    image_lgtm: str | None,
    image_postgres: str | None,
) -> Iterator[Finding]:
    """A tag can be moved after the review; a digest cannot."""
    if not require_image_digest and environment != "dev":
        yield Finding(
            "require_image_digest",
            "only dev may deploy an image by its tag",
            "remove the line",
            value=require_image_digest,
            allowed="true in staging and prod",
        )
    images = {
        "image_api": image_api,
        "image_web": image_web,
        "image_todox": image_todox,
        "image_marketing": image_marketing,
        "image_mcp": image_mcp,
        "image_migrations": image_migrations,
        "image_db_bootstrap": image_db_bootstrap,
        "image_auth_proxy": image_auth_proxy,
        "image_otel_collector": image_otel_collector,
        "image_lgtm": image_lgtm,
        "image_postgres": image_postgres,
    }
    for key, image in images.items():
        if require_image_digest and image is not None and "@sha256:" not in image:
            yield Finding(
                key,
                "is not pinned by its digest",
                "append @sha256:DIGEST, as gcloud artifacts docker images describe shows it",
                value=image,
                allowed="an image reference that ends in @sha256: and 64 hexadecimal digits",
            )
