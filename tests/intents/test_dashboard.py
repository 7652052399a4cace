"""One page shows the environment: laid out whole, drawn from metrics that exist, and stable."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from constructs_lib.monitoring.dashboard import COLUMNS, Incidents, Section, tiles
from tests.intents.common import EVERY_ENVIRONMENT, made
from tests.support import Stacks, of_type

KNOWN = {
    ("run.googleapis.com/request_count", "cloud_run_revision"): "DELTA",
    ("run.googleapis.com/request_latencies", "cloud_run_revision"): "DELTA DISTRIBUTION",
    ("run.googleapis.com/container/instance_count", "cloud_run_revision"): "GAUGE",
    ("run.googleapis.com/container/cpu/utilizations", "cloud_run_revision"): "DELTA DISTRIBUTION",
    (
        "run.googleapis.com/container/memory/utilizations",
        "cloud_run_revision",
    ): "DELTA DISTRIBUTION",
    ("run.googleapis.com/job/completed_execution_count", "cloud_run_job"): "DELTA",
    ("run.googleapis.com/job/running_executions", "cloud_run_job"): "GAUGE",
    ("cloudsql.googleapis.com/database/cpu/utilization", "cloudsql_database"): "GAUGE",
    ("cloudsql.googleapis.com/database/memory/utilization", "cloudsql_database"): "GAUGE",
    ("cloudsql.googleapis.com/database/disk/utilization", "cloudsql_database"): "GAUGE",
    ("cloudsql.googleapis.com/database/postgresql/num_backends", "cloudsql_database"): "GAUGE",
    ("redis.googleapis.com/stats/memory/usage_ratio", "redis_instance"): "GAUGE",
    ("redis.googleapis.com/clients/connected", "redis_instance"): "GAUGE",
    ("redis.googleapis.com/stats/evicted_keys", "redis_instance"): "DELTA",
    ("logging.googleapis.com/user/beep-error-logs", "cloud_run_revision"): "DELTA",
    ("monitoring.googleapis.com/uptime_check/check_passed", "uptime_url"): "GAUGE BOOL",
    ("monitoring.googleapis.com/uptime_check/request_latency", "uptime_url"): "GAUGE",
    (
        "monitoring.googleapis.com/uptime_check/time_until_ssl_cert_expires",
        "uptime_url",
    ): "GAUGE",
}
"""Metric and resource to kind; source: Google's lists of metrics."""

ALIGNERS = {
    "DELTA": {"ALIGN_RATE", "ALIGN_DELTA"},
    "DELTA DISTRIBUTION": {"ALIGN_DELTA", "ALIGN_PERCENTILE_99"},
    "GAUGE": {"ALIGN_MEAN", "ALIGN_MAX", "ALIGN_NEXT_OLDER"},
    "GAUGE BOOL": {"ALIGN_FRACTION_TRUE"},
}


def dashboard(stacks: Stacks, name: str) -> dict[str, Any]:
    (only,) = of_type(stacks[f"{name}-monitoring"], "google_monitoring_dashboard").values()
    text = only["dashboard_json"]
    assert "${" not in text.replace("$${", ""), "Terraform would replace it"
    content: dict[str, Any] = json.loads(text.replace("$${", "${"))
    return content


def placed(content: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = content["mosaicLayout"]["tiles"]
    return found


def queries(value: object) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if "filter" in value and "aggregation" in value:
            yield value
        for inner in value.values():
            yield from queries(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from queries(inner)


@EVERY_ENVIRONMENT
def test_the_tiles_stand_in_the_grid_and_not_on_one_another(name: str, stacks: Stacks) -> None:
    content = dashboard(stacks, name)
    assert content["mosaicLayout"]["columns"] == COLUMNS == 48
    cells = [
        {
            (x, y)
            for x in range(tile.get("xPos", 0), tile.get("xPos", 0) + tile["width"])
            for y in range(tile.get("yPos", 0), tile.get("yPos", 0) + tile["height"])
        }
        for tile in placed(content)
    ]
    assert all(0 <= x < COLUMNS for each in cells for x, _ in each)
    for a, b in combinations(cells, 2):
        assert a.isdisjoint(b)
    # No hole either: what scrolls away is not seen.
    assert len(set().union(*cells)) == COLUMNS * (1 + max(y for each in cells for _, y in each))


@EVERY_ENVIRONMENT
def test_every_chart_draws_a_metric_that_exists_with_an_aligner_that_fits(
    name: str, stacks: Stacks
) -> None:
    for query in queries(dashboard(stacks, name)):
        terms, aggregation = query["filter"], query["aggregation"]
        if terms.startswith("select_slo_"):
            assert aggregation["perSeriesAligner"] == "ALIGN_NEXT_OLDER"
            continue
        metric = re.search(r'metric\.type = "([^"]+)"', terms)
        resource = re.search(r'resource\.type = "([^"]+)"', terms)
        assert metric is not None
        assert resource is not None
        kind = KNOWN[metric[1], resource[1]]
        assert aggregation["perSeriesAligner"] in ALIGNERS[kind], terms
        if kind == "DELTA DISTRIBUTION" and aggregation["perSeriesAligner"] == "ALIGN_DELTA":
            assert aggregation["crossSeriesReducer"].startswith("REDUCE_PERCENTILE_"), terms


@EVERY_ENVIRONMENT
def test_the_api_takes_nothing_away_from_what_is_written(name: str, stacks: Stacks) -> None:
    """The provider forgives what the API adds; what the API leaves out would differ for ever."""

    def left_out(value: object, path: str) -> Iterator[str]:
        if isinstance(value, dict):
            if not value and not path.endswith(".incidentList"):
                yield path
            for key, inner in value.items():
                yield from left_out(inner, f"{path}.{key}")
        elif isinstance(value, list):
            if not value:
                yield path
            for index, inner in enumerate(value):
                yield from left_out(inner, f"{path}[{index}]")
        elif not value or value in {"REDUCE_NONE", "ALIGN_NONE", "0s"}:
            yield path

    assert list(left_out(dashboard(stacks, name), "")) == []


@EVERY_ENVIRONMENT
def test_what_the_api_would_fill_in_is_stated(name: str, stacks: Stacks) -> None:
    for tile in placed(dashboard(stacks, name)):
        chart = tile["widget"].get("xyChart")
        if chart is None:
            continue
        assert {"chartOptions", "dataSets", "yAxis"} <= chart.keys()
        assert chart["yAxis"].keys() == {"label", "scale"}
        for data in chart["dataSets"]:
            assert {
                "plotType",
                "targetAxis",
                "minAlignmentPeriod",
                "timeSeriesQuery",
            } <= data.keys()
        for limit in chart.get("thresholds", []):
            assert limit.keys() == {"label", "targetAxis", "value"}


@EVERY_ENVIRONMENT
def test_the_limit_in_a_chart_is_that_of_its_alert(name: str, stacks: Stacks) -> None:
    alerts = of_type(stacks[f"{name}-monitoring"], "google_monitoring_alert_policy")
    limits = {
        tile["widget"]["title"]: chart["thresholds"][0]["value"]
        for tile in placed(dashboard(stacks, name))
        if "thresholds" in (chart := tile["widget"].get("xyChart", {}))
    }
    for title, alert in {
        "beep-api: share of 5xx": "beep_api_errors",
        "beep-api: latency of 2xx, percentiles": "beep_api_latency",
        "CPU": "postgres_cpu",
        "Disk": "postgres_disk",
        "Connections": "postgres_connections",
        "Memory": "redis_memory",
        "Validity of certificates": "certificates",
    }.items():
        if title not in limits:
            # A machine has no metrics of Postgres itself, and its section is not there.
            assert not of_type(stacks[f"{name}-data"], "google_sql_database_instance")
            continue
        condition = alerts[f"monitoring_{alert}"]["conditions"][0]["condition_threshold"]
        assert limits[title] == condition["threshold_value"], title


def headings(content: dict[str, Any]) -> list[str]:
    return [t["widget"]["title"] for t in placed(content) if "sectionHeader" in t["widget"]]


def test_the_sections_of_production_are_all_there(stacks: Stacks) -> None:
    assert headings(dashboard(stacks, "prod")) == [
        "Now",
        "Error budgets",
        "Services",
        "Instances",
        "Postgres",
        "Redis",
        "Jobs",
        "Errors in logs",
        "From outside",
    ]
    assert "Error budgets" not in headings(dashboard(stacks, "dev"))


@pytest.mark.parametrize(
    ("edits", "gone"),
    [
        (
            [
                ("staging", "enable_redis = true", "enable_redis = false"),
                (
                    "staging",
                    "[variables]",
                    "[secret_versions]\nKV_REDIS_URL = 1\nKV_REDIS_PASSWORD = 1\n[variables]",
                ),
            ],
            "Redis",
        ),
        (
            [
                ("staging", "enable_postgres = true", "enable_postgres = false"),
                (
                    "staging",
                    "[variables]",
                    "[secret_versions]\nDB_PG_URL = 1\nDB_PG_PASSWORD = 1\n"
                    '[variables]\nDB_PG_HOST = "db.example.com"',
                ),
            ],
            "Postgres",
        ),
        ([("dev", "allow_unauthenticated = true\n", "")], "From outside"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_switch_that_is_off_takes_its_section_along(
    edits: list[tuple[str, str, str]], gone: str, stacks: Stacks, tmp_path: Path
) -> None:
    name = edits[0][0]
    before = headings(dashboard(stacks, name))
    after = headings(dashboard(made(tmp_path, *edits), name))
    assert [title for title in before if title != gone] == after


def test_widgets_that_cannot_share_the_width_are_refused() -> None:
    row = tuple(Incidents(title=str(number)) for number in range(5))
    with pytest.raises(ValueError, match="5 widgets do not share 48 columns evenly"):
        tiles([Section(title="Now", subtitle="s", rows=(row,))])
