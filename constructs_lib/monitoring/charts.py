"""Charts of the whole environment: incidents, error budgets, logs, and the view from outside."""

from __future__ import annotations

from collections.abc import Sequence

from constructs_lib.monitoring.dashboard import Chart, Incidents, Logs, Section, Selected, Series
from constructs_lib.monitoring.filters import metric
from constructs_lib.monitoring.service_slo import objective_path

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
