"""How an environment misbehaves: each fault, and the check, the question and the words for it."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import zip_longest
from typing import NoReturn

import trustme

from tests.browser.servers import Answer, Request
from tests.verify.conftest import Site
from tests.verify.servers import Drip, Hang, Reset, page, server_context

API, APP, OTLP = "api.example.com", "app.example.com", "otlp.example.com"
TODOX = "todox.example.com"
COLLECTOR = f"GET https://{OTLP}/v1/traces"
HEALTH, PAGE = f"GET https://{API}/v1/health", f"GET https://{APP}/"
Break = Callable[[Site], None]
Where = Callable[[Request], bool]


@dataclass(frozen=True)
class Fault:
    """What is wrong, the one check that fails, at which of its questions, and what it says."""

    name: str
    check: str
    asked: str
    """Found in what is asked by each question that fails."""
    seen: str
    break_it: Break
    environment: str = "prod"
    count: int = 1
    """Of questions that fail."""
    fix: str = ""
    timeout_seconds: float = 20


def at(asked: str, origin: str | None = None) -> Where:
    """Match a request by method and URL, as ``GET https://api.example.com/``, and by origin."""
    method, _, place = asked.partition(" ")
    return lambda request: (
        (request.method, f"https://{request.host}{request.url}") == (method, place)
        and request.headers.get("Origin") == origin
    )


def tampered(where: Where, change: Callable[[Answer], Answer]) -> Break:
    """Change the answers to the requests that match."""

    def tamper(request: Request, answer: Answer) -> Answer:
        return change(answer) if where(request) else answer

    return lambda site: site.world.tampers.append(tamper)


def answers(where: Where, status: int, body: bytes = b"") -> Break:
    """Answer with another status and body, and the same headers."""
    return tampered(where, lambda answer: replace(answer, status=status, body=body))


def raises(where: Where, error: Exception) -> Break:
    """Misbehave in place of an answer."""

    def misbehave(_: Answer) -> NoReturn:
        raise error

    return tampered(where, misbehave)


def header(name: str, value: str | None) -> Callable[[Answer], Answer]:
    """Replace a header, or leave it out."""

    def change(answer: Answer) -> Answer:
        kept = tuple(pair for pair in answer.headers if pair[0] != name)
        return replace(answer, headers=(*kept, *([(name, value)] if value is not None else [])))

    return change


def with_origin(host: str, change: Callable[[Answer, str], Answer]) -> Break:
    """Change every answer of a host to a request that has an origin."""

    def tamper(request: Request, answer: Answer) -> Answer:
        origin = request.headers.get("Origin")
        if request.host != host or origin is None or "Upgrade" in request.headers:
            return answer
        return change(answer, origin)

    return lambda site: site.world.tampers.append(tamper)


def lets_in(host: str, which: Callable[[str], bool], value: str = "") -> Break:
    """Let in the origins that a test holds for."""

    def change(answer: Answer, origin: str) -> Answer:
        name = "Access-Control-Allow-Origin"
        return header(name, value or origin)(answer) if which(origin) else answer

    return with_origin(host, change)


def certificate(host: str, make: Callable[[trustme.CA], trustme.LeafCert]) -> Break:
    """Serve a host with another certificate."""

    def break_it(site: Site) -> None:
        context: ssl.SSLContext = server_context(make(site.authority))
        site.world.certificates[host] = context

    return break_it


def until(**after_now: int) -> Callable[[trustme.CA], trustme.LeafCert]:
    """Return a certificate that ends so long after now."""
    now = datetime.now(UTC)
    return lambda authority: authority.issue_cert(
        TODOX, not_before=now - timedelta(days=90), not_after=now + timedelta(**after_now)
    )


def on_port_80(change: Callable[[Answer], Answer]) -> Break:
    """Change what is answered to the redirect's question at the app's host."""
    return tampered(
        lambda request: request.host == APP and request.url == "/?beep-verify=1", change
    )


def location(url: str) -> Break:
    """Redirect to somewhere else."""
    return on_port_80(header("Location", url))


def _old_tls(site: Site) -> None:
    site.world.has_old_tls = True


def _text_logs(service: str) -> Break:
    def break_it(site: Site) -> None:
        key = (site.environment.settings.project_id, site.environment.names.workload(service))
        site.google.world.log_entries[key] = [{"textPayload": "level=INFO a secret of somebody"}]

    return break_it


def _shows_page(asked: str) -> Break:
    """Let the web application itself answer, as where the edge does not lead to the service."""

    def tamper(request: Request, answer: Answer) -> Answer:
        return page(request) if at(asked)(request) else answer

    return lambda site: site.world.tampers.append(tamper)


def _closed(site: Site) -> None:
    site.world.tampers.append(_no_origin)


def _no_origin(request: Request, answer: Answer) -> Answer:
    is_call = request.headers.get("Origin") == f"https://{APP}" and request.host == API
    if not is_call or "Upgrade" in request.headers:
        return answer
    return header("Access-Control-Allow-Origin", None)(answer)


TRACES = f"POST https://{OTLP}/v1/traces"
FRAMES = header("Content-Security-Policy", "default-src 'self'; frame-ancestors *")
RPC = "/v1/documents/rpc"
FAULTS = (
    Fault("503", "health", HEALTH, "503, no text", answers(at(HEALTH), 503),
          fix="docs/runbook.md#a-service-is-down"),
    Fault("blocked", "health", HEALTH, "403", answers(at(HEALTH), 403),
          fix="docs/runbook.md#cloud-armor-blocks-somebody"),
    Fault("another content", "health", HEALTH, "200, <h1>parked</h1>",
          answers(at(HEALTH), 200, b"<h1>parked</h1>")),
    Fault("hangs", "health", COLLECTOR, "no answer within 1 s",
          raises(at(COLLECTOR), Hang()), timeout_seconds=1),
    Fault("drips", "health", COLLECTOR, "no answer within 1 s",
          raises(at(COLLECTOR), Drip()), timeout_seconds=1),
    Fault("closes", "health", COLLECTOR, "closed connection without response",
          raises(at(COLLECTOR), Reset())),
    Fault("500", "pages", PAGE, "500, oops", answers(at(PAGE), 500, b"oops")),
    Fault("another page", "pages", PAGE, "200, <title>Parked", answers(
        at(PAGE), 200, b"<title>Parked\x1b[31m\x00</title>")),
    Fault("ends soon", "certificate", TODOX, "valid for 13 more days",
          certificate(TODOX, until(days=13, hours=12)),
          fix="docs/runbook.md#a-certificate-expires"),
    Fault("expired", "certificate", TODOX, "certificate has expired",
          certificate(TODOX, until(days=-1)), fix="docs/runbook.md#a-certificate-is-stuck"),
    Fault("another name", "certificate", TODOX, "Hostname mismatch",
          certificate(TODOX, lambda authority: authority.issue_cert("www.example.net"))),
    Fault("another authority", "certificate", TODOX, "unable to get local issuer",
          certificate(TODOX, lambda authority: trustme.CA().issue_cert(TODOX))),
    Fault("old TLS", "tls", "example.com", "accepts TLS 1.1 or older", _old_tls, count=6),
    Fault("resets", "redirect", APP, "connection reset by peer",
          raises(lambda request: request.url == "/?beep-verify=1" and request.host == APP,
                 Reset())),
    Fault("no redirect", "redirect", APP, "200 to nowhere",
          on_port_80(lambda answer: Answer(200, b"hello"))),
    Fault("not for ever", "redirect", APP, "302 to https",
          on_port_80(lambda answer: replace(answer, status=302))),
    Fault("redirects elsewhere", "redirect", APP, "301 to https://www.example.net/",
          location("https://www.example.net/?beep-verify=1")),
    Fault("redirects to http", "redirect", APP, "301 to http://",
          location(f"http://{APP}/?beep-verify=1")),
    Fault("loses the query", "redirect", APP, "301 to https", location(f"https://{APP}/")),
    Fault("the domain leads elsewhere", "redirect", "GET https://example.com/",
          "301 to https://app.example.com/", tampered(
              at("GET https://example.com/?beep-verify=1"),
              lambda answer: replace(answer, headers=(("Location", f"https://{APP}/"),))
              if answer.headers != (("Location", "https://example.com:443/?beep-verify=1"),)
              else answer), fix="apply the stack prod-services"),
    Fault("redirects to nonsense", "redirect", APP, "301 to https://[", location("https://[")),
    Fault("/v1 shows a page", "routes", f"{APP}/v1/health", "200, <!doctype html>",
          _shows_page(f"GET https://{APP}/v1/health"),
          fix="/v1/* of app.example.com has to lead to api"),
    Fault("/api/v1 shows a page", "routes", f"{APP}/api/v1/auth/ok", "200, <!doctype html>",
          _shows_page(f"GET https://{APP}/api/v1/auth/ok")),
    Fault("/otlp shows a page", "routes", f"{APP}/otlp/v1/traces", "200, <!doctype html>",
          _shows_page(f"GET https://{APP}/otlp/v1/traces")),
    Fault("no HSTS", "headers", PAGE, "lacks Strict-Transport-Security",
          tampered(at(PAGE), header("Strict-Transport-Security", None))),
    Fault("HSTS for an hour", "headers", PAGE, "lacks Strict-Transport-Security",
          tampered(at(PAGE), header("Strict-Transport-Security", "max-age=3600"))),
    Fault("sniffs", "headers", PAGE, "lacks X-Content-Type-Options",
          tampered(at(PAGE), header("X-Content-Type-Options", None))),
    Fault("no policy", "headers", PAGE, "lacks Content-Security-Policy",
          tampered(at(PAGE), header("Content-Security-Policy", None))),
    Fault("any frame", "headers", PAGE, "lacks X-Frame-Options or frame-ancestors",
          tampered(at(PAGE), FRAMES)),
    Fault("trusted origin refused", "cors", f"https://{APP} calls", "OPTIONS allows nobody; GET",
          _closed, fix="SECURITY_TRUSTED_ORIGINS"),
    Fault("no cookies", "cors", f"calls https://{API}", "OPTIONS allows no cookies; GET allows no",
          with_origin(API, lambda answer, origin: header(
              "Access-Control-Allow-Credentials", None)(answer)), count=3),
    Fault("no JSON", "cors", f"calls https://{API}", "no Content-Type, so no JSON",
          with_origin(API, lambda answer, origin: header(
              "Access-Control-Allow-Headers", "X-Own")(answer)), count=3),
    Fault("any origin", "cors", " calls ", "OPTIONS allows ",
          lets_in(API, lambda o: True), count=3),
    Fault("the star", "cors", " calls ", "allows *",
          lets_in(API, lambda o: o == "null" or o.endswith("invalid"), "*"), count=3),
    Fault("by the beginning", "cors", f"https://{APP}.beep-verify.invalid calls", "OPTIONS allows ",
          lets_in(API, lambda o: o.startswith(f"https://{APP}"))),
    Fault("null", "cors", "null calls", "OPTIONS allows null", lets_in(API, lambda o: o == "null")),
    Fault("no upgrade", "websocket", RPC, "200", answers(
        at(f"GET https://{API}{RPC}", f"https://{APP}"), 200)),
    Fault("another accept", "websocket", RPC, "101 with Sec-WebSocket-Accept: abc",
          tampered(at(f"GET https://{API}{RPC}", f"https://{APP}"),
                   header("Sec-WebSocket-Accept", "abc"))),
    Fault("no upgrade at the web host", "websocket", f"{APP}/v1/shared/rpc", "404", answers(
        at(f"GET https://{APP}/v1/shared/rpc", f"https://{APP}"), 404)),
    Fault("OTLP is not found", "otlp", "/v1/traces", "404", answers(at(TRACES), 404),
          fix="docs/runbook.md#telemetry-is-lost"),
    Fault("OTLP is rejected", "otlp", "/v1/traces", "200, and 1 rejected: no service.name",
          answers(at(TRACES), 200,
                  b'{"partialSuccess":{"rejectedSpans":"1","errorMessage":"no service.name"}}')),
    Fault("OTLP is a page", "otlp", "/v1/traces", "200, and something else than OTLP",
          answers(at(TRACES), 200, b"<!doctype html>")),
    Fault("OTLP is a list", "otlp", "/v1/traces", "200, and something else than OTLP",
          answers(at(TRACES), 200, b"[]")),
    Fault("anybody sends", "otlp cors", f"https://{OTLP}/v1/traces", "OPTIONS allows ",
          lets_in(OTLP, lambda o: True), count=2),
    Fault("a page may not send", "otlp cors", "https://todox.dev.example.com calls",
          "allows nobody",
          tampered(at("OPTIONS https://otlp.dev.example.com/v1/traces", "https://todox.dev.example.com"),
                   header("Access-Control-Allow-Origin", None)), environment="dev",
          fix="docs/guides/telemetry.md#telemetry-is-missing"),
    Fault("text logs", "logs", "beep-api", "1 of 1 are text", _text_logs("api"),
          fix="beep-infra env show api --env prod"),
    Fault("text logs of the collector", "logs", "beep-otel-collector", "1 of 1 are text",
          _text_logs("otel-collector")),
)  # fmt: skip


def packs(faults: Sequence[Fault]) -> Iterator[list[Fault]]:
    """Yield faults that can be there at once, each of another check."""
    by_check: dict[tuple[str, str], list[Fault]] = {}
    for fault in faults:
        # A host whose certificate nobody trusts is not asked for its TLS.
        check = "certificate" if fault.check == "tls" else fault.check
        by_check.setdefault((fault.environment, check), []).append(fault)
    for environment in dict.fromkeys(fault.environment for fault in faults):
        columns = [column for key, column in by_check.items() if key[0] == environment]
        yield from ([f for f in row if f] for row in zip_longest(*columns))
