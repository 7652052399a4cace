"""Alerts on Cloud Run services and jobs."""

from __future__ import annotations

from constructs_lib.monitoring.alerts import Alert, LogAlert
from constructs_lib.monitoring.filters import all_of, cloud_run, metric


def error_ratio_is_high(service: str, ratio: float) -> Alert:
    """Too many answers are 5xx."""
    requests = cloud_run("request_count", service)
    return Alert(
        id=f"{service}-errors",
        service=service,
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
        service=service,
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


NEAR_CAPACITY = 0.9
"""The share of what a service takes, from which on somebody should look."""


def no_instance_was_available() -> LogAlert:
    """Cloud Run itself refused a request: every instance was full, and no other may start.

    The text is that of Cloud Run's own log of requests (its troubleshooting page); a 429 of the
    application has none. Neither kind counts as an error of the service.
    """
    return LogAlert(
        id="no-instance-available",
        title="A request found no available instance",
        severity="ERROR",
        filter=all_of(
            'resource.type = "cloud_run_revision"',
            'log_id("run.googleapis.com/requests")',
            'textPayload : "no available instance"',
        ),
        meaning="A service is full: Cloud Run refuses further requests, with 429 where the number "
        "of instances is reached. People are turned away, though neither errors nor latency rise.",
        steps=(
            "Read the service from the log entry: resource.labels.service_name.",
            "The API: each open page holds WebSockets; compare them with services.api.open_pages.",
            "Raise concurrency or max_instance_count in the environment file if the load is real.",
        ),
        runbook="a-service-is-full",
    )


def instances_run_out(service: str, most: int) -> Alert:
    """Nearly all the instances that a revision may have are there."""
    return Alert(
        id=f"{service}-instances",
        service=service,
        title=f"{service} runs nearly as many instances as it may",
        severity="WARNING",
        filter=cloud_run("container/instance_count", service),
        aligner="ALIGN_MAX",
        # By revision, as the limit is: while a release takes over there are two.
        reducer="REDUCE_SUM",
        group_by=("resource.label.revision_name",),
        alignment_seconds=60,
        duration_seconds=600,
        threshold=NEAR_CAPACITY * most,
        meaning=f"{service} has been near its max_instance_count for ten minutes. Beyond it, "
        "requests wait, and then get 429.",
        steps=_FULL_STEPS,
        runbook="a-service-is-full",
    )


def requests_fill_the_instance(service: str, concurrency: int) -> Alert:
    """The one instance has nearly all the requests that it takes at a time."""
    return Alert(
        id=f"{service}-concurrency",
        service=service,
        title=f"{service} serves nearly as many requests at a time as it may",
        severity="WARNING",
        filter=cloud_run("container/max_request_concurrencies", service),
        aligner="ALIGN_DELTA",
        reducer="REDUCE_PERCENTILE_99",
        alignment_seconds=60,
        duration_seconds=600,
        threshold=NEAR_CAPACITY * concurrency,
        meaning=f"The only instance of {service} has been near its concurrency for ten minutes, "
        "WebSockets included. Beyond it, requests wait, and then get 429.",
        steps=_FULL_STEPS,
        runbook="a-service-is-full",
    )


_FULL_STEPS = (
    "See on the dashboard whether the requests grew, or only the time that each takes.",
    "A slow database or upstream API: mend that first, since the requests pile up behind it.",
    "Raise concurrency or max_instance_count in the environment file if the load is real.",
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
