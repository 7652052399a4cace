"""Charts of a Memorystore instance."""

from __future__ import annotations

from constructs_lib.monitoring.dashboard import Chart, Section, Series
from constructs_lib.monitoring.filters import all_of, metric


def redis_section(instance_path: str, memory_limit: float) -> Section:
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
