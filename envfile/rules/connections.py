"""Rules for the URLs of Redis and Postgres, and for the variables that repeat parts of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from envfile.finding import Fault
from envfile.sheet import Sheet
from envschema import Variable

_URL_FORMS = {
    "KV_REDIS_URL": (
        frozenset({"redis", "rediss"}),
        "redis://:PASSWORD@HOST:PORT, or rediss:// with TLS",
    ),
    "DB_PG_URL": (
        frozenset({"postgres", "postgresql"}),
        "postgresql://USER:PASSWORD@HOST:PORT/DATABASE",
    ),
}


@dataclass(frozen=True, slots=True)
class _Url:
    scheme: str
    user: str
    password: str
    host: str
    port: str
    database: str


def _parsed(value: str) -> _Url | None:
    try:
        parts = urlsplit(value)
        port = "" if parts.port is None else str(parts.port)
    except ValueError:
        return None
    return _Url(
        parts.scheme,
        unquote(parts.username or ""),
        unquote(parts.password or ""),
        parts.hostname or "",
        port,
        unquote(parts.path.removeprefix("/")),
    )


def password_as_user(variable: Variable, value: str, sheet: Sheet) -> Iterator[Fault]:
    """Report a URL whose only credential is in the place of the user's name."""
    url = _parsed(value) if variable.name in _URL_FORMS else None
    if url is None or not url.user or url.password:
        return
    wanted = _URL_FORMS[variable.name][1]
    if variable.name == "KV_REDIS_URL":
        what = "has its password where the user's name belongs; the server would ask for one"
        yield Fault(what, "put a colon before the password", wanted)
    else:
        yield Fault("has a user and no password", "write both, as in USER:PASSWORD@", wanted)


def connection_url(variable: Variable, value: str, sheet: Sheet) -> Iterator[Fault]:
    """Report a URL that no client of the service could use."""
    if variable.name not in _URL_FORMS:
        return
    schemes, wanted = _URL_FORMS[variable.name]
    url = _parsed(value)
    fix = "write it in this form; characters such as / # ? @ of a password are escaped with %"
    if url is None or not url.host:
        yield Fault("is not a URL with a host", fix, wanted)
    elif url.scheme not in schemes:
        yield Fault("has the scheme of something else", fix, wanted)
    elif variable.name == "DB_PG_URL" and not url.database:
        yield Fault("names no database", fix, wanted)


def url_disagrees(variable: Variable, value: str, sheet: Sheet) -> Iterator[Fault]:
    """Report a URL that differs from the variables that repeat its parts; both are read.

    The user and password of Postgres may differ: migrations run as the owner of the schema.
    """
    url = _parsed(value) if variable.name in _URL_FORMS else None
    if url is None:
        return
    if variable.name == "DB_PG_URL":
        in_url = {
            "DB_PG_HOST": url.host,
            "DB_PG_PORT": url.port or "5432",
            "DB_PG_DATABASE": url.database,
        }
    else:
        in_url = {
            "KV_REDIS_PORT": url.port or "6379",
            "KV_REDIS_PASSWORD": url.password,
        }
    differing = [
        name
        for name, text in in_url.items()
        if name in sheet.contract
        and (stated := sheet.value(name) or sheet.contract[name].default) is not None
        and stated != text
    ]
    if differing:
        names = " and ".join(differing)
        yield Fault(f"says something else than {names}", "make them say the same")


def redis_scheme(variable: Variable, value: str, sheet: Sheet) -> Iterator[Fault]:
    """Report a scheme that does not fit Redis: with TLS, clients without it are refused."""
    expected = sheet.target.redis_scheme if sheet.target else None
    url = _parsed(value) if variable.name == "KV_REDIS_URL" and expected else None
    if url and sheet.target and url.scheme != expected:
        with_tls = "with" if expected == "rediss" else "without"
        what = f"does not fit Redis in {sheet.target.name}, which is reached {with_tls} TLS"
        yield Fault(what, f"write {expected}://")
