"""Rules for the person on call: alerts and labels."""

from __future__ import annotations

import re

from policy.rule import Hits, rule
from policy.stack import Resource, Stack, texts

_ALERT = "google_monitoring_alert_policy"
_SLO = "google_monitoring_slo"
_PROMETHEUS = "condition_prometheus_query_language"
_LABELS = ("managed-by", "team")


@rule(
    title="Every alert reaches somebody",
    reason="Nobody is notified of an alert without a channel; only the console shows it.",
    fix="pass the channels of notification_emails",
)
def alert_channel(stack: Stack) -> Hits:
    """Find alerts without a channel, and alerts that are switched off."""
    for alert in stack.resources(_ALERT):
        if not alert.get("notification_channels"):
            yield alert.address, "notification_channels is empty"
        if alert.get("enabled") is False:
            yield alert.address, "enabled is false"


@rule(
    title="Every alert says what to do",
    reason="The person on call starts from the text of the alert, and from nothing else.",
    fix="give documentation with a subject, and a link into docs/runbook.md",
)
def alert_documentation(stack: Stack) -> Hits:
    """Find alerts without a subject, or without a link to the runbook."""
    for alert in stack.resources(_ALERT):
        if "runbook" not in str(alert.get("documentation", "content") or ""):
            yield alert.address, "documentation.content does not lead to the runbook"
        elif not alert.get("documentation", "subject"):
            yield alert.address, "documentation.subject is not set"


@rule(
    title="Everything is labelled with who owns it and what manages it",
    reason="Cost reports and clean-ups select resources by label.",
    fix="set [labels] in the environment file; the provider adds the rest",
)
def labels(stack: Stack) -> Hits:
    """Find providers whose default labels are incomplete."""
    wanted = {*_LABELS, "environment"} if stack.settings else {*_LABELS}
    for name, provider in stack.blocks("provider"):
        missing = wanted - provider.get("default_labels", {}).keys()
        if name == "google" and missing:
            yield "provider.google", f"without {', '.join(sorted(missing))}"


def _uses(metric: Resource) -> re.Pattern[str]:
    """Return a pattern of the texts that read a log-based metric, in any query language."""
    name = str(metric.get("name"))
    prometheus_name = re.sub(r"\W", "_", name)
    return re.compile(
        rf"logging\.googleapis\.com/user/{re.escape(name)}(?![\w./-])"
        rf"|\b{re.escape(metric.address)}\b"
        rf"|logging_googleapis_com:user_{prometheus_name}(?!\w)"
    )


def _queries(reader: Resource) -> object:
    """Return what Google looks a metric up for. An alert's documentation may name one freely."""
    if reader.kind == _SLO:
        return reader.arguments
    return [
        condition
        for condition in reader.get("conditions") or []
        if not condition.get(_PROMETHEUS, {}).get("disable_metric_validation")
    ]


@rule(
    title="No alert or objective reads a log-based metric that the same apply creates",
    reason="Monitoring does not find a new log-based metric for up to ten minutes, and answers 404 "
    "to whoever creates an alert on it (terraform-provider-google#11102).",
    fix="match the log entries themselves (condition_matched_log), query it in PromQL with "
    "disable_metric_validation, or create the metric in a stack that is applied before",
)
def own_log_metric(stack: Stack) -> Hits:
    """Find alerts and objectives on a log-based metric of their own stack."""
    for metric in stack.resources("google_logging_metric"):
        uses = _uses(metric)
        for reader in stack.resources(_ALERT, _SLO):
            if any(uses.search(text) for text in texts(_queries(reader))):
                yield reader.address, f"reads {metric.get('name')} of {metric.address}"


RULES = (alert_channel, alert_documentation, labels, own_log_metric)
