"""Alerts on single log entries: what must not happen unseen, although no metric counts it.

Method names and fields are from Google's lists of audited operations of Secret Manager, IAM and
Cloud SQL. Admin Activity and System Event logs are always on and cost nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from constructs_lib.monitoring.alerts import Notice, all_of

_ADMIN_ACTIVITY = 'log_id("cloudaudit.googleapis.com/activity")'
_SYSTEM_EVENT = 'log_id("cloudaudit.googleapis.com/system_event")'
# A call that Google refused changed nothing.
_SUCCEEDED = "NOT protoPayload.status.code > 0"
# Each API names it differently: SetIamPolicy, SetIAMPolicy, storage.setIamPermissions.
_GRANTS = "(?i)(setiam(policy|permissions)|createserviceaccountkey)$"
_WHO = "protoPayload.authenticationInfo.principalEmail"


@dataclass(frozen=True, slots=True, kw_only=True)
class LogAlert(Notice):
    """A log entry that matches is an incident."""

    filter: str
    """In the language of Logging, which is not that of Monitoring."""
    rate_limit_seconds: int = 3600
    """One notification in this time, however many entries match. The API demands it."""


def secret_is_destroyed() -> LogAlert:
    """A version can be brought back while its time to destruction runs; a secret cannot."""
    return LogAlert(
        id="secret-destroyed",
        title="A secret or one of its versions was destroyed",
        severity="ERROR",
        filter=_secret_manager("DestroySecretVersion|DeleteSecret"),
        rate_limit_seconds=300,
        meaning="A workload that pins this version fails at its next start: at the next release, "
        "or when it scales out.",
        steps=(
            "Read who and which from the log entry: protoPayload.resourceName, "
            "authenticationInfo.principalEmail.",
            "Is the number pinned? See [secret_versions] of the environment file; no line means 1.",
            "Pinned: gcloud secrets versions enable N --secret=SECRET, within seven days.",
        ),
        runbook="a-secret-was-destroyed-or-disabled",
    )


def secret_is_disabled() -> LogAlert:
    """The last step of a rotation, or a mistake."""
    return LogAlert(
        id="secret-disabled",
        title="A version of a secret was disabled",
        severity="WARNING",
        filter=_secret_manager("DisableSecretVersion"),
        meaning="Expected as the last step of a rotation. If the version is still pinned, "
        "workloads that read it cannot start.",
        steps=(
            "Read who and which from the log entry: protoPayload.resourceName, "
            "authenticationInfo.principalEmail.",
            "Compare the number with [secret_versions] of the environment file; no line means 1.",
            "Still pinned: gcloud secrets versions enable N --secret=SECRET.",
        ),
        runbook="a-secret-was-destroyed-or-disabled",
    )


def access_is_changed(deployers: Sequence[str]) -> LogAlert:
    """IAM changed, or an account got a key, and none of the deployers did it."""
    return LogAlert(
        id="access-changed",
        title="Access was changed by hand",
        severity="WARNING",
        filter=all_of(
            _ADMIN_ACTIVITY,
            f'protoPayload.methodName =~ "{_GRANTS}"',
            _SUCCEEDED,
            # Google's own accounts, when an API is switched on.
            f'NOT {_WHO} =~ "@system[.]gserviceaccount[.]com$"',
            *(f'NOT {_WHO} = "{deployer}"' for deployer in deployers),
        ),
        meaning="Somebody other than the pipeline changed who may do what in this project, or "
        "made a key for a service account. Accounts here have no keys.",
        steps=(
            "Read who did what from the log entry: authenticationInfo.principalEmail, "
            "methodName, resourceName, serviceData.policyDelta.",
            "Ask that person. Nobody knows of it: treat the account as stolen, and disable it.",
            "Take the change back, or bring it into the files so that the next plan knows it.",
        ),
        runbook="access-was-changed-by-hand",
    )


def cloud_sql_is_deleted(instance: str) -> LogAlert:
    """The instance is gone, with its backups unless they were kept."""
    return LogAlert(
        id="postgres-deleted",
        title=f"The Cloud SQL instance {instance} was deleted",
        severity="CRITICAL",
        filter=all_of(
            _ADMIN_ACTIVITY,
            'protoPayload.methodName = "cloudsql.instances.delete"',
            f'protoPayload.resourceName : "instances/{instance}"',
            _SUCCEEDED,
        ),
        rate_limit_seconds=300,
        meaning=f"{instance} was deleted, and its deletion protection was lifted before.",
        steps=(
            "Read who from the log entry: authenticationInfo.principalEmail.",
            f'List what is left: gcloud sql backups list --filter="instance:{instance}".',
            "Not meant: restore under another name; the old one is blocked for about a week.",
        ),
        runbook="postgres-was-deleted-or-not-backed-up",
    )


def cloud_sql_backup_failed(project_id: str, instance: str) -> LogAlert:
    """The daily backup of an instance did not come about."""
    return LogAlert(
        id="postgres-backup",
        title=f"The backup of Cloud SQL instance {instance} failed",
        severity="ERROR",
        filter=all_of(
            _SYSTEM_EVENT,
            'resource.type = "cloudsql_database"',
            f'resource.labels.database_id = "{project_id}:{instance}"',
            'protoPayload.methodName = "cloudsql.instances.automatedBackup"',
            # STATUS_FAILED, STATUS_ATTEMPT_FAILED and STATUS_SKIPPED, against STATUS_SUCCEEDED.
            'protoPayload.metadata.windowStatus =~ "FAILED|SKIPPED"',
        ),
        meaning=f"{instance} has no backup of today. Until there is one, a restore goes further "
        "back, or depends on the transaction log alone.",
        steps=(
            f"See the last good one: gcloud sql backups list --instance={instance} --limit=5.",
            "Read the reason in the log entry: protoPayload.metadata.message.",
            f"Make one now: gcloud sql backups create --instance={instance}.",
        ),
        runbook="postgres-was-deleted-or-not-backed-up",
    )


def _secret_manager(methods: str) -> str:
    service = "google[.]cloud[.]secretmanager[.]v1[.]SecretManagerService[.]"
    return all_of(
        _ADMIN_ACTIVITY, f'protoPayload.methodName =~ "^{service}({methods})$"', _SUCCEEDED
    )
