"""What each type of resource is billed by.

A function for each type yields the lines of all resources of its type in one project, because some
prices begin after what is free in a project, or hold for several resources together.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from cost.project import Line, Placed, Project
from cost.table import UnpricedError

SECONDS_PER_HOUR = 3600
MIB_PER_GIB = 1024
GIB_PER_TIB = 1024

_SQL_TIER = re.compile(r"db-custom-(\d+)-(\d+)")
_SQL_DISK_GIB = 10
"""Unless stated (provider documentation, ``disk_size``)."""
_REDIS_CAPACITY = (4, 10, 35, 100)
"""The largest GiB of M1 to M4 (Memorystore documentation, pricing)."""
_RULES_TOGETHER = 5
"""Forwarding rules of a project that have one price together."""

Lines = Iterator[Line]


def _sql(project: Project) -> Lines:
    for instance in project.of("google_sql_database_instance"):
        region = instance.get("region")
        tier, edition = instance.get("settings", "tier"), instance.get("settings", "edition")
        machine = _SQL_TIER.fullmatch(tier)
        if machine is None or edition != "ENTERPRISE":
            raise UnpricedError(
                f"{instance.resource.address}: a {tier} of edition {edition} has no price; "
                "add it to cost/prices.toml and cost/resources.py"
            )
        cpus, gib = int(machine[1]), int(machine[2]) / MIB_PER_GIB
        disk_gib = instance.get("settings", "disk_size") or _SQL_DISK_GIB
        is_regional = instance.get("settings", "availability_type") == "REGIONAL"
        where = "regional" if is_regional else "zonal"
        disk = instance.get("settings", "disk_type")

        def line(
            what: str,
            quantity: float,
            price_id: str,
            instance: Placed = instance,
            region: str = region,
        ) -> Line:
            return project.line("Cloud SQL", instance, what, quantity, price_id, region)

        yield line(f"{cpus} vCPU, {where}", cpus * project.hours, f"sql vcpu {where}")
        yield line(f"{gib:g} GiB, {where}", gib * project.hours, f"sql memory {where}")
        yield line(f"disk of {disk_gib} GiB, {where}", disk_gib, f"sql {disk} {where}")
        if instance.get("settings", "backup_configuration", "enabled"):
            backups = disk_gib * project.table.assumed("backup_share")
            yield line("backups", backups, "sql backup")


def _redis(project: Project) -> Lines:
    for instance in project.of("google_redis_instance"):
        tier, gib = instance.get("tier"), instance.get("memory_size_gb")
        capacity = 1 + sum(gib > largest for largest in _REDIS_CAPACITY)
        # A price of STANDARD_HA is that of two nodes.
        pairs = (1 + instance.get("replica_count")) / 2 if instance.get("replica_count") else 1
        yield project.line(
            "Redis",
            instance,
            f"{gib} GiB, {tier}",
            gib * pairs * project.hours,
            f"redis {tier} M{capacity}",
            instance.get("region"),
        )


def _cloud_run_services(project: Project) -> Lines:
    seconds = project.hours * SECONDS_PER_HOUR
    busy = project.table.assumed("busy_share")
    for service in project.of("google_cloud_run_v2_service"):
        cpus, gib, by_instance = _size(service.get("template", "containers"))
        count: int = max(
            service.get("scaling", "min_instance_count") or 0,
            service.get("template", "scaling", "min_instance_count") or 0,
        )
        if by_instance:
            kept = count or busy
            shares = [(f"{kept:g} instances", kept, "")]
        else:
            # While it serves, an instance has the higher price; the rest of the time it is kept.
            shares = [
                ("while it serves", busy, " by request"),
                (f"{count} kept idle", max(count - busy, 0), " idle"),
            ]
        for what, instances, suffix in shares:
            for unit, size in (("vcpu", cpus), ("memory", gib)):
                yield project.line(
                    "Cloud Run",
                    service,
                    f"{size:g} {'vCPU' if unit == 'vcpu' else 'GiB'}, {what}",
                    size * instances * seconds,
                    f"run {unit}{suffix}",
                    service.get("location"),
                )


def _cloud_run_jobs(project: Project) -> Lines:
    seconds = project.table.assumed("job_minutes") * 60
    for job in project.of("google_cloud_run_v2_job"):
        cpus, gib, _ = _size(job.get("template", "template", "containers"))
        for unit, size in (("vcpu", cpus), ("memory", gib)):
            yield project.line(
                "Cloud Run", job, "a job", size * seconds, f"run {unit}", job.get("location")
            )


def _size(containers: list[Mapping[str, Any]]) -> tuple[float, float, bool]:
    """Return vCPU and GiB of an instance, and whether it is billed for as long as it is there."""
    limits = [container["resources"]["limits"] for container in containers]
    cpus = sum(_cpus(limit["cpu"]) for limit in limits)
    gib = sum(_gib(limit["memory"]) for limit in limits)
    by_instance = any(c["resources"].get("cpu_idle") is False for c in containers)
    return cpus, gib, by_instance


def _cpus(text: str) -> float:
    return float(text.removesuffix("m")) / 1000 if text.endswith("m") else float(text)


def _gib(text: str) -> float:
    if text.endswith("Mi"):
        return float(text.removesuffix("Mi")) / MIB_PER_GIB
    return float(text.removesuffix("Gi"))


def _load_balancer(project: Project) -> Lines:
    rules = project.of("google_compute_global_forwarding_rule")
    for number, rule in enumerate(rules):
        if number == 0:
            what, price_id = "the first five forwarding rules", "forwarding rules, first five"
        elif number >= _RULES_TOGETHER:
            what, price_id = "a further forwarding rule", "forwarding rule, further"
        else:
            continue
        yield project.line("load balancer", rule, what, project.hours, price_id)
    if rules:
        gib = project.table.assumed("edge_gib")
        yield project.line("load balancer", rules[0], "data through it", gib, "balanced data")
        yield project.line(
            "load balancer", rules[0], "data to the internet", gib, "internet egress"
        )


def _cloud_armor(project: Project) -> Lines:
    policies = project.of("google_compute_security_policy")
    for policy in policies:
        rules = len(policy.get("rule") or ())
        for content in (policy.get("dynamic") or {}).values():
            blocks = content if isinstance(content, list) else [content]
            rules += len(blocks) * int(project.table.assumed("armor_dynamic_rules"))
        yield project.line("Cloud Armor", policy, "the policy", 1, "armor policy")
        yield project.line("Cloud Armor", policy, f"{rules} rules", rules, "armor rule")
    if policies:
        requests = project.table.assumed("edge_requests")
        yield project.line("Cloud Armor", policies[0], "requests", requests, "armor requests")


def _machines(project: Project) -> Lines:
    for machine in project.of("google_compute_instance"):
        kind, region = machine.get("machine_type"), _region(machine.get("zone"))
        boot = machine.resource.get("boot_disk", "initialize_params") or {}
        yield project.line("machines", machine, kind, project.hours, f"machine {kind}", region)
        yield project.line(
            "disks", machine, "the boot disk", boot["size"], f"disk {boot['type']}", region
        )


def _disks(project: Project) -> Lines:
    for disk in project.of("google_compute_disk"):
        region = _region(disk.get("zone"))
        kind, gib = disk.get("type"), disk.get("size")
        yield project.line("disks", disk, f"{gib} GiB of {kind}", gib, f"disk {kind}", region)


def _snapshots(project: Project) -> Lines:
    disks = {(d.stack, d.resource.address): d for d in project.of("google_compute_disk")}
    for attachment in project.of("google_compute_disk_resource_policy_attachment"):
        reference = re.fullmatch(r"\$\{([\w.-]+)\.name\}", attachment.get("disk"))
        disk = disks[attachment.stack, reference[1] if reference else ""]
        gib = disk.get("size") * project.table.assumed("snapshot_share")
        region = _region(attachment.get("zone"))
        yield project.line("disks", attachment, "snapshots", gib, "snapshot", region)


def _connectors(project: Project) -> Lines:
    for connector in project.of("google_vpc_access_connector"):
        kind, count = connector.get("machine_type"), connector.get("min_instances")
        yield project.line(
            "VPC connector",
            connector,
            f"{count} {kind}",
            count * project.hours,
            f"machine {kind}",
            connector.get("region"),
        )


def _nat(project: Project) -> Lines:
    for gateway in project.of("google_compute_router_nat"):
        instances, gib = (project.table.assumed(id) for id in ("nat_instances", "nat_gib"))
        hours = instances * project.hours
        yield project.line("NAT", gateway, f"{instances:g} instances", hours, "nat instance")
        yield project.line("NAT", gateway, "data through it", gib, "nat data")


def _addresses(project: Project) -> Lines:
    for address in project.of("google_compute_address"):
        if address.get("address_type") == "EXTERNAL":
            yield project.line("NAT", address, "an address", project.hours, "external address")


def _flow_logs(project: Project) -> Lines:
    for subnet in project.of("google_compute_subnetwork"):
        if subnet.get("log_config"):
            gib = project.table.assumed("flow_log_gib")
            yield project.line("logs", subnet, "flow logs", gib, "network logs")


def _services(project: Project) -> Lines:
    """What an interface of Google costs by its use, where no resource stands for that."""
    table = project.table
    for service in project.of("google_project_service"):
        match service.get("service"):
            case "logging.googleapis.com":
                gib = max(table.assumed("log_gib") - table.assumed("log_gib_free"), 0)
                what = f"{table.assumed('log_gib'):g} GiB of logs, less what is free"
                yield project.line("logs", service, what, gib, "logs")
            case "containerscanning.googleapis.com":
                scans = table.assumed("image_scans")
                yield project.line("images", service, "scans for faults", scans, "image scan")


def _uptime_checks(project: Project) -> Lines:
    checks = project.of("google_monitoring_uptime_check_config")
    thousands = 0.0
    for check in checks:
        period = int(check.get("period").removesuffix("s"))
        regions = len(check.get("selected_regions") or ()) or project.table.assumed(
            "uptime_regions"
        )
        thousands += regions * project.hours * SECONDS_PER_HOUR / period / 1000
    if checks:
        billed = max(thousands - project.table.assumed("uptime_free"), 0)
        what = f"{thousands:.0f} thousand executions, less what is free"
        yield project.line("uptime checks", checks[0], what, billed, "uptime check")


def _secrets(project: Project) -> Lines:
    secrets = project.of("google_secret_manager_secret")
    for secret in secrets:
        replicas = secret.get("replication", "user_managed", "replicas")
        locations = len(replicas) if replicas else 1
        yield project.line("secrets", secret, "a version", locations, "secret version")
    if secrets:
        reads = project.table.assumed("secret_reads")
        yield project.line("secrets", secrets[0], "reads", reads, "secret reads")


def _dns(project: Project) -> Lines:
    for zone in project.of("google_dns_managed_zone"):
        yield project.line("DNS", zone, "a zone", 1, "dns zone")
        if zone.get("visibility") == "public":
            queries = project.table.assumed("dns_queries")
            yield project.line("DNS", zone, "queries", queries, "dns queries")


def _buckets(project: Project) -> Lines:
    for bucket in project.of("google_storage_bucket"):
        location = bucket.get("location").lower()
        price_id = "bucket" if "-" in location else "bucket, multi-region"
        gib = project.table.assumed("bucket_gib")
        yield project.line("storage", bucket, f"{gib:g} GiB", gib, price_id, location)


def _s3_buckets(project: Project) -> Lines:
    regions = {
        stack.name: body.get("region")
        for stack in project.stacks
        for name, body in stack.blocks("provider")
        if name == "aws"
    }
    for bucket in project.of("aws_s3_bucket"):
        gib = project.table.assumed("bucket_gib")
        region = regions.get(bucket.stack)
        yield project.line("storage", bucket, f"{gib:g} GiB on AWS", gib, "s3 bucket", region)


def _kms_keys(project: Project) -> Lines:
    for key in project.of("aws_kms_key"):
        yield project.line("storage", key, "a key on AWS", 1, "kms key")


def _repositories(project: Project) -> Lines:
    for repository in project.of("google_artifact_registry_repository"):
        gib = project.table.assumed("image_gib")
        yield project.line("images", repository, f"{gib:g} GiB", gib, "images")


def _topics(project: Project) -> Lines:
    if topics := project.of("google_pubsub_topic"):
        gib = max(
            project.table.assumed("message_gib") - project.table.assumed("message_gib_free"), 0
        )
        yield project.line("Pub/Sub", topics[0], "messages", gib / GIB_PER_TIB, "messages")


def _region(zone: str) -> str:
    return zone.rpartition("-")[0]


PRICED: Mapping[str, Callable[[Project], Lines]] = {
    "aws_kms_key": _kms_keys,
    "aws_s3_bucket": _s3_buckets,
    "google_artifact_registry_repository": _repositories,
    "google_cloud_run_v2_job": _cloud_run_jobs,
    "google_cloud_run_v2_service": _cloud_run_services,
    "google_compute_address": _addresses,
    "google_compute_disk": _disks,
    "google_compute_disk_resource_policy_attachment": _snapshots,
    "google_compute_global_forwarding_rule": _load_balancer,
    "google_compute_instance": _machines,
    "google_compute_router_nat": _nat,
    "google_compute_security_policy": _cloud_armor,
    "google_compute_subnetwork": _flow_logs,
    "google_dns_managed_zone": _dns,
    "google_monitoring_uptime_check_config": _uptime_checks,
    "google_project_service": _services,
    "google_pubsub_topic": _topics,
    "google_redis_instance": _redis,
    "google_secret_manager_secret": _secrets,
    "google_sql_database_instance": _sql,
    "google_storage_bucket": _buckets,
    "google_vpc_access_connector": _connectors,
}
"""By type: what it is billed by. Every other type in use is among the free ones of the table."""
