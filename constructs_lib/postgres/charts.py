"""Charts of a Cloud SQL instance."""

from __future__ import annotations

from dataclasses import dataclass

from constructs_lib.monitoring.dashboard import Chart, Section, Series
from constructs_lib.monitoring.filters import all_of, metric


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
