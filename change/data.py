"""What keeps data: protections and backups, and changes during which a store does not answer."""

from __future__ import annotations

from collections.abc import Iterator

from change.facts import Effect, Fact, Mark, collected, compared
from change.resources import ResourceChange
from change.side import Side
from terraform_json import blocks

_SAFEGUARDS = {
    "google_sql_database_instance": (
        "deletion_protection",
        "settings.deletion_protection_enabled",
        "settings.availability_type",
        "settings.backup_configuration.enabled",
        "settings.backup_configuration.location",
        "settings.backup_configuration.point_in_time_recovery_enabled",
        "settings.backup_configuration.transaction_log_retention_days",
        "settings.backup_configuration.backup_retention_settings.retained_backups",
        "settings.retain_backups_on_delete",
    ),
    "google_sql_database": ("deletion_policy",),
    "google_sql_user": ("deletion_policy",),
    "google_redis_instance": (
        "persistence_config.persistence_mode",
        "persistence_config.rdb_snapshot_period",
        "redis_configs.maxmemory-policy",
    ),
    "google_secret_manager_secret": ("deletion_protection", "version_destroy_ttl"),
    "google_storage_bucket": (
        "force_destroy",
        "versioning.enabled",
        "soft_delete_policy.retention_duration_seconds",
        "retention_policy.retention_period",
    ),
    "aws_s3_bucket": ("force_destroy",),
    "aws_s3_bucket_versioning": ("versioning_configuration.status",),
    "aws_kms_key": ("deletion_window_in_days", "enable_key_rotation"),
    "google_pubsub_subscription": ("message_retention_duration", "expiration_policy.ttl"),
    "google_pubsub_topic": ("message_retention_duration",),
    "google_cloud_run_v2_service": ("deletion_protection",),
    "google_compute_instance": ("deletion_protection",),
    "google_compute_resource_policy": (
        "snapshot_schedule_policy.retention_policy.max_retention_days",
        "snapshot_schedule_policy.retention_policy.on_source_disk_delete",
        "snapshot_schedule_policy.schedule.daily_schedule.days_in_cycle",
    ),
}
_INTERRUPTS = {
    "google_sql_database_instance": ("settings.tier", "settings.database_flags[max_connections]"),
    "google_compute_instance": ("machine_type",),
}
"""Arguments whose change restarts what holds data.

Sources: cloud.google.com/sql/docs/postgres/flags and /instance-settings; for a machine,
``allow_stopping_for_update`` of the provider.
"""


def data(before: Side, after: Side, changes: list[ResourceChange]) -> list[Effect]:
    """Return which safeguards change on what stays, and what restarts."""
    old, new = (collected(_safeguards(side)) for side in (before, after))
    return [*compared(old, new, kept_only=True), *_restarts(changes)]


def _safeguards(side: Side) -> Iterator[Fact]:
    for placed in side.by_key.values():
        kind = placed.resource.kind
        subject = f"{kind.removeprefix('google_')} {placed.name}"
        for path in _SAFEGUARDS.get(kind, ()):
            value = placed.get(path)
            stated = "not set" if value is None else str(value).lower()
            yield placed.environment, f"{subject}: {path.removeprefix('settings.')}", stated
        lifecycle = placed.resource.arguments.get("lifecycle")
        prevented = any(body.get("prevent_destroy") for _, body in blocks(lifecycle, 0))
        yield placed.environment, f"{subject}: prevent_destroy", str(prevented).lower()


def _restarts(changes: list[ResourceChange]) -> list[Effect]:
    restarts = []
    for change in changes:
        kind = change.address.partition(".")[0]
        reasons = {
            path
            for difference in change.differences
            for path in _INTERRUPTS.get(kind, ())
            if difference.path.startswith(path) and change.action == "updated"
        }
        if reasons:
            environment = change.stack.rpartition("-")[0]
            text = f"{change.address} restarts, because {', '.join(sorted(reasons))} changes"
            restarts.append(Effect(Mark.CHANGED, text, (environment,)))
    return restarts
