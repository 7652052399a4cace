"""Google's data access logs: who read and wrote what, and who acted as which account."""

from __future__ import annotations

from collections.abc import Sequence

from cdktf import ITerraformDependable
from cdktf_cdktf_provider_google.project_iam_audit_config import (
    ProjectIamAuditConfig,
    ProjectIamAuditConfigAuditLogConfig,
)
from constructs import Construct

_EVERY_LOG_TYPE = ("ADMIN_READ", "DATA_READ", "DATA_WRITE")


class DataAccessLogs(Construct):
    """Switches the data access logs of some APIs on, for everybody in a project.

    ``apis`` are names without ``.googleapis.com``, as audit logs name them: Cloud SQL is
    ``cloudsql`` there, while the API to switch on is ``sqladmin``.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        project_id: str,
        apis: Sequence[str],
        depends_on: Sequence[ITerraformDependable],
    ) -> None:
        super().__init__(scope, construct_id)
        for api in apis:
            ProjectIamAuditConfig(
                self,
                api,
                project=project_id,
                service=f"{api}.googleapis.com",
                audit_log_config=[
                    ProjectIamAuditConfigAuditLogConfig(log_type=log_type)
                    for log_type in _EVERY_LOG_TYPE
                ],
                depends_on=depends_on,
            )
