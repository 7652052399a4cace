"""The differences between contract and schema that are on purpose, with their reasons.

An entry pins what the schema says: when that changes, it is drift again.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from envschema import kinds
from envschema.kinds import Kind


class Aspect(StrEnum):
    """What the schema says about a variable."""

    READ = "read"
    KIND = "kind"
    NEED = "need"
    DEFAULT = "default"
    SECRECY = "secrecy"


@dataclass(frozen=True, slots=True)
class Deviation:
    """One aspect of one variable: what the schema says of it, and why the contract differs."""

    variable: str
    aspect: Aspect
    schema: Kind | bool
    """The kind, or whether the schema redacts it, or whether it reads it at all."""
    why: str


_FULL_PATH = "the exporters use the URL as it stands, so the contract asks for its path too"

DEVIATIONS: tuple[Deviation, ...] = (
    Deviation("APP_NAME", Aspect.KIND, kinds.STRING, "an empty name names no service"),
    Deviation(
        "APP_DOMAIN",
        Aspect.KIND,
        kinds.STRING,
        "it is the passkey's relying party, which is a bare host",
    ),
    Deviation("KV_REDIS_URL", Aspect.SECRECY, False, "the URL carries the password of Redis"),
    *(
        Deviation(f"{prefix}OTLP_{signal}_EXPORTER_URL", Aspect.KIND, kinds.URL, _FULL_PATH)
        for prefix in ("", "NEXT_PUBLIC_")
        for signal in ("TRACE", "LOG", "METRIC")
    ),
    Deviation(
        "NEXT_PUBLIC_CAPTCHA_SITE_KEY",
        Aspect.SECRECY,
        True,
        "it is inlined into the browser's bundle, so it is public whatever the schema says",
    ),
    *(
        Deviation(name, Aspect.READ, False, "the schema writes the address out; it is to be read")
        for name in ("EMAIL_FROM", "EMAIL_TEST")
    ),
    Deviation(
        "NEXT_PUBLIC_STATIC_URL",
        Aspect.READ,
        False,
        "the shared Next.js configuration reads it, not the schema",
    ),
)
