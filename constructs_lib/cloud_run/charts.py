"""Charts of Cloud Run services and jobs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from constructs_lib.monitoring.dashboard import Chart, Ratio, Section, Series
from constructs_lib.monitoring.filters import all_of, cloud_run, metric
from constructs_lib.monitoring.service_slo import counted_requests

_BY_SERVICE = ("resource.label.service_name",)
_SERVICE_LEGEND = "${resource.labels.service_name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceLimits:
    """Where the alerts of a service begin."""

    service: str
    error_ratio: float
    latency_ms: int


def services(limits_by_service: Sequence[ServiceLimits]) -> Section:
    """Traffic, errors and latency: a row for each service."""
    return Section(
        title="Services",
        subtitle="As Cloud Run counts; WebSocket sessions are 1xx, counted when they end",
        rows=tuple(_service(limits) for limits in limits_by_service),
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


def jobs() -> Section:
    """Whatever ran as a job, and how it ended."""
    completed = Series(
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
                Chart(title="Executions that ended", axis="executions", data=(completed,)),
                Chart(title="Executions that run", axis="executions", data=(running,)),
            ),
        ),
    )
