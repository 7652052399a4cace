"""Print every alert of production as a Markdown table, as docs/reference/alerts.md has it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

STACK = Path("cdktf.out/stacks/prod-monitoring/cdk.tf.json")
HEADER = ("alert", "told when", "severity", "runbook")
_SEVERITIES = ("CRITICAL", "ERROR", "WARNING")


def main() -> None:
    """Print the table of the stack that was synthesized last."""
    print("\n".join(table(json.loads(STACK.read_text()))))


def table(stack: dict[str, Any]) -> list[str]:
    """Return the lines of the table: a row for each alert, one for all services together."""
    resources = stack["resource"]
    services = {made["service_id"] for made in resources["google_monitoring_service"].values()}
    rows = {
        _row(address, policy, services)
        for address, policy in resources["google_monitoring_alert_policy"].items()
    }
    ordered = sorted(rows, key=lambda row: (_SEVERITIES.index(row[2]), row))
    lines = (HEADER, ("---",) * len(HEADER), *ordered)
    return [f"| {' | '.join(line)} |" for line in lines]


def _row(address: str, policy: dict[str, Any], services: Iterable[str]) -> tuple[str, ...]:
    name = address.removeprefix("monitoring_").replace("_", "-")
    told = policy["display_name"]
    for service in services:
        name = name.replace(f"{service}-", "SERVICE-")
        told = re.sub(rf"^{service}\b", "SERVICE", told)
    told = re.sub(r"(SERVICE does not answer at) .*", r"\1 its host", told)
    anchor = policy["documentation"]["content"].rpartition("#")[2]
    link = f"[{anchor.replace('-', ' ')}](../runbook.md#{anchor})"
    return f"`{name}`", told, policy["severity"], link


if __name__ == "__main__":
    main()
