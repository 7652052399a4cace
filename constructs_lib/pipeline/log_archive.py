"""Where audit logs and errors of all projects are kept, out of reach of who deploys."""

from __future__ import annotations

from collections.abc import Sequence

from cdktf import ITerraformDependable
from cdktf_cdktf_provider_google.logging_project_bucket_config import LoggingProjectBucketConfig
from cdktf_cdktf_provider_google.logging_project_sink import LoggingProjectSink
from cdktf_cdktf_provider_google.project_iam_member import (
    ProjectIamMember,
    ProjectIamMemberCondition,
)
from constructs import Construct

from constructs_lib.terraform import kept

BUCKET_WRITER = "roles/logging.bucketWriter"
_KEPT_ENTRIES = 'logName:"cloudaudit.googleapis.com" OR severity >= ERROR'
"""Every audit log, and every error: of applications, of Google's services, of refused calls."""


class LogArchive(Construct):
    """A log bucket with a retention in days, and the sinks that fill it.

    With ``locked`` nobody may shorten the retention, or delete the bucket while it holds entries;
    nobody can undo it. Source: Cloud Logging documentation, configure log buckets.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        project_id: str,
        location: str,
        name: str,
        retention_days: int,
        locked: bool,
        depends_on: Sequence[ITerraformDependable],
    ) -> None:
        super().__init__(scope, construct_id)
        self._project_id = project_id
        self._name = name
        self._condition = ProjectIamMemberCondition(
            title="one-log-bucket-only",
            expression=f'resource.name.endsWith("locations/{location}/buckets/{name}")',
        )
        bucket = LoggingProjectBucketConfig(
            self,
            "bucket",
            project=project_id,
            location=location,
            bucket_id=name,
            description="Audit logs and errors of every environment",
            retention_days=retention_days,
            locked=locked,
            lifecycle=kept(True),
            depends_on=depends_on,
        )
        self._destination = f"logging.googleapis.com/{bucket.id}"

    def keep_own(self, construct_id: str) -> None:
        """Keep the logs of the bucket's own project; Google needs no grant for that."""
        self._sink(construct_id, self._project_id)

    def keep(self, construct_id: str, *, project_id: str) -> None:
        """Keep the logs of another project, whose sink may write to the bucket and to no other."""
        sink = self._sink(construct_id, project_id)
        ProjectIamMember(
            self,
            f"{construct_id}-writer",
            project=self._project_id,
            role=BUCKET_WRITER,
            member=sink.writer_identity,
            condition=self._condition,
        )

    def _sink(self, construct_id: str, project_id: str) -> LoggingProjectSink:
        return LoggingProjectSink(
            self,
            construct_id,
            project=project_id,
            name=self._name,
            description="Audit logs and errors, to the shared project",
            destination=self._destination,
            filter=_KEPT_ENTRIES,
            unique_writer_identity=True,
        )
