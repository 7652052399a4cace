"""Rules for values that are valid, but not for the environment that the file is for."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from envfile.finding import Fault
from envfile.sheet import Sheet
from envschema import Variable

_ORIGINS = "SECURITY_TRUSTED_ORIGINS"


def not_https(variable: Variable, value: str, sheet: Sheet) -> Iterator[Fault]:
    """Report a URL without encryption in a live environment."""
    if sheet.target is None or not sheet.target.is_live:
        return
    if not variable.kind.name.endswith("url"):
        return
    if any(urlsplit(item.strip()).scheme == "http" for item in value.split(",")):
        yield Fault(f"is not https, in {sheet.target.name}", "begin it with https://")


def wrong_environment(variable: Variable, value: str, sheet: Sheet) -> Iterator[Fault]:
    """Report a file that names another environment than the one it is checked for."""
    if sheet.target and variable.name in {"APP_ENV", "NEXT_PUBLIC_ENV"}:
        name = sheet.target.name
        if value != name:
            yield Fault(f"is not {name}, for which the file is checked", f"set it to {name}")


def wrong_host(variable: Variable, value: str, sheet: Sheet) -> Iterator[Fault]:
    """Report a URL or host that is not one of the environment."""
    expected = sheet.target.hosts.get(variable.name) if sheet.target else None
    if not expected or sheet.target is None or variable.name == _ORIGINS:
        return
    if value.removesuffix("/") not in expected:
        what = f"is not where {sheet.target.name} answers"
        yield Fault(what, "take it from the environment file", " or ".join(sorted(expected)))


def wrong_auth_path(variable: Variable, value: str, sheet: Sheet) -> Iterator[Fault]:
    """Report a path of sign-in where the API answers nothing: every sign-in would be a 404."""
    expected = sheet.target.auth_path if sheet.target else None
    if variable.name == "NEXT_PUBLIC_AUTH_PATH" and expected and value != expected:
        yield Fault("is not where the server answers sign-in", f"set it to {expected}", expected)


def origins(variable: Variable, value: str, sheet: Sheet) -> Iterator[Fault]:
    """Report trusted origins that lack a host of the environment, or name a host that it lacks.

    Without its origin, sign-in to an application fails; a foreign origin can act for its users.
    """
    if variable.name != _ORIGINS or sheet.target is None or _ORIGINS not in sheet.target.hosts:
        return
    expected = {
        origin for text in sheet.target.hosts[_ORIGINS] for origin in text.split(",") if origin
    }
    listed = {item.strip().removesuffix("/").lower() for item in value.split(",")}
    if missing := expected - listed:
        yield Fault(f"lacks {', '.join(sorted(missing))}", "add what is missing")
    if extra := listed - expected:
        count = "an origin" if len(extra) == 1 else f"{len(extra)} origins"
        yield Fault(
            f"names {count} that {sheet.target.name} does not have",
            "remove it, or add it to extra_trusted_origins of the environment file",
            ", ".join(sorted(expected)),
        )
