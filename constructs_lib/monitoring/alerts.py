"""The alerts on metrics as data: what is measured, when it is wrong, and what to do then.

Metric and label names are from Google's lists of Cloud Run, Cloud SQL, Memorystore and Monitoring
metrics. ``docs/runbook.md`` has a section for each alert; a test keeps the two together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["CRITICAL", "ERROR", "WARNING"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What every kind of alert tells the person whom it reaches."""

    id: str
    title: str
    severity: Severity
    meaning: str
    steps: tuple[str, ...]
    runbook: str
    """The heading in docs/runbook.md, as an anchor."""

    def documentation(self) -> str:
        """Return the text that comes with the notification, in Markdown."""
        steps = "\n".join(f"{number}. {step}" for number, step in enumerate(self.steps, 1))
        return f"{self.meaning}\n\n{steps}\n\nRunbook: docs/runbook.md#{self.runbook}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert(Notice):
    """A threshold on one time series, or on the ratio of two with the same alignment."""

    filter: str
    denominator_filter: str | None = None
    aligner: str
    reducer: str
    group_by: tuple[str, ...] = ()
    alignment_seconds: int = 300
    duration_seconds: int = 300
    """How long the threshold must be passed. 0: at the first point, for rare events."""
    threshold: float
    below: bool = False
    """Wrong is less than the threshold, not more."""
    missing_is_wrong: bool = False
    """A series that ends counts as past the threshold; needs a duration."""


def all_of(*terms: str) -> str:
    """Return a filter that holds where all the terms hold."""
    return " AND ".join(terms)


def metric(metric_type: str, resource: str) -> str:
    """Return a filter for one metric of one kind of resource."""
    return f'metric.type = "{metric_type}" AND resource.type = "{resource}"'


def cloud_run(metric_type: str, service: str) -> str:
    """Return a filter for a metric of one Cloud Run service, all revisions together."""
    return all_of(
        metric(f"run.googleapis.com/{metric_type}", "cloud_run_revision"),
        f'resource.labels.service_name = "{service}"',
    )


def service_is_down(service: str, host: str, check_id: str) -> Alert:
    """Several of Google's checkers get no good answer."""
    return Alert(
        id=f"{service}-down",
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


def _cloud_sql(name: str, database_id: str) -> str:
    return all_of(
        metric(f"cloudsql.googleapis.com/database/{name}", "cloudsql_database"),
        f'resource.labels.database_id = "{database_id}"',
    )


def postgres_cpu_is_high(database_id: str, utilization: float) -> Alert:
    """Postgres is short of CPU."""
    return Alert(
        id="postgres-cpu",
        title=f"Postgres CPU is above {utilization:.0%}",
        severity="WARNING",
        filter=_cloud_sql("cpu/utilization", database_id),
        aligner="ALIGN_MEAN",
        reducer="REDUCE_MAX",
        duration_seconds=900,
        threshold=utilization,
        meaning=f"{database_id} has used more than {utilization:.0%} of its CPU for 15 minutes.",
        steps=(
            "Open Query Insights and look for a statement that dominates the load.",
            "Check for a missing index, above all on a vector column, after the last migration.",
            "Raise postgres.tier in the environment file; the change restarts the instance.",
        ),
        runbook="postgres-is-short-of-cpu-disk-or-connections",
    )


def postgres_disk_is_full(database_id: str, utilization: float) -> Alert:
    """The disk grows faster than it is enlarged, or may not grow any more."""
    return Alert(
        id="postgres-disk",
        title=f"Postgres disk is more than {utilization:.0%} full",
        severity="CRITICAL",
        filter=_cloud_sql("disk/utilization", database_id),
        aligner="ALIGN_MEAN",
        reducer="REDUCE_MAX",
        threshold=utilization,
        meaning=f"The disk of {database_id} fills up; a full disk stops all writes.",
        steps=(
            "See whether postgres.disk_autoresize_limit_gb has been reached, and raise it.",
            "Look for a replication slot that nobody reads: SELECT * FROM pg_replication_slots.",
            "Find the table that grew: pg_total_relation_size.",
        ),
        runbook="postgres-is-short-of-cpu-disk-or-connections",
    )


def postgres_connections_run_out(database_id: str, max_connections: int, ratio: float) -> Alert:
    """New instances will soon be refused."""
    limit = int(max_connections * ratio)
    return Alert(
        id="postgres-connections",
        title=f"Postgres has more than {limit} of {max_connections} connections",
        severity="ERROR",
        filter=_cloud_sql("postgresql/num_backends", database_id),
        aligner="ALIGN_MEAN",
        # The metric is counted for each database of the instance.
        reducer="REDUCE_SUM",
        threshold=limit,
        meaning=f"{database_id} nears max_connections = {max_connections}; "
        "beyond it, instances fail to start.",
        steps=(
            "Group pg_stat_activity by application_name and state: look for idle transactions.",
            "See whether a service has scaled out: each instance holds a pool of 10.",
            "Lower max_instance_count, or raise postgres.max_connections and the tier.",
        ),
        runbook="postgres-is-short-of-cpu-disk-or-connections",
    )


def postgres_replica_lags(database_id: str, seconds: int) -> Alert:
    """The read replica falls behind: who reads there sees the past, and a promotion loses it."""
    return Alert(
        id="postgres-replica-lag",
        title=f"The Postgres replica is more than {seconds} s behind",
        severity="ERROR",
        filter=_cloud_sql("replication/replica_lag", database_id),
        aligner="ALIGN_MAX",
        reducer="REDUCE_MAX",
        threshold=seconds,
        meaning=f"{database_id} has been more than {seconds} s behind its primary for five "
        "minutes; so much would be lost if it had to be promoted now.",
        steps=(
            "See whether a migration or a mass update runs on the primary: then wait.",
            "Look for a long query on the replica: it holds back what it reads.",
            "If CPU or disk of the replica are at their limit, raise postgres.read_replica.tier.",
        ),
        runbook="the-postgres-replica-lags",
    )


def redis_memory_is_full(instance_path: str, ratio: float) -> Alert:
    """Redis will soon evict, or refuse writes."""
    return Alert(
        id="redis-memory",
        title=f"Redis memory is more than {ratio:.0%} full",
        severity="ERROR",
        filter=all_of(
            metric("redis.googleapis.com/stats/memory/usage_ratio", "redis_instance"),
            f'resource.labels.instance_id = "{instance_path}"',
        ),
        aligner="ALIGN_MEAN",
        reducer="REDUCE_MAX",
        threshold=ratio,
        meaning="Redis nears its memory limit; sessions are then evicted and people signed out.",
        steps=(
            "See whether keys without an expiry grow: INFO keyspace, keys against expires.",
            "Raise redis.memory_size_gb in the environment file; STANDARD_HA scales in place.",
        ),
        runbook="redis-memory-is-full",
    )


def _subscription(metric_type: str, subscription: str) -> str:
    return all_of(
        metric(f"pubsub.googleapis.com/subscription/{metric_type}", "pubsub_subscription"),
        f'resource.labels.subscription_id = "{subscription}"',
    )


def messages_wait(subscription: str, seconds: int) -> Alert:
    """Messages are not acknowledged as fast as they come."""
    return Alert(
        id=f"{subscription}-waits",
        title=f"A message of {subscription} has waited for more than {seconds} s",
        severity="ERROR",
        filter=_subscription("oldest_unacked_message_age", subscription),
        aligner="ALIGN_MAX",
        reducer="REDUCE_MAX",
        threshold=seconds,
        meaning=f"The oldest message of {subscription} has waited for more than {seconds} s; it is "
        "lost when retention_hours are over.",
        steps=(
            "See whether the API answers at all: its error and latency alerts tell first.",
            "Read why messages are refused: the API's log at the push path, or of its puller.",
            "A backlog without errors needs more instances: raise max_instance_count.",
        ),
        runbook="messages-wait-or-are-dead",
    )


def messages_are_dead(subscription: str) -> Alert:
    """Messages were given up, and nobody has dealt with them yet."""
    return Alert(
        id=f"{subscription}-filled",
        title=f"There are messages in {subscription}",
        severity="WARNING",
        filter=_subscription("num_undelivered_messages", subscription),
        aligner="ALIGN_MAX",
        reducer="REDUCE_MAX",
        threshold=0,
        meaning=f"Messages were delivered too often without being acknowledged, and were set aside "
        f"in {subscription}. They will not be tried again.",
        steps=(
            f"Look at some: gcloud pubsub subscriptions pull {subscription} --limit=5.",
            "Find the cause in the API's log at the time of their last delivery, and mend it.",
            "Publish them again or drop them, as the runbook shows.",
        ),
        runbook="messages-wait-or-are-dead",
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
