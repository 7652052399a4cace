"""Write ``docs/reference/alerts.md``: ``python -m scripts.alert_table``."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from environments import environment_names

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "reference" / "alerts.md"

_HEAD = """# Alerts

Every alert of every environment, and those of the shared project. Made by `make update-snapshots`
from the synthesized monitoring stacks and the bootstrap; a test compares the two. `SERVICE` stands
for each application that is on. The thresholds are those of the last environment that has the
alert. Why these alerts, and what changes them: [monitoring](../concepts/monitoring.md).

"""
_COLUMNS = ("alert", "sent when", "severity", "environments", "runbook")
_SEVERITIES = ("CRITICAL", "ERROR", "WARNING")


def page(stacks: Mapping[str, Mapping[str, Any]]) -> str:
    """Return the page of these stacks, by what the column of environments calls each."""
    lines = (_COLUMNS, ("---",) * len(_COLUMNS), *_rows(stacks))
    return _HEAD + "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _rows(stacks: Mapping[str, Mapping[str, Any]]) -> list[tuple[str, ...]]:
    services = {
        service["service_id"]
        for stack in stacks.values()
        for service in stack["resource"].get("google_monitoring_service", {}).values()
    }
    alerts: dict[str, tuple[str, str, str]] = {}
    environments: dict[str, dict[str, None]] = {}
    for environment, stack in stacks.items():
        policies = stack["resource"].get("google_monitoring_alert_policy", {})
        for address, policy in policies.items():
            name = address.removeprefix("monitoring_").replace("_", "-")
            title = policy["display_name"]
            for service in services:
                name = name.replace(f"{service}-", "SERVICE-")
                title = re.sub(rf"^{service}\b", "SERVICE", title)
            title = re.sub(r"(SERVICE does not answer at) .*", r"\1 its host", title)
            anchor = policy["documentation"]["content"].rpartition("#")[2]
            link = f"[{anchor.replace('-', ' ')}](../runbook.md#{anchor})"
            alerts[name] = title, policy["severity"], link
            environments.setdefault(name, {})[environment] = None
    rows = [
        (f"`{name}`", title, severity, ", ".join(environments[name]), link)
        for name, (title, severity, link) in alerts.items()
    ]
    return sorted(rows, key=lambda row: (_SEVERITIES.index(row[2]), row))


def stack_names() -> dict[str, str]:
    """Return the stacks that have alerts, by what the column of environments calls each."""
    environments = environment_names(ROOT / "environments")
    return {**{name: f"{name}-monitoring" for name in environments}, "shared": "bootstrap"}


def _synthesized(stack: str) -> dict[str, Any]:
    text: dict[str, Any] = json.loads(
        (ROOT / "cdktf.out" / "stacks" / stack / "cdk.tf.json").read_text()
    )
    return text


if __name__ == "__main__":
    PAGE.write_text(
        page({name: _synthesized(stack) for name, stack in stack_names().items()}), encoding="utf-8"
    )
