"""Requests, errors and latency of revisions, as Cloud Monitoring counts them.

Interface: https://cloud.google.com/monitoring/api/ref_v3/rest/v3/projects.timeSeries/list.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from delivery.rollout.gate import Sample
from google_api import Google

_REVISION = "resource.label.revision_name"
_CLASS = "metric.label.response_code_class"


class Metrics:
    """The metrics of a project."""

    def __init__(self, google: Google, *, project: str) -> None:
        self._google = google
        self._path = f"v3/projects/{project}/timeSeries"

    def samples(self, service: str, since: datetime, until: datetime) -> dict[str, Sample]:
        """Return what each revision of a service answered; raises GoogleError.

        A revision without requests is not in it.
        """
        requests: dict[str, float] = {}
        errors: dict[str, float] = {}
        for revision, kind, value in self._values(
            service, "request_count", "REDUCE_SUM", since, until, _CLASS
        ):
            requests[revision] = requests.get(revision, 0) + value
            if kind == "5xx":
                errors[revision] = errors.get(revision, 0) + value
        latencies = {
            revision: value
            for revision, _, value in self._values(
                service, "request_latencies", "REDUCE_PERCENTILE_99", since, until
            )
        }
        return {
            revision: Sample(count, errors.get(revision, 0), latencies.get(revision))
            for revision, count in requests.items()
        }

    def _values(
        self,
        service: str,
        metric: str,
        reducer: str,
        since: datetime,
        until: datetime,
        *labels: str,
    ) -> Iterator[tuple[str, str, float]]:
        """Yield revision, class of answers and value; the newest point of each series."""
        seconds = max(60, int((until - since).total_seconds()))
        terms = [
            'resource.type = "cloud_run_revision"',
            f'resource.labels.service_name = "{service}"',
            f'metric.type = "run.googleapis.com/{metric}"',
        ]
        if metric == "request_latencies":
            # A WebSocket session ends as 101, and its latency is its whole length.
            terms.append('metric.labels.response_code_class = "2xx"')
        query: dict[str, Any] = {
            "filter": " AND ".join(terms),
            "interval.startTime": _time(since),
            "interval.endTime": _time(until),
            "aggregation.alignmentPeriod": f"{seconds}s",
            "aggregation.perSeriesAligner": "ALIGN_DELTA",
            "aggregation.crossSeriesReducer": reducer,
            "aggregation.groupByFields": [_REVISION, *labels],
        }
        for series in self._google.pages("monitoring", self._path, "timeSeries", **query):
            points = series.get("points", ())
            if points:
                revision = series["resource"]["labels"]["revision_name"]
                kind = series.get("metric", {}).get("labels", {}).get("response_code_class", "")
                yield revision, kind, _number(points[0]["value"])


def _number(value: dict[str, Any]) -> float:
    # int64Value is a text, because JSON has no integer of 64 bits; "NaN" is one as well.
    return float(next(iter(value.values())))


def _time(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
