"""A report as JSON, for programs."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from change.report import Report


def as_json(report: Report) -> dict[str, Any]:
    """Return the whole report."""
    return {
        "before": report.before,
        "after": report.after,
        "fingerprint": report.fingerprint,
        "stacks": list(report.stacks),
        "new_stacks": list(report.new_stacks),
        "abandoned_stacks": list(report.abandoned_stacks),
        "losses": [
            {
                **asdict(loss),
                "is_stateful": loss.is_stateful,
                "allowed_because": report.allowed.get(loss),
            }
            for loss in report.losses
        ],
        "sections": {
            section.name.lower(): [asdict(effect) for effect in effects]
            for section, effects in report.sections.items()
        },
        "costs": [{**asdict(cost), "usd": cost.usd} for cost in report.costs],
        "reaches": [asdict(reach) for reach in report.reaches],
        "changes": [{**asdict(change), "is_text": change.is_text} for change in report.changes],
    }
