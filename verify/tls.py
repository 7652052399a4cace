"""Certificates, the versions of TLS, and the redirect to https."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from functools import partial
from urllib.parse import urlsplit

from results import Result
from verify.context import Context
from verify.otlp import endpoint
from verify.question import Question

_HTTPS_PORT = 443
_DAY = 24 * 60 * 60
_PATH = "/?beep-verify=1"
"""Whether path and query are kept shows only where there are some."""
_REDIRECTS = frozenset({301, 302, 307, 308})


def certificates(context: Context) -> Iterator[Question]:
    """Yield a question for each host that any check asks over https."""
    hosts = dict.fromkeys(context.names, _HTTPS_PORT)
    if not context.of_candidate:
        parts = urlsplit(endpoint(context))
        hosts[parts.hostname or ""] = parts.port or _HTTPS_PORT
    for host, port in hosts.items():
        yield Question("certificate", host, partial(_certificate, context, host, port))


def _certificate(context: Context, host: str, port: int, question: Question) -> Result:
    days = int(context.web.certificate_seconds(host, port) // _DAY)
    least = context.settings.alerts.certificate_days
    if days >= least:
        return question.passed(f"valid for {days} more days")
    return question.failed(
        f"valid for {days} more days",
        needed=f"{least} or more (alerts.certificate_days): Google renews 30 days before the end",
        fix="see docs/runbook.md#a-certificate-expires",
    )


def versions(context: Context) -> Iterator[Question]:
    """Yield a question for each host of a load balancer; domain mappings leave no choice."""
    if context.has_load_balancer:
        for host in context.names:
            yield Question("tls", host, partial(_versions, context, host))


def _versions(context: Context, host: str, question: Question) -> Result:
    if not (ssl.HAS_TLSv1 and ssl.HAS_TLSv1_1):
        return question.unknown(
            "the OpenSSL of this Python cannot speak TLS 1.1, so it cannot be tried",
            fix="try it with another Python",
        )
    if not context.web.accepts_old_tls(host, _HTTPS_PORT):
        return question.passed("TLS 1.1 is refused")
    return question.failed(
        "accepts TLS 1.1 or older",
        needed="TLS 1.2 or newer, as the SSL policy of the load balancer says",
        fix=f"apply the stack {context.name}-services",
    )


def redirects(context: Context) -> Iterator[Question]:
    """Yield a question for each host over http, and for a domain that leads to a host."""
    leads = {f"http://{host}{_PATH}": host for host in context.names}
    if context.apex is not None:
        leads[f"https://{context.apex.host}{_PATH}"] = context.apex.to
    for url, host in leads.items():
        yield Question("redirect", f"GET {url}", partial(_redirect, context, url, host))


def _redirect(context: Context, url: str, host: str, question: Question) -> Result:
    answer = context.web.ask(url)
    location = answer.header("Location")
    statuses = frozenset({301}) if context.has_load_balancer else _REDIRECTS
    if answer.status in statuses and _is_same_over_https(location, host):
        return question.passed(f"{answer.status} to {location}")
    kinds = " or ".join(str(status) for status in sorted(statuses))
    return question.failed(
        f"{answer.status} to {location or 'nowhere'}",
        needed=f"{kinds} to https://{host}{_PATH}",
        fix=f"apply the stack {context.name}-services; see docs/concepts/edge.md#routes",
    )


def _is_same_over_https(location: str, host: str) -> bool:
    try:
        parts = urlsplit(location)
        # Google's load balancer names the port.
        is_place = (parts.scheme, parts.hostname) == ("https", host)
        is_place = is_place and parts.port in {None, _HTTPS_PORT}
    except ValueError:
        return False
    return is_place and f"{parts.path}?{parts.query}" == _PATH
