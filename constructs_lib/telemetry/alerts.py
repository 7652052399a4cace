"""The way of the telemetry, watched: who watches nothing notices no outage.

The texts are those that the OpenTelemetry Collector logs: package ``exporterhelper`` where data is
dropped, ``memorylimiter`` where it is refused.
"""

from __future__ import annotations

from constructs_lib.monitoring.alerts import Alert, LogAlert
from constructs_lib.monitoring.filters import all_of, cloud_run

_LOST = (
    "Exporting failed[.] (Dropping|Rejecting) data"
    "|sending queue is full"
    "|Memory usage is above (soft|hard) limit"
)


def collector_loses_data(collector: str) -> LogAlert:
    """The collector got data and could not pass it on, or had no room for it."""
    return LogAlert(
        id=f"{collector}-loses-data",
        service=collector,
        title=f"{collector} drops or refuses telemetry",
        severity="ERROR",
        filter=all_of(
            'resource.type = "cloud_run_revision"',
            f'resource.labels.service_name = "{collector}"',
            # Its console encoding is text, its JSON encoding has the message in msg.
            f'(textPayload =~ "{_LOST}" OR jsonPayload.msg =~ "{_LOST}")',
        ),
        meaning="Spans, logs or metrics are lost. The applications are not affected; what they "
        "do now cannot be seen later.",
        steps=(
            f"Read why: gcloud logging read 'resource.labels.service_name={collector} AND "
            "jsonPayload.msg:Exporting' --limit 5 --freshness 1h.",
            "401 or 403: the credential was rotated or revoked. 429 or 413: the backend limits us.",
            "Memory: raise the collector's memory or instances in the environment file.",
        ),
        runbook="telemetry-is-lost",
    )


def collector_is_down(collector: str) -> Alert:
    """No instance of the collector lives, though one is always kept."""
    return Alert(
        id=f"{collector}-gone",
        service=collector,
        title=f"{collector} has no instance",
        severity="ERROR",
        filter=cloud_run("container/instance_count", collector),
        aligner="ALIGN_MAX",
        reducer="REDUCE_SUM",
        alignment_seconds=60,
        threshold=1,
        below=True,
        missing_is_wrong=True,
        meaning="Nothing takes telemetry. The applications' exporters retry for seconds, then "
        "drop.",
        steps=(
            f"Look for failing start-ups: gcloud run revisions list --service {collector}.",
            f"Read its log: gcloud logging read resource.labels.service_name={collector} "
            "--limit 20. A bad configuration ends it at once, and says where.",
            "If a release or a rotation went before, roll that back.",
        ),
        runbook="telemetry-is-lost",
    )


def collector_is_silent(collector: str) -> Alert:
    """Nobody sends: the exporters of the applications are broken, and do not say so.

    OpenTelemetry's exporters report to a logger that the applications do not set, so that their
    own logs say nothing of it. What arrives does.
    """
    return Alert(
        id=f"{collector}-silent",
        service=collector,
        title=f"{collector} accepts no telemetry",
        severity="WARNING",
        filter=all_of(
            cloud_run("request_count", collector), 'metric.labels.response_code_class = "2xx"'
        ),
        aligner="ALIGN_DELTA",
        reducer="REDUCE_SUM",
        duration_seconds=1800,
        threshold=1,
        below=True,
        missing_is_wrong=True,
        meaning="No application got telemetry accepted for half an hour.",
        steps=(
            f"Does anybody send? Compare the response codes of {collector} on the dashboard.",
            "4xx only: path, header or origin differ from what the collector takes.",
            "Nothing at all: see OTLP_TRACE_EXPORTER_URL of a revision, and DNS of its host.",
        ),
        runbook="telemetry-is-lost",
    )
