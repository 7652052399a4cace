"""Values that are sound and lead to the wrong place."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from envfile.finding import Fault
from envfile.sheet import Sheet
from envschema import Variable

_ORIGINS = "SECURITY_TRUSTED_ORIGINS"


def not_https(variable: Variable, value: str, sheet: Sheet) -> Iterator[Fault]:
    """A URL that browsers or servers would call without encryption, where people depend on it."""
    if sheet.target is None or not sheet.target.is_live:
        return
    if not variable.kind.name.endswith("url"):
        return
    if any(urlsplit(item.strip()).scheme == "http" for item in value.split(",")):
        yield Fault(f"is not https, in {sheet.target.name}", "begin it with https://")


def wrong_environment(variable: Variable, value: str, sheet: Sheet) -> Iterator[Fault]:
    """A file for one environment that says it is another."""
    if sheet.target and variable.name in {"APP_ENV", "NEXT_PUBLIC_ENV"}:
        name = sheet.target.name
        if value != name:
            yield Fault(f"is not {name}, for which the file is checked", f"set it to {name}")


def wrong_host(variable: Variable, value: str, sheet: Sheet) -> Iterator[Fault]:
    """A URL or host that is not the one at which the environment answers."""
    expected = sheet.target.hosts.get(variable.name) if sheet.target else None
    if not expected or sheet.target is None or variable.name == _ORIGINS:
        return
    if value.removesuffix("/") not in expected:
        what = f"is not where {sheet.target.name} answers"
        yield Fault(what, "take it from the environment file", " or ".join(sorted(expected)))


def origins(variable: Variable, value: str, sheet: Sheet) -> Iterator[Fault]:
    """Origins that lack a host of the environment, or name one that it does not have.

    An origin too few breaks the sign-in of that application; one too many may act for its users.
    """
    if variable.name != _ORIGINS or sheet.target is None or _ORIGINS not in sheet.target.hosts:
        return
    wanted = {
        origin for text in sheet.target.hosts[_ORIGINS] for origin in text.split(",") if origin
    }
    listed = {item.strip().removesuffix("/").lower() for item in value.split(",")}
    if absent := wanted - listed:
        yield Fault(f"lacks {', '.join(sorted(absent))}", "add what is missing")
    if extra := listed - wanted:
        count = "an origin" if len(extra) == 1 else f"{len(extra)} origins"
        yield Fault(
            f"names {count} that {sheet.target.name} does not have",
            "remove it, or add it to extra_trusted_origins of the environment file",
            ", ".join(sorted(wanted)),
        )
