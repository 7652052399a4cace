"""Services and pages answer, also at the paths of a web host that lead to another service."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from constructs_lib.edge.hosts import PathRoute, PublicHost, path_routes, public_hosts
from constructs_lib.environment.variables import AUTH_PATH
from envschema.services import Kind, only
from results import Result
from verify.context import Context, path_of
from verify.question import Question
from verify.web import Answer

_API = only(Kind.API).name
_SIGN_IN_PATH = f"{AUTH_PATH}/ok"
"""Better Auth answers there that it is up, without looking at anything."""
_SIGN_IN_CONTENT = '"ok":true'


def health(context: Context) -> Iterator[Question]:
    """Yield a question for each service that is no web application."""
    for host in context.hosts:
        if not host.service.entry.kind.is_web:
            yield _asked_at(context, "health", host)


def pages(context: Context) -> Iterator[Question]:
    """Yield a question for each web application."""
    for host in context.web_hosts:
        yield _asked_at(context, "pages", host)


def _asked_at(context: Context, check: str, host: PublicHost) -> Question:
    url = f"https://{host.host}{path_of(host)}"
    expected = partial(
        _answers,
        context,
        url,
        host.service.entry.uptime_status,
        host.service.uptime_content,
        None,
    )
    return Question(check, f"GET {url}", expected)


def routes(context: Context) -> Iterator[Question]:
    """Yield a question for each path of a web host that leads to another service."""
    live = {host.workload: host for host in public_hosts(context.settings)}
    for host in context.web_hosts:
        for route in path_routes(context.settings, host):
            path, status, content = _known_by(route, live[route.service])
            url = f"https://{host.host}{path}"
            fix = (
                f"{route.path} of {host.host} has to lead to {route.service}: apply the stack "
                f"{context.name}-services; see docs/concepts/edge.md#routes"
            )
            yield Question(
                "routes", f"GET {url}", partial(_answers, context, url, status, content, fix)
            )


def _known_by(route: PathRoute, target: PublicHost) -> tuple[str, int | None, str | None]:
    """Return a path below a route, and by which status and content its service is known there."""
    prefix = route.path.removesuffix("/*")
    if route.service == _API and _SIGN_IN_PATH.startswith(f"{prefix}/"):
        return _SIGN_IN_PATH, None, _SIGN_IN_CONTENT
    # The path of the entry: that of the file may be one that the route does not lead to.
    entry = target.service.entry
    path = entry.uptime_path if route.prefix_rewrite is None else prefix + entry.uptime_path
    return path, entry.uptime_status, entry.uptime_content


def _answers(
    context: Context,
    url: str,
    status: int | None,
    content: str | None,
    fix: str | None,
    question: Question,
) -> Result:
    answer = context.web.ask(url)
    is_status = answer.status == status if status else 200 <= answer.status < 300
    if is_status and (content is None or content in answer.body):
        return question.passed(str(answer.status))
    needed = str(status) if status else "2xx"
    if content is not None:
        needed += f", and a text with {content}"
    return question.failed(_told(answer), needed=needed, fix=fix or _fix(context, answer))


def _told(answer: Answer) -> str:
    begins = " ".join(answer.body.split())[:80]
    return f"{answer.status}, {begins}" if begins else f"{answer.status}, no text"


def _fix(context: Context, answer: Answer) -> str:
    if answer.status in {403, 429}:
        return "see docs/runbook.md#cloud-armor-blocks-somebody"
    if context.of_candidate and answer.status == 404:
        return "no revision has the tag: see docs/runbook.md#test-a-candidate"
    return "see docs/runbook.md#a-service-is-down"
