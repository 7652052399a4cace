"""Every check, and how their questions are asked: side by side, and again while one fails."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from google_api import GoogleError
from results import Result, Status
from verify import cors, headers, logs, otlp, pages, sockets, tls
from verify.context import Context
from verify.question import Question
from verify.web import InvalidCertificate, NoAnswer, NoConnection

_AT_A_TIME = 8
_SERVICE_IS_DOWN = "see docs/runbook.md#a-service-is-down"
_CERTIFICATE = "certificate"
_FIRST_PAUSE_SECONDS = 2.0
"""Before the second round; doubled before each further one."""
_LONGEST_PAUSE_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Check:
    """A name, and the questions under it."""

    name: str
    needs: str
    """What must be so, for the page of the command."""
    questions: Callable[[Context], Iterable[Question]]
    of_candidate: bool = True
    """Whether a candidate has an answer of its own."""


CHECKS = (
    Check(
        _CERTIFICATE,
        "each host has a certificate that browsers trust, for its name, for `certificate_days` of "
        "`[alerts]` and longer",
        tls.certificates,
    ),
    Check("tls", "a load balancer refuses TLS 1.1 and older", tls.versions),
    Check(
        "redirect",
        "http leads to the same place over https: same host, path and query; so does a domain that "
        "leads to a host",
        tls.redirects,
    ),
    Check(
        "health", "API, MCP server and collector answer as their uptime checks expect",
        pages.health,
    ),
    Check("pages", "each web application shows a page of its own", pages.pages),
    Check(
        "routes",
        "`/v1/*`, `/api/v1/*` and `/otlp/*` of each web host lead to the API and to the collector",
        pages.routes,
    ),
    Check(
        "headers",
        "HSTS for a year, `nosniff`, and for pages a content security policy and no foreign frame; "
        "of the API and the site a warning",
        headers.headers,
    ),
    Check(
        "cors",
        "pages of trusted origins call the API with cookies; a foreign origin, one that begins "
        "like ours, and `null` do not",
        cors.api,
    ),
    Check(
        "websocket", "the API takes WebSockets at each endpoint of its host, and through each web "
        "host",
        sockets.upgrades,
    ),
    Check(
        "otlp",
        "one span, one log record and one metric are taken where the servers send them",
        otlp.signals,
        of_candidate=False,
    ),
    Check(
        "otlp cors",
        "pages that send to the OTLP host may; to a collector of ours, no others",
        cors.collector,
        of_candidate=False,
    ),
    Check(
        "logs",
        "the newest entries of API, web applications and collector are JSON, where `log_format` "
        "is; text among them is a warning, and so is text of Next.js",
        logs.logs,
        of_candidate=False,
    ),
)  # fmt: skip


def run(
    context: Context,
    checks: Sequence[Check],
    *,
    wait_seconds: float,
    on_wait: Callable[[int, float], None],
) -> list[Result]:
    """Return the results, once none is a failure or ``wait_seconds`` have passed.

    ``on_wait`` is called before each pause with the number of failures and the seconds of it.
    """
    questions = [
        question
        for check in checks
        if check.of_candidate or not context.of_candidate
        for question in check.questions(context)
    ]
    end, pause = time.monotonic() + wait_seconds, _FIRST_PAUSE_SECONDS
    results = _answers(questions)
    while True:
        failures = sum(result.status is Status.FAILURE for result in results)
        left = end - time.monotonic()
        if not failures or left <= 0:
            return results
        on_wait(failures, min(pause, left))
        time.sleep(min(pause, left))
        pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)
        again = [
            position
            for position, result in enumerate(results)
            if result.status in {Status.FAILURE, Status.UNKNOWN}
        ]
        for position, result in zip(again, _answers([questions[p] for p in again]), strict=True):
            results[position] = result


def _answers(questions: Sequence[Question]) -> list[Result]:
    owns_connections = any(question.check == _CERTIFICATE for question in questions)
    with ThreadPoolExecutor(_AT_A_TIME) as pool:
        return list(pool.map(lambda question: _answer(question, owns_connections), questions))


def _answer(question: Question, owns_connections: bool) -> Result:
    """Ask. A host without a trusted connection fails once: under ``certificate``, if asked."""
    try:
        return question.ask(question)
    except NoConnection as error:
        if owns_connections and question.check != _CERTIFICATE:
            return question.unknown(str(error), fix="see what `certificate` says of this host")
        return question.failed(
            str(error),
            needed="a TLS connection that browsers trust",
            fix="see docs/runbook.md#a-certificate-is-stuck"
            if isinstance(error, InvalidCertificate)
            else _SERVICE_IS_DOWN,
        )
    except NoAnswer as error:
        return question.failed(str(error), needed="an answer", fix=_SERVICE_IS_DOWN)
    except GoogleError as error:
        return question.unknown(error.what, fix=error.fix)
