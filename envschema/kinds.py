"""What a variable's text may be, as the applications' own schema reads it.

The rules follow Effect's ``Config`` (server) and ``Schema`` (client), measured with effect 3.19.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of value: its name, what it allows in words, and the test of one value."""

    name: str
    allowed: str
    accepts: Callable[[str], bool]
    empty_is_absent: bool = False
    """Whether the schema takes an empty text for none: a default then stands in for it."""
    choices: tuple[str, ...] = ()
    """The words of a closed list, in the order they were declared."""
    item: Kind | None = None
    """What the items of a comma-separated list are."""
    trims_items: bool = False
    """Whether blanks around the items of such a list are ignored."""
    prefix: str = ""
    """What an identifier begins with; empty for all else."""


_URL_TEXT = re.compile(r"[!-\[\]-~]+")
_URL_HOST = re.compile(r"(?:\*\.)?[a-z0-9_-]+(?:\.[a-z0-9_-]+)*")


def _is_host(name: str) -> bool:
    """Tell whether a URL may name such a host, as browsers and Node read URLs.

    A name whose last label is a number is an address to them, and must be a whole one.
    """
    try:
        if ":" in name:
            return ipaddress.IPv6Address(name).scope_id is None
        if re.fullmatch(r"[0-9]+|0x[0-9a-f]*", name.rpartition(".")[2]):
            return bool(ipaddress.IPv4Address(name))
        for label in name.split("."):
            if label.startswith("xn--"):
                label.encode().decode("idna")
    except ValueError:
        return False
    return _URL_HOST.fullmatch(name) is not None


def _is_url(text: str) -> bool:
    if _URL_TEXT.fullmatch(text) is None:
        return False
    try:
        parts = urlsplit(text)
        parts.port  # noqa: B018  (reading it is what validates it)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and _is_host(parts.hostname or "")


def _is_port(text: str) -> bool:
    return re.fullmatch(r"[1-9][0-9]{0,4}", text) is not None and int(text) <= 65535


def _is_date(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    # Python reads the compact form, which JavaScript's Date.parse does not.
    return re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) is not None


_UNITS = "nano|micro|milli|second|minute|hour|day|week"
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN = re.compile(rf"(?:localhost|{_LABEL}(?:\.{_LABEL})+)", re.IGNORECASE)


# What JavaScript's trim removes; Python's strip removes other control characters, and no U+FEFF.
_BLANKS = "\t\n\v\f\r \u00a0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff" + "".join(
    map(chr, range(0x2000, 0x200B))
)


def one_of(*values: str) -> Kind:
    """A value from a closed list, in exactly this spelling."""
    return Kind("literal", ", ".join(values), lambda text: text in values, choices=values)


def comma_separated(item: Kind) -> Kind:
    """A comma-separated list as Effect's ``Config.array`` splits it: blanks do not count."""

    def accepts(text: str) -> bool:
        return all(item.accepts(part.strip(_BLANKS)) for part in text.split(","))

    allowed = f"a comma-separated list of: {item.allowed}"
    name = f"csv of {item.name}"
    return Kind(name, allowed, accepts, choices=item.choices, item=item, trims_items=True)


def split_at_commas(item: Kind) -> Kind:
    """A comma-separated list as ``String.split`` splits it: a blank belongs to its item.

    The client's schema splits so, and the page of an application throws at ``github, google``.
    """

    def accepts(text: str) -> bool:
        return all(item.accepts(part) for part in text.split(","))

    allowed = f"a comma-separated list, without blanks, of: {item.allowed}"
    name = f"csv without blanks of {item.name}"
    return Kind(name, allowed, accepts, choices=item.choices, item=item)


_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE | re.ASCII)
_SAMPLE_UUID = "00000000-0000-4000-8000-000000000001"


def identifier(table: str) -> Kind:
    """The public id of a row: its table, two underscores and a UUID.

    Source: ``EntityId.make`` of ``@beep/schema``. A version of it asks for four hyphens only; the
    UUID is what all of them accept, in either case and of any version, as ``Schema.UUID`` does.
    """
    prefix = f"{table}__"

    def accepts(text: str) -> bool:
        return text.startswith(prefix) and _UUID.fullmatch(text, len(prefix)) is not None

    allowed = f"{prefix} and a UUID, as in {prefix}{_SAMPLE_UUID}"
    return Kind(f"{table.replace('_', ' ')} id", allowed, accepts, prefix=prefix)


STRING = Kind("string", "any text", lambda text: True)
NON_EMPTY = Kind(
    "non-empty string", "text that is not empty", lambda text: text != "", empty_is_absent=True
)
TRIMMED = Kind(
    "trimmed string",
    "text that is not empty, without blanks at its ends",
    lambda text: text != "" and text == text.strip(_BLANKS),
)
URL = Kind("url", "an absolute http or https URL", _is_url)
PORT = Kind("port", "a number from 1 to 65535", _is_port)
INTEGER = Kind(
    "integer",
    "a whole number",
    lambda text: re.fullmatch(r"-?[0-9]+", text) is not None,
)
NUMBER = Kind(
    "number",
    "a decimal number",
    lambda text: re.fullmatch(r"-?[0-9]+(?:\.[0-9]+)?", text) is not None,
)
DATE = Kind("date", "a date or time as in ISO 8601", _is_date)
DURATION = Kind(
    "duration",
    'a number and a unit, as in "30 seconds"',
    lambda text: re.fullmatch(rf"[0-9]+(?:\.[0-9]+)? (?:{_UNITS})s?", text) is not None,
)
BOOLEAN = one_of("true", "false")
DOMAIN = Kind(
    "domain",
    "a host name without scheme, port or path",
    lambda text: len(text) <= 253 and _DOMAIN.fullmatch(text) is not None,
)
UUID = Kind("uuid", f"a UUID, as in {_SAMPLE_UUID}", lambda text: bool(_UUID.fullmatch(text)))
USER_ID = identifier("user")
# What the monorepo's URLPath accepts, without a query: the path is joined to others.
_PATH = re.compile(r"/(?:[A-Za-z0-9_.-]+/)*[A-Za-z0-9_.-]*")
URL_PATH = Kind(
    "url path",
    "a path that begins with /, of ASCII letters, digits, - _ and . between single slashes",
    lambda text: _PATH.fullmatch(text) is not None,
)


def _otlp_url(signal: str) -> Kind:
    # The exporters use the URL as it stands; without the path every export is a 404.
    path = f"/v1/{signal}"
    return Kind(
        f"otlp {signal} url",
        f"an absolute http or https URL that ends in {path}",
        lambda text: _is_url(text) and urlsplit(text).path.endswith(path),
    )


OTLP_TRACES = _otlp_url("traces")
OTLP_LOGS = _otlp_url("logs")
OTLP_METRICS = _otlp_url("metrics")

DEPLOYMENT_ENVIRONMENT = one_of("dev", "staging", "prod")
LOG_FORMAT = one_of("pretty", "json", "logFmt", "structured")
AUTH_PROVIDERS = ("github", "google", "linkedin", "twitter", "discord")
"""Whom the applications can sign people in with; no other provider's variables are used."""
AUTH_PROVIDER_NAMES = comma_separated(one_of(*AUTH_PROVIDERS))
CLIENT_AUTH_PROVIDER_NAMES = split_at_commas(one_of(*AUTH_PROVIDERS))

_SERVER_LEVELS = ("All", "Trace", "Debug", "Info", "Warn", "Error", "Fatal", "Off")
# In any case; "Warning" and an explicit "None" are refused although the client wants them so.
SERVER_LOG_LEVEL = Kind(
    "server log level",
    ", ".join(_SERVER_LEVELS),
    lambda text: text.capitalize() in _SERVER_LEVELS,
    choices=_SERVER_LEVELS,
)
CLIENT_LOG_LEVEL = one_of("All", "Debug", "Error", "Fatal", "Info", "Trace", "None", "Warning")
