"""A dashboard of Cloud Monitoring as typed values, laid out without anybody counting columns.

The provider compares the JSON with what the API gives back, and forgives only what the API adds
(resource_monitoring_dashboard.go, ``removeComputedKeys``). So nothing is written that the API would
take away: no zero, no empty text or list, and no first member of an enumeration, all of which it
leaves out of its answers. What it fills in otherwise is stated.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from cdktf_cdktf_provider_google.monitoring_dashboard import MonitoringDashboard
from constructs import Construct

from constructs_lib.literal import literal

COLUMNS = 48
_HEADER_HEIGHT = 4
_ALIGNMENT = "60s"

Aligner = Literal[
    "ALIGN_DELTA",
    "ALIGN_FRACTION_TRUE",
    "ALIGN_MAX",
    "ALIGN_MEAN",
    "ALIGN_NEXT_OLDER",
    "ALIGN_PERCENTILE_99",
    "ALIGN_RATE",
]
Reducer = Literal[
    "REDUCE_MAX",
    "REDUCE_MEAN",
    "REDUCE_MIN",
    "REDUCE_PERCENTILE_50",
    "REDUCE_PERCENTILE_95",
    "REDUCE_PERCENTILE_99",
    "REDUCE_SUM",
]
Plot = Literal["LINE", "STACKED_AREA", "STACKED_BAR"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """Time series that match a filter, aligned to a minute and then reduced."""

    filter: str
    aligner: Aligner
    reducer: Reducer
    group_by: tuple[str, ...] = ()
    legend: str
    plot: Plot = "LINE"
    alignment: str = _ALIGNMENT

    def query(self) -> dict[str, Any]:
        """Return the query as the API writes it."""
        return {"timeSeriesFilter": self.filtered()}

    def filtered(self) -> dict[str, Any]:
        """Return filter and aggregation."""
        aggregation: dict[str, Any] = {
            "alignmentPeriod": self.alignment,
            "perSeriesAligner": self.aligner,
            "crossSeriesReducer": self.reducer,
        }
        if self.group_by:
            aggregation["groupByFields"] = list(self.group_by)
        return {"filter": self.filter, "aggregation": aggregation}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio:
    """One series divided by another."""

    numerator: Series
    denominator: Series
    legend: str
    plot: Plot = "LINE"

    def query(self) -> dict[str, Any]:
        """Return the query as the API writes it."""
        return {
            "timeSeriesFilterRatio": {
                "numerator": self.numerator.filtered(),
                "denominator": self.denominator.filtered(),
            }
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Selected:
    """A series that the API derives from an objective, such as ``select_slo_burn_rate``."""

    selector: str
    legend: str
    plot: Plot = "LINE"

    def query(self) -> dict[str, Any]:
        """Return the query as the API writes it."""
        aggregation = {"alignmentPeriod": _ALIGNMENT, "perSeriesAligner": "ALIGN_NEXT_OLDER"}
        return {"timeSeriesFilter": {"filter": self.selector, "aggregation": aggregation}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Lines over time, with horizontal lines where an alert begins."""

    title: str
    axis: str
    """What the vertical axis counts, with its unit."""
    data: tuple[Series | Ratio | Selected, ...]
    limits: tuple[tuple[str, float], ...] = ()

    def widget(self) -> dict[str, Any]:
        """Return the widget as the API writes it."""
        chart: dict[str, Any] = {
            "chartOptions": {"mode": "COLOR"},
            "dataSets": [
                {
                    "legendTemplate": series.legend,
                    "minAlignmentPeriod": _ALIGNMENT,
                    "plotType": series.plot,
                    "targetAxis": "Y1",
                    "timeSeriesQuery": series.query(),
                }
                for series in self.data
            ],
            "yAxis": {"label": self.axis, "scale": "LINEAR"},
        }
        if self.limits:
            chart["thresholds"] = [
                {"label": label, "targetAxis": "Y1", "value": value} for label, value in self.limits
            ]
        return {"title": self.title, "xyChart": chart}


@dataclass(frozen=True, slots=True, kw_only=True)
class Logs:
    """Log entries of this project that match a filter, newest first."""

    title: str
    filter: str

    def widget(self) -> dict[str, Any]:
        """Return the widget as the API writes it."""
        return {"title": self.title, "logsPanel": {"filter": self.filter}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Incidents:
    """What is open now."""

    title: str

    def widget(self) -> dict[str, Any]:
        """Return the widget as the API writes it."""
        return {"title": self.title, "incidentList": {}}


Widget = Chart | Logs | Incidents


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A heading, and rows of widgets that share the width evenly."""

    title: str
    subtitle: str
    rows: tuple[tuple[Widget, ...], ...]
    row_height: int = 16


def tiles(sections: Sequence[Section]) -> list[dict[str, Any]]:
    """Return the tiles of all sections, one below the other.

    Raises ``ValueError`` for a row whose widgets cannot have the same width.
    """
    tiles: list[dict[str, Any]] = []
    y = 0
    for section in sections:
        header = {"subtitle": section.subtitle, "dividerBelow": True}
        widget = {"title": section.title, "sectionHeader": header}
        tiles.append(_tile(0, y, COLUMNS, _HEADER_HEIGHT, widget))
        y += _HEADER_HEIGHT
        for row in section.rows:
            width, rest = divmod(COLUMNS, len(row))
            if rest:
                raise ValueError(
                    f"{section.title}: {len(row)} widgets do not share {COLUMNS} columns evenly; "
                    "use 1, 2, 3, 4, 6, 8 or 12"
                )
            for index, content in enumerate(row):
                tiles.append(_tile(index * width, y, width, section.row_height, content.widget()))
            y += section.row_height
    return tiles


def _tile(x: int, y: int, width: int, height: int, widget: dict[str, Any]) -> dict[str, Any]:
    # The API leaves a position of 0 out, and would differ from it for ever.
    place = {key: value for key, value in (("xPos", x), ("yPos", y)) if value}
    return {**place, "width": width, "height": height, "widget": widget}


class Dashboard(Construct):
    """One page for the person on call. The provider labels no dashboards."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        display_name: str,
        sections: Sequence[Section],
    ) -> None:
        super().__init__(scope, construct_id)
        content = {
            "displayName": display_name,
            "mosaicLayout": {"columns": COLUMNS, "tiles": tiles(sections)},
        }
        MonitoringDashboard(
            self,
            "overview",
            # Its legends have ${...} of their own, which Terraform must leave alone. With a line
            # break at its end, the review shows it line by line; the provider drops all of them.
            dashboard_json=literal(f"{json.dumps(content, indent=1, sort_keys=True)}\n"),
        )
