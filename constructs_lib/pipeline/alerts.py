"""An alert on access that somebody other than the pipeline changed."""

from __future__ import annotations

from collections.abc import Sequence

from constructs_lib.monitoring.alerts import LogAlert
from constructs_lib.monitoring.audit import ADMIN_ACTIVITY, SUCCEEDED
from constructs_lib.monitoring.filters import all_of

# Each API names it differently: SetIamPolicy, SetIAMPolicy, storage.setIamPermissions.
_GRANTS = "(?i)(setiam(policy|permissions)|createserviceaccountkey)$"
_WHO = "protoPayload.authenticationInfo.principalEmail"


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
