"""Alerts on secrets that were destroyed, disabled, or read by somebody else than their readers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from constructs_lib.monitoring.alerts import LogAlert
from constructs_lib.monitoring.audit import ADMIN_ACTIVITY, DATA_ACCESS, SUCCEEDED
from constructs_lib.monitoring.filters import all_of

_SERVICE = "google[.]cloud[.]secretmanager[.]v1[.]SecretManagerService[.]"


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


def secret_is_read_by_another(readers: Mapping[str, Sequence[str]]) -> LogAlert:
    """A secret was read by an account that is none of its readers; needs the data access logs.

    ``readers`` are the ids of the secrets that each account may read, by its e-mail address.
    """
    return LogAlert(
        id="secret-read",
        title="A secret was read by somebody else than its workload",
        severity="ERROR",
        filter=all_of(
            DATA_ACCESS,
            f'protoPayload.methodName =~ "^{_SERVICE}AccessSecretVersion$"',
            SUCCEEDED,
            *(_not_by(account, secrets) for account, secrets in readers.items()),
        ),
        meaning="A person, or an account of another workload, read the value of a secret. "
        "Workloads read their own alone, and people add values without reading them.",
        steps=(
            "Read who and which from the log entry: authenticationInfo.principalEmail, "
            "protoPayload.resourceName, requestMetadata.callerIp.",
            "Ask that person. Nobody knows of it: rotate the secret, and disable the account.",
            "See by which grant it was allowed: beep-infra access explain, with the secret's "
            "address; take the grant back.",
        ),
        runbook="a-secret-was-read-by-somebody-else",
    )


def _not_by(account: str, secrets: Sequence[str]) -> str:
    # Secret Manager names the project by its number there.
    names = "|".join(secrets)
    return (
        f'NOT (protoPayload.authenticationInfo.principalEmail = "{account}" AND '
        f'protoPayload.resourceName =~ "/secrets/({names})/versions/")'
    )


def _secret_manager(methods: str) -> str:
    return all_of(
        ADMIN_ACTIVITY, f'protoPayload.methodName =~ "^{_SERVICE}({methods})$"', SUCCEEDED
    )
