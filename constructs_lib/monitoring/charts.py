"""What the dashboard shows of each thing. Metric and label names are from Google's lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from constructs_lib.monitoring.alerts import all_of, cloud_run, metric
from constructs_lib.monitoring.dashboard import (
    Chart,
    Incidents,
    Logs,
    Ratio,
    Section,
    Selected,
    Series,
)
from constructs_lib.monitoring.service_slo import counted_requests, objective_path

_BY_SERVICE = ("resource.label.service_name",)
_SERVICE_LEGEND = "${resource.labels.service_name}"
_BY_HOST = ("resource.label.host",)
_HOST_LEGEND = "${resource.labels.host}"


def incidents() -> Section:
    """What is wrong now, before anything else."""
    return Section(
        title="Now",
        subtitle="Each incident carries its first steps and its section of docs/runbook.md",
        rows=((Incidents(title="Open incidents"),),),
        row_height=10,
    )


def error_budgets(project_id: str, services: Sequence[str], fast_burn_rate: float) -> Section:
    """How much may still fail in the rolling period, and how fast it goes."""

    def chart(title: str, kind: str) -> Chart:
        return Chart(
            title=title,
            axis="share of the budget",
            data=tuple(
                Selected(
                    selector="select_slo_budget_fraction("
                    f'"{objective_path(project_id, service, kind)}")',
                    legend=service,
                )
                for service in services
            ),
        )

    burns = tuple(
        Selected(
            selector="select_slo_burn_rate("
            f'"{objective_path(project_id, service, kind)}", "3600s")',
            legend=f"{service} {kind}",
        )
        for service in services
        for kind in ("availability", "latency")
    )
    return Section(
        title="Error budgets",
        subtitle="1 is untouched, 0 is used up; below 0 the objective is missed",
        rows=(
            (
                chart("Availability budget left", "availability"),
                chart("Latency budget left", "latency"),
                Chart(
                    title="Burn rate over one hour",
                    axis="times too fast",
                    data=burns,
                    limits=(("alert", fast_burn_rate),),
                ),
            ),
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceLimits:
    """Where the alerts of a service begin."""

    service: str
    error_ratio: float
    latency_ms: int


def services(each: Sequence[ServiceLimits]) -> Section:
    """Traffic, errors and latency: a row for each service."""
    return Section(
        title="Services",
        subtitle="As Cloud Run counts; WebSocket sessions are 1xx, counted when they end",
        rows=tuple(_service(limits) for limits in each),
    )


def _service(limits: ServiceLimits) -> tuple[Chart, ...]:
    service = limits.service
    counted = counted_requests(service)
    failed = all_of(
        cloud_run("request_count", service), 'metric.labels.response_code_class = "5xx"'
    )
    answered = all_of(
        cloud_run("request_latencies", service), 'metric.labels.response_code_class = "2xx"'
    )

    def rate(terms: str) -> Series:
        return Series(filter=terms, aligner="ALIGN_RATE", reducer="REDUCE_SUM", legend=service)

    percentiles: tuple[Series, ...] = (
        Series(filter=answered, aligner="ALIGN_DELTA", reducer="REDUCE_PERCENTILE_50", legend="50"),
        Series(filter=answered, aligner="ALIGN_DELTA", reducer="REDUCE_PERCENTILE_95", legend="95"),
        Series(filter=answered, aligner="ALIGN_DELTA", reducer="REDUCE_PERCENTILE_99", legend="99"),
    )
    return (
        Chart(
            title=f"{service}: requests",
            axis="per second",
            data=(
                Series(
                    filter=cloud_run("request_count", service),
                    aligner="ALIGN_RATE",
                    reducer="REDUCE_SUM",
                    group_by=("metric.label.response_code_class",),
                    legend="${metric.labels.response_code_class}",
                    plot="STACKED_AREA",
                ),
            ),
        ),
        Chart(
            title=f"{service}: share of 5xx",
            axis="share of requests",
            data=(Ratio(numerator=rate(failed), denominator=rate(counted), legend="5xx"),),
            limits=(("alert", limits.error_ratio),),
        ),
        Chart(
            title=f"{service}: latency of 2xx, percentiles",
            axis="ms",
            data=percentiles,
            limits=(("alert on 95", limits.latency_ms),),
        ),
    )


def instances() -> Section:
    """Whatever runs on Cloud Run, the sidecars included."""

    def run(name: str) -> str:
        return metric(f"run.googleapis.com/container/{name}", "cloud_run_revision")

    def busiest(title: str, name: str) -> Chart:
        return Chart(
            title=title,
            axis="share of the limit",
            data=(
                Series(
                    filter=run(name),
                    aligner="ALIGN_PERCENTILE_99",
                    reducer="REDUCE_MAX",
                    group_by=_BY_SERVICE,
                    legend=_SERVICE_LEGEND,
                ),
            ),
        )

    count = Series(
        filter=run("instance_count"),
        aligner="ALIGN_MAX",
        reducer="REDUCE_SUM",
        group_by=_BY_SERVICE,
        legend=_SERVICE_LEGEND,
        plot="STACKED_AREA",
    )
    return Section(
        title="Instances",
        subtitle="All Cloud Run services; at max_instance_count requests queue",
        rows=(
            (
                Chart(title="Instances", axis="instances", data=(count,)),
                busiest("CPU, 99th percentile", "cpu/utilizations"),
                busiest("Memory, 99th percentile", "memory/utilizations"),
            ),
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PostgresLimits:
    """Where the alerts of a Cloud SQL instance begin; utilization is a share."""

    cpu: float
    disk: float
    connections: int


def cloud_sql(database_id: str, limits: PostgresLimits) -> Section:
    """A Cloud SQL instance; ``database_id`` is ``project:instance``."""

    def chart(title: str, axis: str, name: str, reducer: str, limit: float | None) -> Chart:
        return Chart(
            title=title,
            axis=axis,
            data=(
                Series(
                    filter=all_of(
                        metric(f"cloudsql.googleapis.com/database/{name}", "cloudsql_database"),
                        f'resource.labels.database_id = "{database_id}"',
                    ),
                    aligner="ALIGN_MEAN",
                    reducer="REDUCE_SUM" if reducer == "sum" else "REDUCE_MAX",
                    legend=database_id,
                ),
            ),
            limits=(("alert", limit),) if limit is not None else (),
        )

    share = "share of the whole"
    return Section(
        title="Postgres",
        subtitle="Query Insights tells which statement",
        rows=(
            (
                chart("CPU", share, "cpu/utilization", "max", limits.cpu),
                chart("Memory", share, "memory/utilization", "max", None),
                chart("Disk", share, "disk/utilization", "max", limits.disk),
                chart(
                    "Connections",
                    "connections",
                    "postgresql/num_backends",
                    "sum",
                    limits.connections,
                ),
            ),
        ),
    )


def redis(instance_path: str, memory_limit: float) -> Section:
    """A Memorystore instance, all its nodes."""

    def series(name: str, aligner: str) -> tuple[Series, ...]:
        return (
            Series(
                filter=all_of(
                    metric(f"redis.googleapis.com/{name}", "redis_instance"),
                    f'resource.labels.instance_id = "{instance_path}"',
                ),
                aligner="ALIGN_DELTA" if aligner == "delta" else "ALIGN_MEAN",
                reducer="REDUCE_MAX",
                group_by=("resource.label.node_id",),
                legend="${resource.labels.node_id}",
            ),
        )

    return Section(
        title="Redis",
        subtitle="Evictions sign people out",
        rows=(
            (
                Chart(
                    title="Memory",
                    axis="share of the limit",
                    data=series("stats/memory/usage_ratio", "mean"),
                    limits=(("alert", memory_limit),),
                ),
                Chart(title="Clients", axis="clients", data=series("clients/connected", "mean")),
                Chart(
                    title="Evicted keys",
                    axis="keys",
                    data=series("stats/evicted_keys", "delta"),
                ),
            ),
        ),
    )


def jobs() -> Section:
    """Whatever ran as a job, and how it ended."""
    done = Series(
        filter=metric("run.googleapis.com/job/completed_execution_count", "cloud_run_job"),
        aligner="ALIGN_DELTA",
        reducer="REDUCE_SUM",
        group_by=("resource.label.job_name", "metric.label.result"),
        legend="${resource.labels.job_name} ${metric.labels.result}",
        plot="STACKED_BAR",
    )
    running = Series(
        filter=metric("run.googleapis.com/job/running_executions", "cloud_run_job"),
        aligner="ALIGN_MAX",
        reducer="REDUCE_MAX",
        group_by=("resource.label.job_name",),
        legend="${resource.labels.job_name}",
    )
    return Section(
        title="Jobs",
        subtitle="A failed execution stops the release",
        rows=(
            (
                Chart(title="Executions that ended", axis="executions", data=(done,)),
                Chart(title="Executions that run", axis="executions", data=(running,)),
            ),
        ),
    )


def errors_in_logs(log_metric: str) -> Section:
    """How many, and the newest."""
    count = Series(
        filter=metric(f"logging.googleapis.com/user/{log_metric}", "cloud_run_revision"),
        aligner="ALIGN_DELTA",
        reducer="REDUCE_SUM",
        group_by=("metric.label.service",),
        legend="${metric.labels.service}",
        plot="STACKED_BAR",
    )
    return Section(
        title="Errors in logs",
        subtitle="ERROR and above",
        rows=(
            (
                Chart(title="Entries", axis="entries per minute", data=(count,)),
                Logs(
                    title="Newest",
                    filter='severity >= ERROR AND resource.type = ("cloud_run_revision" OR '
                    '"cloud_run_job")',
                ),
            ),
        ),
    )


def uptime(certificate_days: int) -> Section:
    """What Google's checkers see from outside, by host."""

    def check(name: str) -> str:
        return metric(f"monitoring.googleapis.com/uptime_check/{name}", "uptime_url")

    # A check may come as seldom as every 15 minutes.
    passed = Series(
        filter=check("check_passed"),
        aligner="ALIGN_FRACTION_TRUE",
        reducer="REDUCE_MEAN",
        group_by=_BY_HOST,
        legend=_HOST_LEGEND,
        alignment="1200s",
    )
    latency = Series(
        filter=check("request_latency"),
        aligner="ALIGN_MEAN",
        reducer="REDUCE_MEAN",
        group_by=_BY_HOST,
        legend=_HOST_LEGEND,
        alignment="1200s",
    )
    days = Series(
        filter=check("time_until_ssl_cert_expires"),
        aligner="ALIGN_NEXT_OLDER",
        reducer="REDUCE_MIN",
        group_by=_BY_HOST,
        legend=_HOST_LEGEND,
        alignment="1200s",
    )
    return Section(
        title="From outside",
        subtitle="Uptime checks from several regions",
        rows=(
            (
                Chart(title="Checks that passed", axis="share", data=(passed,)),
                Chart(title="Latency of the checks", axis="ms", data=(latency,)),
                Chart(
                    title="Validity of certificates",
                    axis="days",
                    data=(days,),
                    limits=(("alert", certificate_days),),
                ),
            ),
        ),
    )
