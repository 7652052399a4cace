"""The kinds of value that name something on a network: hosts, URLs, mail addresses, ranges."""

from __future__ import annotations

import ipaddress
import re
from typing import Annotated

from pydantic import AfterValidator

from constructs_lib.settings.refusal import matching, refuse
from envschema import kinds


def _domain(text: str) -> str:
    if not kinds.DOMAIN.accepts(text) or text != text.lower():
        raise refuse(
            "is not a bare host name",
            allowed="a host name in lower case, without scheme, port or path",
            fix="write it as in app.example.com",
        )
    return text


_HTTPS_URL = re.compile(
    r"https://(?P<host>[a-z0-9.-]+)(?P<port>:[0-9]{1,5})?(?P<path>(?:/[\w.~-]+)*)", re.ASCII
)


def _https_url(text: str) -> str:
    parts = _HTTPS_URL.fullmatch(text)
    if parts is None or not kinds.DOMAIN.accepts(parts["host"]) or not kinds.URL.accepts(text):
        raise refuse(
            "is not a plain https URL",
            allowed="https://, a host in lower case, a port and a path where needed: no name or "
            "password, no wildcard, query, fragment or %, no slash at its end",
            fix="write it as in https://otlp.example.com",
        )
    return text


def _origin(text: str) -> str:
    parts = _HTTPS_URL.fullmatch(_https_url(text))
    if parts is None or parts["path"]:
        raise refuse(
            "is not an origin: it has a path",
            allowed="https:// and a host, with a port where needed",
            fix=f"remove {parts['path']}" if parts else "write it as in https://app.example.com",
        )
    return text


def _otlp_url(text: str) -> str:
    _https_url(text)
    for ending in ("/v1/traces", "/v1/logs", "/v1/metrics", "/v1"):
        if text.endswith(ending):
            raise refuse(
                f"ends in {ending}, which is appended for each signal: all telemetry would get 404",
                allowed="the URL up to, and without, /v1",
                fix=f"write {text.removesuffix(ending)}",
            )
    return text


_PRIVATE = tuple(
    ipaddress.IPv4Network(private) for private in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")
)
"""RFC 1918."""


def _ipv4_network(text: str) -> str:
    try:
        network = ipaddress.IPv4Network(text)
    except ValueError as error:
        raise refuse(
            f"is not an IPv4 range: {error}",
            allowed="a private IPv4 range in CIDR notation without host bits",
            fix="write it as in 10.10.0.0/24",
        ) from None
    # Not is_private of Python, which counts more as private with each version.
    if not any(network.subnet_of(private) for private in _PRIVATE):
        raise refuse(
            "is not a private range",
            allowed="a range within 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16",
            fix="choose a private range; Cloud SQL authorises RFC 1918 ranges only",
        )
    return text


GroupEmail = Annotated[
    str,
    # Cloud SQL wants lower case (documentation, IAM users), and Postgres cuts names at 63 bytes.
    matching(
        r"(?=.{1,63}$)[a-z0-9][a-z0-9._+-]*@[a-z0-9-]+(?:\.[a-z0-9-]+)+",
        "is not the address of a group, as the database writes it",
        allowed="NAME@HOST in lower case, at most 63 characters",
        fix="write it as in database-readers@example.com",
    ),
]
Email = Annotated[
    str,
    matching(
        r"[A-Za-z0-9][A-Za-z0-9._%+-]*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+",
        "is not an e-mail address",
        allowed="NAME@HOST",
        fix="write it as in oncall@example.com",
    ),
]
UrlPath = Annotated[
    str,
    matching(
        r"(?:/[A-Za-z0-9._~-]+)+|/",
        "is not the path of a URL",
        allowed="a slash, or several parts that each begin with one",
        fix="write it as in /v1/health",
    ),
]
ProbePath = Annotated[
    str,
    matching(
        r"(?:/[A-Za-z0-9._~-]+)*|/",
        "is not the path of a URL",
        allowed='a path such as /v1/health, or "" for none',
        fix='write it as in /v1/health, or "" to do without',
    ),
]
Domain = Annotated[str, AfterValidator(_domain)]
HttpsUrl = Annotated[str, AfterValidator(_https_url)]
Origin = Annotated[str, AfterValidator(_origin)]
OtlpUrl = Annotated[str, AfterValidator(_otlp_url)]
"""An endpoint of OTLP over HTTP, to which /v1/traces and so on are appended."""
Ipv4Range = Annotated[str, AfterValidator(_ipv4_network)]
