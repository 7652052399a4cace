"""The firewall before the services: whether its preview has come to its end."""

from __future__ import annotations

from collections.abc import Iterator

from constructs_lib.edge.settings import LoadBalancerSettings
from preflight.context import Context
from results import Result, failed, passed


def preview(context: Context) -> Iterator[Result]:
    """Cloud Armor refuses attacks, or the last day of its preview is still to come."""
    edge = context.settings.edge
    if not isinstance(edge, LoadBalancerSettings):
        yield passed("firewall", "domain mappings have none")
        return
    last_day = edge.armor.waf_enforced_by
    if edge.armor.waf == "enforce":
        yield passed("firewall", "attacks are refused")
    elif last_day is None:
        yield passed("firewall", "attacks are logged only, in an environment that is disposable")
    elif context.today > last_day:
        yield failed(
            "firewall",
            f"attacks are logged only, and should be refused since {last_day}",
            needed="a firewall that refuses what it was built to refuse",
            fix=f'set waf = "enforce" below edge.armor in {context.file}, without waf_enforced_by, '
            "after docs/runbook.md#cloud-armor-blocks-somebody; or name a later day",
        )
    else:
        yield passed("firewall", f"attacks are logged only, until {last_day}")
