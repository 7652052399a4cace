"""Alerts on secrets that were destroyed or disabled."""

from __future__ import annotations

from constructs_lib.monitoring.alerts import LogAlert
from constructs_lib.monitoring.audit import ADMIN_ACTIVITY, SUCCEEDED
from constructs_lib.monitoring.filters import all_of


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


def _secret_manager(methods: str) -> str:
    service = "google[.]cloud[.]secretmanager[.]v1[.]SecretManagerService[.]"
    return all_of(ADMIN_ACTIVITY, f'protoPayload.methodName =~ "^{service}({methods})$"', SUCCEEDED)
