"""Alerts on access and infrastructure that somebody other than the pipeline changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from constructs_lib.monitoring.alerts import LogAlert
from constructs_lib.monitoring.audit import ADMIN_ACTIVITY, SUCCEEDED
from constructs_lib.monitoring.filters import all_of

# Each API names it differently: SetIamPolicy, SetIAMPolicy, storage.setIamPermissions.
_GRANTS = "(?i)(setiam(policy|permissions)|createserviceaccountkey)$"
_WHO = "protoPayload.authenticationInfo.principalEmail"
_AGENTS = (
    "^service-[0-9]+@(gcp-sa-[a-z-]+|compute-system|service-networking|serverless-robot-prod)"
    "[.]iam[.]gserviceaccount[.]com$"
)
"""Accounts by which Google's services act, in projects of Google: some peerings are theirs."""
_LOG_CONFIGURATION = (
    "^google[.]logging[.]v2[.]ConfigServiceV2[.]"
    "(Create|Update|Delete|Undelete)(Sink|Exclusion|Bucket(Async)?)$"
)
"""Source: Cloud Logging documentation, audit logging information."""


@dataclass(frozen=True, slots=True)
class Change:
    """A kind of change that a benchmark asks to be told of: the methods that make it."""

    id: str
    what: str
    methods: str
    """A regular expression on ``protoPayload.methodName``; source: the CIS Google Cloud Foundation
    Benchmark 3.0.0, 2.6 to 2.11, whose filters these are."""


CHANGES = (
    Change("custom-roles", "a custom role", "^google[.]iam[.]admin[.]v1[.][A-Za-z]+Role$"),
    Change("firewall", "a firewall rule", "compute[.]firewalls[.](insert|patch|update|delete)$"),
    Change("routes", "a route", "compute[.]routes[.](insert|delete)$"),
    Change(
        "networks",
        "a network or its peerings",
        "compute[.]networks[.](insert|patch|delete|addPeering|updatePeering|removePeering)$",
    ),
)
CLOUD_SQL_CHANGE = Change(
    "cloud-sql", "the configuration of Cloud SQL", "^cloudsql[.]instances[.](update|patch)$"
)
"""Only where there is Cloud SQL."""


def infrastructure_is_changed(change: Change, deployers: Sequence[str]) -> LogAlert:
    """A change that should come from the files was made by somebody other than the deployers."""
    return LogAlert(
        id=f"{change.id}-changed",
        title=f"Somebody changed {change.what} by hand",
        severity="WARNING",
        filter=all_of(
            ADMIN_ACTIVITY,
            f'protoPayload.methodName =~ "{change.methods}"',
            SUCCEEDED,
            f'NOT {_WHO} =~ "{_AGENTS}"',
            *_none_of(deployers),
        ),
        meaning=f"Somebody other than the pipeline changed {change.what} in this project. The "
        "next apply takes it back, unless the files say the same.",
        steps=(
            "Read who did what from the log entry: authenticationInfo.principalEmail, methodName, "
            "resourceName, request.",
            "Ask that person. Nobody knows of it: treat the account as stolen, and disable it.",
            "Take the change back, or bring it into the files so that the next plan knows it.",
        ),
        runbook="infrastructure-was-changed-by-hand",
    )


def log_sinks_are_changed() -> LogAlert:
    """What is logged, or how long it is kept, was changed; no deployer may do that."""
    return LogAlert(
        id="log-sinks-changed",
        title="A log sink, an exclusion or a log bucket was changed",
        severity="ERROR",
        filter=all_of(
            ADMIN_ACTIVITY,
            f'protoPayload.methodName =~ "{_LOG_CONFIGURATION}"',
            SUCCEEDED,
        ),
        meaning="Somebody changed where the logs of this project go. Audit logs and errors may no "
        "longer be kept, so that what is done next leaves no trace.",
        steps=(
            "Read who did what from the log entry: authenticationInfo.principalEmail, methodName, "
            "resourceName, request.",
            "Expected only when a person applies the bootstrap stack. Not so: treat the account as "
            "stolen, and disable it.",
            "Plan the bootstrap stack; apply it where it differs, and look at what was done since.",
        ),
        runbook="audit-logging-was-changed",
    )


def audit_configuration_is_changed() -> LogAlert:
    """Data access logs were switched on or off, by whomever: the deployer may do so as well."""
    return LogAlert(
        id="audit-configuration-changed",
        title="What the audit log holds was changed",
        severity="ERROR",
        filter=all_of(
            ADMIN_ACTIVITY,
            'protoPayload.methodName =~ "(?i)setiampolicy$"',
            "protoPayload.serviceData.policyDelta.auditConfigDeltas:*",
            SUCCEEDED,
        ),
        meaning="Somebody, or the pipeline, changed which reads are logged in this project. With "
        "less of it nobody can tell who read a secret.",
        steps=(
            "Read what changed from the log entry: serviceData.policyDelta.auditConfigDeltas, and "
            "who did it: authenticationInfo.principalEmail.",
            "The pipeline did it, and a release switched data_access_logs: close the incident.",
            "Else plan the foundation stack, apply it, and treat the account as stolen.",
        ),
        runbook="audit-logging-was-changed",
    )


def _none_of(deployers: Sequence[str]) -> list[str]:
    return [f'NOT {_WHO} = "{deployer}"' for deployer in deployers]


def access_is_changed(deployers: Sequence[str]) -> LogAlert:
    """IAM changed, or an account got a key, and none of the deployers did it."""
    return LogAlert(
        id="access-changed",
        title="Access was changed by hand",
        severity="WARNING",
        filter=all_of(
            ADMIN_ACTIVITY,
            f'protoPayload.methodName =~ "{_GRANTS}"',
            SUCCEEDED,
            # Google's own accounts, when an API is switched on.
            f'NOT {_WHO} =~ "@system[.]gserviceaccount[.]com$"',
            *_none_of(deployers),
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
