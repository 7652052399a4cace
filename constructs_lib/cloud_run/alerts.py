"""Alerts on Cloud Run services and jobs."""

from __future__ import annotations

from constructs_lib.monitoring.alerts import Alert
from constructs_lib.monitoring.filters import all_of, cloud_run, metric


def error_ratio_is_high(service: str, ratio: float) -> Alert:
    """Too many answers are 5xx."""
    requests = cloud_run("request_count", service)
    return Alert(
        id=f"{service}-errors",
        title=f"{service} answers more than {ratio:.0%} of requests with 5xx",
        severity="CRITICAL",
        filter=all_of(requests, 'metric.labels.response_code_class = "5xx"'),
        denominator_filter=requests,
        aligner="ALIGN_RATE",
        reducer="REDUCE_SUM",
        threshold=ratio,
        meaning=f"{service} has failed more than {ratio:.0%} of its requests for five minutes.",
        steps=(
            f'Read the newest errors: gcloud logging read "severity>=ERROR AND '
            f'resource.labels.service_name={service}" --limit 20.',
            "Compare the start with the last release and the last migration.",
            "Check the database and Redis alerts: a dependency may be the cause.",
        ),
        runbook="error-ratio-is-high",
    )


def latency_is_high(service: str, milliseconds: int) -> Alert:
    """The slowest twentieth of requests is too slow."""
    return Alert(
        id=f"{service}-latency",
        title=f"{service} p95 latency is above {milliseconds} ms",
        severity="WARNING",
        # 2xx only: a WebSocket session ends as 101 and counts its whole length as latency.
        filter=all_of(
            cloud_run("request_latencies", service),
            'metric.labels.response_code_class = "2xx"',
        ),
        aligner="ALIGN_DELTA",
        reducer="REDUCE_PERCENTILE_95",
        threshold=milliseconds,
        meaning=f"One request in twenty to {service} takes longer than {milliseconds} ms.",
        steps=(
            "See whether instances are at max_instance_count: then requests queue.",
            "Open Query Insights for slow statements, and the traces for the slow route.",
            "Raise max_instance_count or cpu in the environment file if the load is real.",
        ),
        runbook="latency-is-high",
    )


def job_failed(job: str) -> Alert:
    """An execution ended with a failure; there are no retries."""
    return Alert(
        id=f"{job}-failed",
        title=f"Job {job} failed",
        severity="CRITICAL",
        filter=all_of(
            metric("run.googleapis.com/job/completed_execution_count", "cloud_run_job"),
            f'resource.labels.job_name = "{job}"',
            'metric.labels.result = "failed"',
        ),
        aligner="ALIGN_DELTA",
        reducer="REDUCE_SUM",
        alignment_seconds=60,
        duration_seconds=0,
        threshold=0,
        meaning=f"An execution of {job} failed. The release must stop: services still run the "
        "version before.",
        steps=(
            f"Read its log: gcloud run jobs executions list --job {job}.",
            "Do not run it again before the cause is known: a migration may be half applied.",
            "Mend the migration forward, and run the release from its start.",
        ),
        runbook="a-database-job-failed",
    )
