"""Alerts on what the load balancer and Cloud Armor see, and on people who cannot sign in.

Metrics: Google's lists for Cloud Load Balancing (``https_lb_rule``) and Cloud Armor
(``network_security_policy``). A class of status codes is a number there, not a text as for Cloud
Run.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from constructs_lib.monitoring.alerts import Alert, QueryAlert
from constructs_lib.monitoring.filters import all_of, metric

_WINDOW_SECONDS = 300


def edge_error_ratio_is_high(
    service: str, *, backends: Sequence[str], ratio: float, minimum_requests: int
) -> Alert:
    """Too many of the load balancer's own answers for a service are 5xx.

    ``backends`` are all that lead to the service. Not ``backend_request_count``: that lacks the
    requests for which no backend was there.
    """
    names = ", ".join(f'"{name}"' for name in backends)
    requests = all_of(
        metric("loadbalancing.googleapis.com/https/request_count", "https_lb_rule"),
        f"resource.labels.backend_target_name = one_of({names})",
    )
    return Alert(
        id=f"{service}-edge-errors",
        service=service,
        title=f"The load balancer answers more than {ratio:.0%} of requests to {service} with 5xx",
        severity="CRITICAL",
        filter=all_of(requests, "metric.labels.response_code_class = 500"),
        denominator_filter=requests,
        minimum_count=minimum_requests,
        aligner="ALIGN_RATE",
        reducer="REDUCE_SUM",
        alignment_seconds=_WINDOW_SECONDS,
        threshold=ratio,
        meaning=f"People who ask for {service} get errors, whether {service} made them or was "
        "never reached: a group without a service, ingress that refuses, a region without "
        "capacity.",
        steps=(
            f"Is the alert {service}-errors open too? Then start there: the service itself fails.",
            "If not, read why in the load balancer's log: jsonPayload.statusDetails of "
            "resource.type=http_load_balancer AND httpRequest.status>=500, --limit 20.",
            "Compare the start with the last apply of the services stack.",
        ),
        runbook="the-load-balancer-answers-with-errors",
    )


def armor_refuses_much(policies: Sequence[str], denials: int) -> Alert:
    """Cloud Armor refuses far more than usual: an attack, or a rule that meets people."""
    names = ", ".join(f'"{name}"' for name in policies)
    return Alert(
        id="armor-denials",
        title=f"Cloud Armor refused more than {denials} requests in five minutes",
        severity="WARNING",
        filter=all_of(
            metric("networksecurity.googleapis.com/https/request_count", "network_security_policy"),
            f"resource.labels.policy_name = one_of({names})",
            'metric.labels.blocked = "true"',
        ),
        aligner="ALIGN_DELTA",
        reducer="REDUCE_SUM",
        # By policy: which one tells pages, API and collector apart.
        group_by=("resource.label.policy_name",),
        alignment_seconds=_WINDOW_SECONDS,
        duration_seconds=0,
        threshold=denials,
        meaning="An attack that is held off, or a rule that meets people. What rules in preview "
        "would have refused does not count.",
        steps=(
            "Read which rule and which addresses: the query of the runbook's section.",
            "Many addresses or paths of scanners: an attack. Watch errors and latency; act only "
            "if they rise.",
            "Few addresses on ordinary paths, or the collector's policy: people or senders of "
            "ours. Widen the rule.",
        ),
        runbook="cloud-armor-blocks-somebody",
    )


def sign_in_failures_filter(api: str, path: str) -> str:
    """Return the log filter of attempts to sign in that failed.

    Cloud Run's own log has every request; the load balancer's may be a sample.
    """
    return all_of(
        'resource.type = "cloud_run_revision"',
        f'resource.labels.service_name = "{api}"',
        'log_id("run.googleapis.com/requests")',
        'httpRequest.requestMethod = "POST"',
        f'httpRequest.requestUrl : "{path}"',
        "httpRequest.status >= 400",
    )


def sign_in_fails(log_metric: str, failures: int) -> QueryAlert:
    """Far more attempts to sign in fail than usual.

    Names in PromQL: Cloud Monitoring documentation, mapping of metrics to PromQL.
    """
    name = re.sub(r"\W", "_", log_metric)
    series = f'logging_googleapis_com:user_{name}{{monitored_resource="cloud_run_revision"}}'
    return QueryAlert(
        id="sign-in-failures",
        title=f"More than {failures} attempts to sign in failed in five minutes",
        severity="ERROR",
        query=f"sum(increase({series}[{_WINDOW_SECONDS}s])) > {failures}",
        meaning="Passwords are being guessed from many addresses, or people cannot sign in: a "
        "provider, the session store or a trusted origin is wrong.",
        steps=(
            "Read the statuses: 401 is a wrong password, 403 an origin or an address that was not "
            "confirmed, 429 the application's own limit, 5xx a fault.",
            "5xx: see the alerts on Redis and Postgres. 403 after a release: roll it back.",
            "401 from many addresses: passwords are guessed. Lower "
            "edge.armor.sign_in_requests_per_minute.",
        ),
        runbook="many-attempts-to-sign-in-fail",
    )
