"""What the jobs of a project wrote, and nothing else of its log."""

from __future__ import annotations

from cdktf_cdktf_provider_google.logging_log_view import LoggingLogView
from constructs import Construct

LOCATION, BUCKET = "global", "_Default"
"""Where Google keeps the log of a project."""


class JobLogView(Construct):
    """A view of the entries of Cloud Run jobs in the log bucket that every project has.

    A view can be narrowed by project, kind of resource and log alone, not by the name of a job.
    Source: Cloud Logging documentation, log views.
    """

    def __init__(self, scope: Construct, construct_id: str, *, name: str, project_id: str) -> None:
        super().__init__(scope, construct_id)
        self.project_id = project_id
        LoggingLogView(
            self,
            "view",
            parent=f"projects/{project_id}",
            location=LOCATION,
            bucket=BUCKET,
            name=name,
            description="What Cloud Run jobs wrote: migrations, and the set-up of the database",
            filter=f'SOURCE("projects/{project_id}") AND resource.type = "cloud_run_job"',
        )
        # By its end: Google names the project by id or by number.
        self.condition = (
            f'resource.name.endsWith("locations/{LOCATION}/buckets/{BUCKET}/views/{name}")'
        )
        """Holds for this view alone."""
