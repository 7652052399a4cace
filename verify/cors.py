"""Which pages may call: those of trusted origins, with cookies where they need them; no others.

Each origin is tried with the request that a browser sends before a call (OPTIONS), and at the API
also with a call itself, which a browser makes without asking where it is a simple one.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from constructs_lib.environment.variables import trusted_origins
from constructs_lib.telemetry.variables import cross_origins
from results import Result
from verify.context import Context, path_of
from verify.otlp import endpoint
from verify.question import Question
from verify.web import Answer

_FOREIGN = "beep-verify.invalid"
_COLLECTOR_FIX = "see docs/guides/telemetry.md#telemetry-is-missing"


def api(context: Context) -> Iterator[Question]:
    """Yield a question for each origin that the API trusts, and for some that it must not."""
    for host in context.api_hosts:
        url = f"https://{host.host}{path_of(host)}"
        trusted = trusted_origins(context.settings)
        for origin in trusted:
            ask = partial(_api_answers, context, url, origin)
            yield Question("cors", f"{origin} calls {url}", ask)
        for origin in _foreign(trusted):
            ask = partial(_api_refuses, context, url, origin)
            yield Question("cors", f"{origin} calls {url}", ask)


def collector(context: Context) -> Iterator[Question]:
    """Yield a question for each origin that sends to the OTLP host, and for some that must not.

    Whom an endpoint that is operated elsewhere lets in beside ours is its operator's business.
    """
    url = f"{endpoint(context)}/v1/traces"
    trusted = cross_origins(context.settings)
    for origin in trusted:
        ask = partial(_collector_answers, context, url, origin)
        yield Question("otlp cors", f"{origin} calls {url}", ask)
    if context.settings.collector is not None:
        for origin in _foreign(trusted):
            ask = partial(_collector_refuses, context, url, origin)
            yield Question("otlp cors", f"{origin} calls {url}", ask)


def _foreign(trusted: tuple[str, ...]) -> Iterator[str]:
    yield f"https://{_FOREIGN}"
    # Lets in whoever compares the beginning only.
    yield from (f"{origin}.{_FOREIGN}" for origin in trusted[:1])
    # Of a page in a sandbox, or opened from a file.
    yield "null"


def _before_a_call(context: Context, url: str, origin: str) -> Answer:
    return context.web.ask(
        url,
        method="OPTIONS",
        headers={
            "Origin": origin,
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "content-type",
        },
    )


def _call(context: Context, url: str, origin: str) -> Answer:
    return context.web.ask(url, headers={"Origin": origin})


def _allowed_origin(answer: Answer) -> str:
    return answer.header("Access-Control-Allow-Origin")


def _allows_content_type(answer: Answer) -> bool:
    names = answer.header("Access-Control-Allow-Headers").lower().split(",")
    return "content-type" in {name.strip() for name in names}


def _api_fix(context: Context) -> str:
    return (
        f"beep-infra env show api --env {context.name}   # SECURITY_TRUSTED_ORIGINS\n"
        f"apply the stack {context.name}-services"
    )


def _api_answers(context: Context, url: str, origin: str, question: Question) -> Result:
    before, call = _before_a_call(context, url, origin), _call(context, url, origin)
    lacks = []
    for method, answer in (("OPTIONS", before), ("GET", call)):
        if _allowed_origin(answer) != origin:
            lacks.append(f"{method} allows {_allowed_origin(answer) or 'nobody'}")
        if answer.header("Access-Control-Allow-Credentials") != "true":
            lacks.append(f"{method} allows no cookies")
    if not 200 <= before.status < 300:
        lacks.append(f"OPTIONS has status {before.status}")
    if not _allows_content_type(before):
        lacks.append("OPTIONS allows no Content-Type, so no JSON")
    if not lacks:
        return question.passed("may call, with cookies")
    return question.failed(
        "; ".join(lacks), needed="may call with cookies and JSON", fix=_api_fix(context)
    )


def _api_refuses(context: Context, url: str, origin: str, question: Question) -> Result:
    answers = {
        "OPTIONS": _before_a_call(context, url, origin),
        "GET": _call(context, url, origin),
    }
    return _refused(question, answers, origin, _api_fix(context))


def _collector_answers(context: Context, url: str, origin: str, question: Question) -> Result:
    answer = _before_a_call(context, url, origin)
    if _allowed_origin(answer) in {origin, "*"} and _allows_content_type(answer):
        return question.passed("may send")
    return question.failed(
        f"{answer.status}, allows {_allowed_origin(answer) or 'nobody'}",
        needed="may send, in JSON",
        fix=_COLLECTOR_FIX,
    )


def _collector_refuses(context: Context, url: str, origin: str, question: Question) -> Result:
    answers = {"OPTIONS": _before_a_call(context, url, origin)}
    return _refused(question, answers, origin, _COLLECTOR_FIX)


def _refused(question: Question, answers: dict[str, Answer], origin: str, fix: str) -> Result:
    """Pass where no answer lets the origin in; a browser heeds only its own, and the star."""
    for method, answer in answers.items():
        if _allowed_origin(answer) in {origin, "*"}:
            return question.failed(
                f"{method} allows {_allowed_origin(answer)}",
                needed="allows trusted origins",
                fix=fix,
            )
    return question.passed("is not let in")
