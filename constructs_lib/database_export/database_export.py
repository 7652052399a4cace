"""A daily export of a database into a bucket that nobody who deploys can change."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from cdktf import ITerraformDependable
from cdktf_cdktf_provider_google.cloud_scheduler_job import (
    CloudSchedulerJob,
    CloudSchedulerJobHttpTarget,
    CloudSchedulerJobHttpTargetOauthToken,
    CloudSchedulerJobRetryConfig,
)
from cdktf_cdktf_provider_google.project_iam_custom_role import ProjectIamCustomRole
from cdktf_cdktf_provider_google.project_iam_member import ProjectIamMember
from cdktf_cdktf_provider_google.service_account import ServiceAccount
from cdktf_cdktf_provider_google.storage_bucket import (
    StorageBucket,
    StorageBucketLifecycleRule,
    StorageBucketLifecycleRuleAction,
    StorageBucketLifecycleRuleCondition,
    StorageBucketRetentionPolicy,
)
from cdktf_cdktf_provider_google.storage_bucket_iam_member import StorageBucketIamMember
from cdktf_cdktf_provider_google.workflows_workflow import WorkflowsWorkflow
from constructs import Construct

from constructs_lib.literal import literal
from constructs_lib.terraform import kept, number_or_text

_DAY_SECONDS = 86400
_TIMEOUT_SECONDS = 6 * 3600
_START = ("workflows.executions.create",)
_EXPORT = ("cloudsql.instances.export", "cloudsql.instances.get")
"""Source: Cloud SQL documentation, export a SQL dump file; the operation is read with get."""


class DatabaseExport(Construct):
    """Exports a database of another project each day, and keeps each export for some days.

    Cloud SQL writes the file by the account of the instance, which needs to create objects and may
    neither overwrite nor delete one. A workflow is needed for the date in the file's name: under a
    retention policy a file cannot be overwritten.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        project_id: str,
        source_project_id: str,
        region: str,
        instance: str,
        database: str,
        bucket: str,
        writer: str | None,
        hour: int,
        retention_days: int,
        locked: bool,
        depends_on: Sequence[ITerraformDependable],
    ) -> None:
        super().__init__(scope, construct_id)
        self._add_bucket(bucket, region, writer, retention_days, locked, depends_on)
        account = ServiceAccount(
            self,
            "account",
            account_id=name,
            display_name=name,
            description=f"Starts the exports of {instance}, and reads none",
            depends_on=depends_on,
        )
        self._member = str(account.member)
        self._allow("export", source_project_id, "exporter", _EXPORT)
        # One role for each export: the shared project has several.
        self._allow("start", project_id, f"{name.replace('-', '_')}.starter", _START)
        workflow = WorkflowsWorkflow(
            self,
            "workflow",
            name=name,
            region=region,
            description=f"Exports {database} of {instance}",
            service_account=account.id,
            source_contents=literal(
                json.dumps(_definition(source_project_id, instance, database, bucket), indent=2)
            ),
            # It holds nothing.
            deletion_protection=False,
            depends_on=depends_on,
        )
        CloudSchedulerJob(
            self,
            "schedule",
            name=name,
            region=region,
            description=f"Starts the export of {instance}",
            schedule=f"0 {hour} * * *",
            time_zone="Etc/UTC",
            retry_config=CloudSchedulerJobRetryConfig(retry_count=3),
            http_target=CloudSchedulerJobHttpTarget(
                uri=f"https://workflowexecutions.googleapis.com/v1/{workflow.id}/executions",
                http_method="POST",
                oauth_token=CloudSchedulerJobHttpTargetOauthToken(
                    service_account_email=account.email
                ),
            ),
            depends_on=depends_on,
        )

    def _add_bucket(
        self,
        name: str,
        location: str,
        writer: str | None,
        retention_days: int,
        locked: bool,
        depends_on: Sequence[ITerraformDependable],
    ) -> None:
        bucket = StorageBucket(
            self,
            "bucket",
            name=name,
            location=location.upper(),
            storage_class="STANDARD",
            force_destroy=False,
            uniform_bucket_level_access=True,
            public_access_prevention="enforced",
            retention_policy=StorageBucketRetentionPolicy(
                retention_period=number_or_text(retention_days * _DAY_SECONDS, text_since=7),
                is_locked=locked,
            ),
            lifecycle_rule=[
                StorageBucketLifecycleRule(
                    action=StorageBucketLifecycleRuleAction(type="Delete"),
                    condition=StorageBucketLifecycleRuleCondition(age=retention_days),
                )
            ],
            lifecycle=kept(True),
            depends_on=depends_on,
        )
        if writer is not None:
            StorageBucketIamMember(
                self,
                "writer",
                bucket=bucket.name,
                role="roles/storage.objectCreator",
                member=f"serviceAccount:{writer}",
            )

    def _allow(
        self, construct_id: str, project_id: str, role_id: str, permissions: Sequence[str]
    ) -> None:
        role = ProjectIamCustomRole(
            self,
            f"{construct_id}-role",
            project=project_id,
            role_id=role_id,
            title=role_id,
            description="Exports the database each day",
            permissions=list(permissions),
        )
        ProjectIamMember(
            self,
            f"{construct_id}-grant",
            project=project_id,
            role=str(role.name),
            member=self._member,
        )


def _definition(project_id: str, instance: str, database: str, bucket: str) -> Mapping[str, Any]:
    """Return the workflow. The call waits until the export is there, and fails where it fails.

    Source: Workflows documentation, connector ``googleapis.sqladmin.v1.instances.export``.
    """
    name = f'"gs://{bucket}/{instance}/" + time.format(sys.now()) + ".sql.gz"'
    export = {
        "call": "googleapis.sqladmin.v1.instances.export",
        "args": {
            "project": project_id,
            "instance": instance,
            "body": {
                "exportContext": {
                    "fileType": "SQL",
                    "uri": f"${{{name}}}",
                    "databases": [database],
                    # On a machine of its own, so that the database is not slowed.
                    "offload": True,
                }
            },
            "connector_params": {"timeout": _TIMEOUT_SECONDS},
        },
        "result": "operation",
    }
    return {"main": {"steps": [{"export": export}]}}
