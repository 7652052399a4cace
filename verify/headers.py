"""The headers by which a browser protects the people who read an answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from envschema.services import Kind
from results import Result
from verify.context import Context, path_of
from verify.question import Question
from verify.web import Answer

_YEAR_SECONDS = 365 * 24 * 60 * 60
_ANY_FRAME = frozenset({"*", "http:", "https:"})


def headers(context: Context) -> Iterator[Question]:
    """Yield a question for each page, and for the API.

    What an application has never sent is a warning. The API's code sends no such header, and the
    site has no configuration of its own; the other web applications have them from
    ``beepNextConfig`` (the monorepo's tooling/build-utils).
    """
    for host in (*context.web_hosts, *context.api_hosts):
        url = f"https://{host.host}{path_of(host)}"
        ask = partial(_protects, context, url, host.service.entry.kind)
        yield Question("headers", f"GET {url}", ask)


def _protects(context: Context, url: str, kind: Kind, question: Question) -> Result:
    answer = context.web.ask(url)
    lacks = list(_lacks(answer, is_page=kind.is_web))
    if not lacks:
        return question.passed("is protected")
    report = question.failed if kind is Kind.WEB else question.warned
    return report(
        f"lacks {', '.join(lacks)}",
        needed="the headers by which a browser protects people",
        fix="send them: beepNextConfig in next.config of a page, middleware in the API",
    )


def _lacks(answer: Answer, *, is_page: bool) -> Iterator[str]:
    age = re.search(r"max-age=\"?(\d+)", answer.header("Strict-Transport-Security"), re.IGNORECASE)
    if age is None or int(age[1]) < _YEAR_SECONDS:
        yield "Strict-Transport-Security for a year or longer"
    if answer.header("X-Content-Type-Options").lower() != "nosniff":
        yield "X-Content-Type-Options: nosniff"
    if is_page:
        policy = _directives(answer.header("Content-Security-Policy"))
        if not policy:
            yield "Content-Security-Policy"
        framed = answer.header("X-Frame-Options").upper() in {"DENY", "SAMEORIGIN"}
        ancestors = policy.get("frame-ancestors")
        # Where both are there, browsers heed the policy.
        if _ANY_FRAME & set(ancestors) if ancestors is not None else not framed:
            yield "X-Frame-Options or frame-ancestors"


def _directives(policy: str) -> dict[str, list[str]]:
    """Return the sources of each directive of a content security policy."""
    parts = [part.split() for part in policy.split(";")]
    return {part[0].lower(): part[1:] for part in parts if part}
