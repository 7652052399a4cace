"""What Google's APIs refuse although the provider accepts it, where arguments must fit together.

What concerns one argument alone is data: see ``rules``. Each function here takes the configuration
of a resource and yields a finding for each refusal, with the value, what is allowed, and the fix.
Unknown values are refused by nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping

from rehearsal.codec import UNKNOWN, Object, Value
from rehearsal.rules import Finding, Path

_RESERVED = {"K_SERVICE", "K_REVISION", "K_CONFIGURATION"}
_RESERVED_IN_JOBS = {
    "CLOUD_RUN_JOB",
    "CLOUD_RUN_EXECUTION",
    "CLOUD_RUN_TASK_INDEX",
    "CLOUD_RUN_TASK_ATTEMPT",
    "CLOUD_RUN_TASK_COUNT",
}
_RESERVED_PREFIX = "X_GOOGLE_"
"""Source of the names: Cloud Run, container runtime contract, environment variables."""
_MEMORY_GIB: Mapping[int, tuple[float, float]] = {
    1: (0.125, 4),
    2: (0.125, 8),
    4: (2, 16),
    6: (4, 24),
    8: (4, 32),
}
"""The least and the most memory by CPUs. Source: Cloud Run, CPU limits and memory limits."""
_LOG_DAYS = {"ENTERPRISE": 7, "ENTERPRISE_PLUS": 35}
"""Source: provider documentation of transaction_log_retention_days."""
_LEAST_REPLICATED_MEMORY_GIB = 5
"""Source: Memorystore for Redis, read replicas."""


def refusals(type_name: str, config: Object) -> Iterator[Finding]:
    """Yield what Google refuses in a resource of this type."""
    for check in _CHECKS.get(type_name, ()):
        yield from check(config)


def _blocks(config: Value, *names: str) -> Iterator[tuple[Path, Object]]:
    """Yield each block below these names, with its path."""
    blocks: list[tuple[Path, Value]] = [((), config)]
    for name in names:
        blocks = [
            ((*path, name, index), item)
            for path, block in blocks
            if isinstance(block, dict) and isinstance(items := block.get(name), list)
            for index, item in enumerate(items)
        ]
    for path, block in blocks:
        if isinstance(block, dict):
            yield path, block


def _repeated(blocks: Iterator[tuple[Path, Object]], key: str) -> list[Value]:
    """Return the values that several of these blocks have for a key."""
    values = Counter(
        value for _, block in blocks if isinstance(value := block.get(key), str | int | float)
    )
    return [value for value, count in values.items() if count > 1]


# ---------------------------------------------------------------- several types


def _unique(*names: str, key: str) -> Callable[[Object], Iterator[Finding]]:
    """Return a check that the blocks of one parent have different values for a key."""

    def check(config: Object) -> Iterator[Finding]:
        for path, parent in _blocks(config, *names[:-1]):
            for value in _repeated(_blocks(parent, names[-1]), key):
                yield Finding(
                    (*path, names[-1]),
                    f'two {names[-1]} blocks have the {key} "{value}"',
                    f"Allowed: each {key} once. Give one block another {key}, or remove it.",
                )

    return check


# ---------------------------------------------------------------- Cloud Run


def _variable_names(*template: str) -> Callable[[Object], Iterator[Finding]]:
    """Return a check of the names and the values of the containers' variables."""
    is_job = len(template) > 1

    def check(config: Object) -> Iterator[Finding]:
        containers = list(_blocks(config, *template, "containers"))
        for path, container in containers:
            serves = not is_job and (len(containers) == 1 or bool(container.get("ports")))
            reserved = _RESERVED_IN_JOBS if is_job else _RESERVED
            # Cloud Run sets PORT only for the container that serves.
            reserved = reserved | {"PORT"} if serves else reserved
            for _, variable in _blocks(container, "env"):
                name = variable.get("name")
                if not isinstance(name, str):
                    continue
                if name in reserved or name.startswith(_RESERVED_PREFIX):
                    yield Finding(
                        (*path, "env"),
                        f'the variable "{name}" is reserved: Cloud Run sets it itself',
                        "Allowed: any name that the container runtime contract does not reserve."
                        " Remove the variable, or choose another name.",
                    )
                elif not name or "=" in name:
                    yield Finding(
                        (*path, "env"),
                        f'"{name}" cannot be the name of a variable',
                        'Allowed: any name that is not empty and has no "=".',
                    )
                if variable.get("value") and variable.get("value_source"):
                    yield Finding(
                        (*path, "env"),
                        f'the variable "{name}" has a value and a value_source',
                        "Allowed: one of the two. Remove the value of a secret variable.",
                    )

    return check


def _concurrency(config: Object) -> Iterator[Finding]:
    """Source: Cloud Run, CPU limits; Google's message is "Total cpu < 1 is not supported"."""
    for path, template in _blocks(config, "template"):
        concurrency = template.get("max_instance_request_concurrency")
        cpus = [_cpu(container) for _, container in _blocks(template, "containers")]
        if not isinstance(concurrency, int | float) or None in cpus:
            continue
        total = sum(cpu for cpu in cpus if cpu is not None)
        if total < 1 < concurrency:
            yield Finding(
                (*path, "max_instance_request_concurrency"),
                f"{concurrency:g} requests at once need 1 CPU or more; the containers have"
                f" {total:g}",
                "Allowed: 1 where the containers have less than one CPU together. Set"
                " max_instance_request_concurrency = 1, or raise resources.limits.cpu.",
            )


def _cpu(container: Object) -> float | None:
    """Return the CPUs of a container, 1 if it states none; None if they are not known."""
    for _, resources in _blocks(container, "resources"):
        limits = resources.get("limits")
        if limits is None or (isinstance(limits, dict) and limits.get("cpu") is None):
            continue
        text = limits.get("cpu") if isinstance(limits, dict) else None
        if not isinstance(text, str):
            return None
        number, scale = (text[:-1], 1000) if text.endswith("m") else (text, 1)
        try:
            return float(number) / scale
        except ValueError:
            return None
    return 1.0


def _memory(config: Object) -> Iterator[Finding]:
    for path, container in _blocks(config, "template", "containers"):
        cpu, memory = _cpu(container), _memory_gib(container)
        least, most = _MEMORY_GIB.get(int(cpu or 0), (None, None))
        if memory is not None and least and most and not least <= memory <= most:
            yield Finding(
                (*path, "resources"),
                f"{memory:g} GiB of memory do not go with {cpu:g} CPUs",
                f"Allowed: {least:g} to {most:g} GiB. Change memory, or cpu.",
            )


def _memory_gib(container: Object) -> float | None:
    """Return the memory of a container; None if it states none or it is not known."""
    for _, resources in _blocks(container, "resources"):
        limits = resources.get("limits")
        text = limits.get("memory") if isinstance(limits, dict) else None
        for unit, scale in (("Mi", 1024), ("Gi", 1)):
            if isinstance(text, str) and text.endswith(unit) and text[:-2].isdecimal():
                return int(text[:-2]) / scale
    return None


def _instance_counts(config: Object) -> Iterator[Finding]:
    """Both minimums count against the maximum of a revision, which is 100 if it is left out."""
    for path, scaling in _blocks(config, "template", "scaling"):
        most = scaling.get("max_instance_count")
        minimums = [((*path, "min_instance_count"), scaling.get("min_instance_count"))]
        for outer, service in _blocks(config, "scaling"):
            minimums.append(((*outer, "min_instance_count"), service.get("min_instance_count")))
        for where, least in minimums:
            if not isinstance(least, int | float) or not isinstance(most, int | float):
                continue
            if least > most:
                yield Finding(
                    where,
                    f"{least:g} instances at least, and {most:g} at most",
                    f"Allowed: 0 to {most:g}. Lower the one, or raise max_instance_count.",
                )


def _parts_exist(*template: str) -> Callable[[Object], Iterator[Finding]]:
    """Return a check that what a container mounts, or waits for, is there."""

    def check(config: Object) -> Iterator[Finding]:
        for _, inner in _blocks(config, *template):
            containers = list(_blocks(inner, "containers"))
            volumes = {volume.get("name") for _, volume in _blocks(inner, "volumes")}
            names = {container.get("name") for _, container in containers}
            for path, container in containers:
                mounted = [m.get("name") for _, m in _blocks(container, "volume_mounts")]
                awaited = container.get("depends_on")
                for argument, wanted, known in (
                    ("volume_mounts", mounted, volumes),
                    ("depends_on", awaited if isinstance(awaited, list) else [], names),
                ):
                    for name in wanted:
                        if isinstance(name, str) and name not in known and UNKNOWN not in known:
                            listed = ", ".join(sorted(str(n) for n in known if n)) or "none"
                            yield Finding(
                                (*_template_path(template), *path, argument),
                                f'{argument} names "{name}", which is not there',
                                f"Allowed: {listed}. Add it to the template, or correct the name.",
                            )

    return check


def _template_path(template: tuple[str, ...]) -> Path:
    return tuple(step for name in template for step in (name, 0))


# ---------------------------------------------------------------- data


def _log_days(config: Object) -> Iterator[Finding]:
    for path, settings in _blocks(config, "settings"):
        edition = settings.get("edition")
        most = _LOG_DAYS.get(edition) if isinstance(edition, str) else None
        for inner, backup in _blocks(settings, "backup_configuration"):
            days = backup.get("transaction_log_retention_days")
            if most and isinstance(days, int | float) and not 1 <= days <= most:
                yield Finding(
                    (*path, *inner, "transaction_log_retention_days"),
                    f"edition {edition} keeps the log for 1 to {most} days, not {days:g}",
                    f"Allowed: 1 to {most}. Set fewer days, or another edition.",
                )


def _tier(config: Object) -> Iterator[Finding]:
    """Source: provider documentation of edition; Cloud SQL, instance settings."""
    for path, settings in _blocks(config, "settings"):
        edition, tier = settings.get("edition"), settings.get("tier")
        if not isinstance(tier, str) or edition not in ("ENTERPRISE", "ENTERPRISE_PLUS"):
            continue
        is_plus_tier = tier.startswith(("db-perf-optimized-", "db-c4a-"))
        if is_plus_tier != (edition == "ENTERPRISE_PLUS"):
            allowed = (
                "db-perf-optimized-N-CPUS or db-c4a-highmem-CPUS"
                if edition == "ENTERPRISE_PLUS"
                else "db-custom-CPUS-MEMORY, db-g1-small or db-f1-micro"
            )
            yield Finding(
                (*path, "tier"),
                f"tier {tier} does not fit edition {edition}",
                f"Allowed: {allowed}. Choose such a tier, or the other edition.",
            )


def _redis_replicas(config: Object) -> Iterator[Finding]:
    mode, count = config.get("read_replicas_mode"), config.get("replica_count")
    has_count = isinstance(count, int | float) and count > 0
    if mode != "READ_REPLICAS_ENABLED" and not has_count:
        return
    if config.get("tier") in (None, "BASIC"):
        yield Finding(
            ("replica_count",) if has_count else ("read_replicas_mode",),
            "tier BASIC is one node; it has no replicas",
            'Allowed: replicas with tier = "STANDARD_HA". Set it, or leave the replicas out.',
        )
    memory = config.get("memory_size_gb")
    is_small = isinstance(memory, int | float) and memory < _LEAST_REPLICATED_MEMORY_GIB
    if mode == "READ_REPLICAS_ENABLED" and is_small:
        yield Finding(
            ("memory_size_gb",),
            f"read replicas need {_LEAST_REPLICATED_MEMORY_GIB} GiB or more, not {memory}",
            f"Allowed: {_LEAST_REPLICATED_MEMORY_GIB} to 300. Raise it, or leave the replicas out.",
        )


_CHECKS: Mapping[str, tuple[Callable[[Object], Iterator[Finding]], ...]] = {
    "google_artifact_registry_repository": (
        # The provider makes a map of them: of two policies with one id, one is lost without a word.
        # Source: expandArtifactRegistryRepositoryCleanupPolicies.
        _unique("cleanup_policies", key="id"),
    ),
    "google_cloud_run_v2_job": (
        _variable_names("template", "template"),
        _parts_exist("template", "template"),
        _unique("template", "template", "containers", "env", key="name"),
        _unique("template", "template", "containers", key="name"),
        _unique("template", "template", "volumes", key="name"),
    ),
    "google_cloud_run_v2_service": (
        _variable_names("template"),
        _parts_exist("template"),
        _concurrency,
        _memory,
        _instance_counts,
        _unique("template", "containers", "env", key="name"),
        _unique("template", "containers", key="name"),
        _unique("template", "volumes", key="name"),
    ),
    "google_compute_security_policy": (
        # Source: rulesCustomizeDiff in resource_compute_security_policy.go.
        _unique("rule", key="priority"),
    ),
    "google_redis_instance": (_redis_replicas,),
    "google_sql_database_instance": (_log_days, _tier),
}
