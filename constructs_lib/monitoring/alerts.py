"""Alerts as data: what is measured, when somebody is notified, and what to do then.

The alerts of a thing are in its own folder. ``docs/runbook.md`` has a section for each; a test
keeps the two together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from constructs_lib.monitoring.filters import all_of, metric

Severity = Literal["CRITICAL", "ERROR", "WARNING"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What a notification of any alert says."""

    id: str
    title: str
    severity: Severity
    meaning: str
    steps: tuple[str, ...]
    runbook: str
    """The heading in docs/runbook.md, as an anchor."""
    service: str | None = None
    """The Cloud Run service that is in trouble; the policy has it as a label, for rollouts."""

    def documentation(self) -> str:
        """Return the text that comes with the notification, in Markdown."""
        steps = "\n".join(f"{number}. {step}" for number, step in enumerate(self.steps, 1))
        return f"{self.meaning}\n\n{steps}\n\nRunbook: docs/runbook.md#{self.runbook}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert(Notice):
    """A threshold on one time series, or on the ratio of two with the same alignment."""

    filter: str
    denominator_filter: str | None = None
    minimum_count: int | None = None
    """How many the denominator must count in one alignment, so that a few do not alert."""
    aligner: str
    reducer: str
    group_by: tuple[str, ...] = ()
    alignment_seconds: int = 300
    duration_seconds: int = 300
    """How long the threshold must be passed. 0: at the first point, for rare events."""
    threshold: float
    below: bool = False
    """Alert when the value falls below the threshold, instead of above it."""
    missing_is_wrong: bool = False
    """A series that ends counts as past the threshold; needs a duration."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogAlert(Notice):
    """A log entry that matches is an incident."""

    filter: str
    """In the language of Logging, which is not that of Monitoring."""
    rate_limit_seconds: int = 3600
    """One notification in this time, however many entries match. The API demands it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryAlert(Notice):
    """A query in PromQL that has a result. Only for a log-based metric of the same stack.

    Monitoring finds such a metric minutes late, and no other kind of condition can be made before.
    """

    query: str


def service_is_down(service: str, host: str, check_id: str) -> Alert:
    """Several of Google's checkers get no good answer."""
    return Alert(
        id=f"{service}-down",
        service=service,
        title=f"{service} does not answer at {host}",
        severity="CRITICAL",
        filter=all_of(
            metric("monitoring.googleapis.com/uptime_check/check_passed", "uptime_url"),
            f'metric.labels.check_id = "{check_id}"',
        ),
        aligner="ALIGN_NEXT_OLDER",
        reducer="REDUCE_COUNT_FALSE",
        group_by=("resource.label.host",),
        alignment_seconds=1200,
        threshold=1,
        meaning=f"Checkers in more than one region fail to get a good answer from https://{host}.",
        steps=(
            f"Open https://{host} yourself: certificate, DNS or a 5xx tell different stories.",
            f"Look for failing start-ups: gcloud run revisions list --service {service}.",
            "If a release went out in the last hour, roll back first and read logs afterwards.",
        ),
        runbook="a-service-is-down",
    )


def certificate_expires(days: int) -> Alert:
    """The certificate of a probed host was not renewed in time; one incident for each host."""
    return Alert(
        id="certificates",
        title=f"A certificate expires in less than {days} days",
        severity="ERROR",
        filter=metric(
            "monitoring.googleapis.com/uptime_check/time_until_ssl_cert_expires", "uptime_url"
        ),
        aligner="ALIGN_NEXT_OLDER",
        # Checkers may see different certificates while a new one is rolled out.
        reducer="REDUCE_MIN",
        group_by=("resource.label.host",),
        alignment_seconds=1200,
        duration_seconds=600,
        threshold=days,
        below=True,
        meaning="Google renews its certificates about a month before they expire; this one was "
        "not renewed. When it expires, browsers and the other services refuse the host.",
        steps=(
            "Read the host from the incident, and the dates: openssl s_client -connect HOST:443 "
            "-servername HOST </dev/null | openssl x509 -noout -dates.",
            "See that the DNS records of the host, and those that prove the domain, still stand.",
            "Look for a CAA record that does not let Google's authority (pki.goog) issue.",
        ),
        runbook="a-certificate-expires",
    )
