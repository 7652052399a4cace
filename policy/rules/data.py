"""Rules about data: protection from deletion, backups, logs, and access from outside."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from constructs_lib.environment.names import deployer_account
from policy.rule import Hits, rule
from policy.stack import Resource, Stack

_SQL = "google_sql_database_instance"
_STATEFUL = {
    "aws_kms_key",
    "aws_s3_bucket",
    "google_artifact_registry_repository",
    "google_compute_disk",
    "google_iam_workload_identity_pool",
    "google_redis_instance",
    _SQL,
    "google_storage_bucket",
}
"""Types that hold data or what decrypts it, or whose names Google blocks for weeks."""
_GOOGLE_PROTECTION = {
    "google_cloud_run_v2_service": ("deletion_protection",),
    "google_secret_manager_secret": ("deletion_protection",),
    _SQL: ("settings", "deletion_protection_enabled"),
}
"""The argument that turns on Google's own protection, which also stops the console and gcloud."""


_LEAST_EXPORT_SECONDS = 7 * 86400


def _is_replica(resource: Resource) -> bool:
    """Return whether a database is a replica, which holds no data that its primary lacks."""
    return bool(resource.get("master_instance_name"))


@rule(
    title="Terraform refuses to destroy what holds data, where the environment is protected",
    reason="Terraform replaces a resource whose construct is renamed or whose region changes, and "
    "only the plan shows it.",
    fix="pass lifecycle=kept(deletion_protection)",
)
def prevent_destroy(stack: Stack) -> Hits:
    """Find stateful resources that a plan may destroy."""
    if not stack.is_protected:
        return
    for resource in stack.resources(*_STATEFUL):
        protected = resource.get("lifecycle", "prevent_destroy") is True
        if not protected and not _is_replica(resource):
            yield resource.address, "lifecycle.prevent_destroy is not set"


@rule(
    title="Google refuses to delete databases, secrets and services of a protected environment",
    reason="prevent_destroy stops Terraform only; Google's own switch also stops the console and "
    "gcloud.",
    fix="set deletion_protection from the environment's setting",
)
def deletion_protection(stack: Stack) -> Hits:
    """Find resources whose protection by Google is off."""
    if not stack.is_protected:
        return
    for kind, path in _GOOGLE_PROTECTION.items():
        for resource in stack.resources(kind):
            if resource.get(*path) is not True and not _is_replica(resource):
                yield resource.address, f"{'.'.join(path)} is not true"


@rule(
    title="A bucket that holds objects cannot be destroyed",
    reason="force_destroy deletes every object first, and versioning does not prevent that.",
    fix="remove force_destroy, or set it to false",
)
def force_destroy(stack: Stack) -> Hits:
    """Find buckets that may be destroyed with their objects."""
    if not stack.is_protected:
        return
    for bucket in stack.resources("google_storage_bucket", "aws_s3_bucket"):
        if bucket.get("force_destroy"):
            yield bucket.address, "force_destroy is true"


@rule(
    title="Cloud SQL states its edition",
    reason="Google chooses Enterprise Plus for new versions of Postgres, at a multiple of the "
    "price, and then refuses the smaller tiers.",
    fix="set settings.edition",
)
def sql_edition(stack: Stack) -> Hits:
    """Find instances that leave their edition to Google."""
    for instance in stack.resources(_SQL):
        if not instance.get("settings", "edition"):
            yield instance.address, "settings.edition is not set"


@rule(
    title="A database can be restored to any minute",
    reason="With daily backups alone up to a day of data is lost; checkov checks only that there "
    "are backups.",
    fix="set backup_configuration.point_in_time_recovery_enabled",
)
def sql_point_in_time(stack: Stack) -> Hits:
    """Find primaries without point-in-time recovery."""
    for instance in stack.resources(_SQL):
        backups = ("settings", "backup_configuration")
        recoverable = instance.get(*backups, "point_in_time_recovery_enabled") is True
        if not recoverable and not _is_replica(instance):
            yield instance.address, "point_in_time_recovery_enabled is not true"


@rule(
    title="Waits for locks are logged, and statements are not",
    reason="checkov's checks of these flags (54, 57) fail on JSON. Logged waits explain "
    "outages; logged statements contain personal data.",
    fix="set the flag log_lock_waits to on, and leave log_min_duration_statement alone",
)
def sql_log_flags(stack: Stack) -> Hits:
    """Find Postgres instances that do not log waits for locks, or that log statements."""
    for instance in stack.resources(_SQL):
        flags = instance.get("settings", "database_flags") or []
        values = {flag["name"]: flag["value"] for flag in flags}
        if values.get("log_lock_waits") != "on":
            yield instance.address, "log_lock_waits is not on"
        if values.get("log_min_duration_statement", "-1") != "-1":
            yield instance.address, "log_min_duration_statement is set"


@rule(
    title="No firewall rule lets everyone in",
    reason="checkov checks a few well-known ports only; a database on any other port is just as "
    "exposed.",
    fix="name the ranges: 35.235.240.0/20 for IAP, or a range of the VPC",
)
def firewall_sources(stack: Stack) -> Hits:
    """Find firewall rules that allow traffic from any address."""
    for firewall in stack.resources("google_compute_firewall"):
        if firewall.get("direction") == "EGRESS" or not firewall.get("allow"):
            continue
        sources = firewall.get("source_ranges") or []
        narrowed = sources or firewall.get("source_tags") or firewall.get("source_service_accounts")
        if {"0.0.0.0/0", "::/0"} & set(sources) or not narrowed:
            yield firewall.address, f"source_ranges = {sources or 'not set'}"


def _deletes(repository: Resource) -> bool:
    """Return whether a clean-up policy deletes anything, and not only in a dry run."""
    policies = repository.get("cleanup_policies") or []
    is_dry_run = repository.get("cleanup_policy_dry_run") is True
    return not is_dry_run and any(policy.get("action") == "DELETE" for policy in policies)


def _kept_prefixes(repository: Resource) -> Iterator[str]:
    """Yield the prefixes of the tags whose images are kept, whatever else holds of them."""
    for policy in repository.get("cleanup_policies") or []:
        condition: dict[str, Any] = policy.get("condition") or {}
        # With any other key the policy keeps some of these images only.
        narrowed = {k for k, v in condition.items() if v} - {"tag_state", "tag_prefixes"}
        if policy.get("action") != "KEEP" or narrowed or condition.get("tag_state") == "UNTAGGED":
            continue
        yield from condition.get("tag_prefixes") or []


@rule(
    title="A clean-up keeps the images that an environment runs",
    reason="An image that is deployed by its digest looks untagged and old once its tag has moved "
    "on. When it is deleted, no instance of it starts any more.",
    fix="add a cleanup_policies block with action KEEP and condition.tag_prefixes of the "
    "environment, and tag what is deployed",
)
def kept_images(stack: Stack) -> Hits:
    """Find repositories whose clean-up may delete what an environment of the pipeline runs."""
    prefix = deployer_account("")
    accounts = [str(a.get("account_id")) for a in stack.resources("google_service_account")]
    environments = [a.removeprefix(prefix) for a in accounts if a.startswith(prefix)]
    for repository in stack.resources("google_artifact_registry_repository"):
        if not _deletes(repository):
            continue
        kept = tuple(_kept_prefixes(repository))
        for environment in environments:
            # Tags are <environment>-<something>, so a shorter prefix keeps them as well.
            if not any(f"{environment}-".startswith(tag_prefix) for tag_prefix in kept):
                listed = ", ".join(kept) or "no tag"
                yield (
                    repository.address,
                    f"nothing keeps tags that begin with {environment}-; kept: {listed}",
                )


@rule(
    title="What is exported cannot be deleted for a week or longer",
    reason="An export is what is left when the project of the environment is lost, or in the hands "
    "of somebody else. Without a retention policy it goes with it.",
    fix="raise database_export.retention_days; constructs_lib/database_export makes the bucket",
)
def export_retention(stack: Stack) -> Hits:
    """Find buckets of the bootstrap that Cloud SQL writes to, without a retention of seven days."""
    if stack.name != "bootstrap":
        return
    workflows = "".join(
        str(w.get("source_contents")) for w in stack.resources("google_workflows_workflow")
    )
    for bucket in stack.resources("google_storage_bucket"):
        if f"gs://{bucket.get('name')}/" not in workflows:
            continue
        seconds = bucket.get("retention_policy", "retention_period") or 0
        if seconds < _LEAST_EXPORT_SECONDS:
            yield bucket.address, f"retention_policy.retention_period = {seconds}"


RULES = (
    prevent_destroy,
    deletion_protection,
    force_destroy,
    sql_edition,
    sql_point_in_time,
    sql_log_flags,
    firewall_sources,
    kept_images,
    export_retention,
)
