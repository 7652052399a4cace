"""Alerts on exports that fail, or that nobody starts.

Metric: Google's list for Workflows. Scheduler only starts the workflow, which waits for the export:
what it reports is the end of the whole.
"""

from __future__ import annotations

from constructs_lib.monitoring.alerts import Alert
from constructs_lib.monitoring.filters import all_of, metric

LONGEST_WINDOW_SECONDS = 25 * 3600
"""The longest over which an alert may count. Source: Monitoring API, Aggregation."""
_GRACE_SECONDS = 3600
_RUNBOOK = "an-export-of-the-database-failed"


def export_failed(workflow: str) -> Alert:
    """An export was begun, and there is no file."""
    return Alert(
        id="failed",
        title=f"An export by {workflow} failed",
        severity="ERROR",
        filter=all_of(
            _executions(workflow), 'metric.labels.status = one_of("FAILED", "CANCELLED")'
        ),
        aligner="ALIGN_DELTA",
        reducer="REDUCE_SUM",
        alignment_seconds=300,
        duration_seconds=0,
        threshold=0,
        meaning="Today's copy of the database outside its project is missing. Nothing else is "
        "affected: the backups of Cloud SQL go on.",
        steps=(
            f"Read the error: gcloud workflows executions list {workflow}, then describe.",
            "403 on the bucket: the instance has another account than database_export.writer.",
            f"Mend it and run it again: gcloud workflows run {workflow}.",
        ),
        runbook=_RUNBOOK,
    )


def export_is_missing(workflow: str) -> Alert:
    """No export was finished for more than a day: the RPO of a lost project is not kept.

    An export is made each day, so no RPO below a day can be promised, and a longer one is warned of
    in time. Monitoring knows of no absence before the first export that succeeded.
    """
    return Alert(
        id="missing",
        title=f"No export by {workflow} was finished for more than a day",
        severity="ERROR",
        filter=all_of(_executions(workflow), 'metric.labels.status = "SUCCEEDED"'),
        aligner="ALIGN_DELTA",
        reducer="REDUCE_SUM",
        alignment_seconds=LONGEST_WINDOW_SECONDS,
        duration_seconds=_GRACE_SECONDS,
        threshold=1,
        below=True,
        missing_is_wrong=True,
        meaning="If the project is lost now, more than a day is lost. The schedule does not start "
        "exports, or they fail or hang.",
        steps=(
            f"Is it started: gcloud scheduler jobs describe {workflow}; state and status.",
            f"Is it running or failing: gcloud workflows executions list {workflow}.",
            f"Mend it and run it: gcloud workflows run {workflow}.",
        ),
        runbook=_RUNBOOK,
    )


def _executions(workflow: str) -> str:
    return all_of(
        metric(
            "workflows.googleapis.com/finished_execution_count", "workflows.googleapis.com/Workflow"
        ),
        f'resource.labels.workflow_id = "{workflow}"',
    )
