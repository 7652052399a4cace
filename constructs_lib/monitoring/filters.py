"""Filters of Cloud Monitoring. Metric and label names are from Google's lists."""

from __future__ import annotations

SERVICE_LABEL = "service"
"""Of an alert policy: the Cloud Run service that it watches."""


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
