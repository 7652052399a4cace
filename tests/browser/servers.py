"""What stands behind the edge in these tests, and the edge itself, on loopback with TLS.

A backend is a function from a request to an answer. The stubs do what the applications do as far as
a browser can tell: paths, CORS, and the attributes of cookies.
"""

from __future__ import annotations

import json
import secrets
import ssl
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import trustme
from typing_extensions import override

from tests.browser.url_map import UrlMap

PROVIDER = "provider.example.org"
_COOKIE = "Path=/; HttpOnly; Secure; SameSite=None; Partitioned"
"""As Better Auth is configured outside of dev. No Domain: a cookie belongs to one host."""


@dataclass(frozen=True)
class Request:
    method: str
    host: str
    url: str
    """Path and query."""
    headers: Mapping[str, str]
    body: bytes

    @property
    def path(self) -> str:
        return urlsplit(self.url).path

    @property
    def query(self) -> dict[str, str]:
        return {name: texts[0] for name, texts in parse_qs(urlsplit(self.url).query).items()}

    @property
    def cookies(self) -> dict[str, str]:
        return {n: morsel.value for n, morsel in SimpleCookie(self.headers.get("Cookie")).items()}


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()


Backend = Callable[[Request], Answer]


def as_json(value: object, *headers: tuple[str, str]) -> Answer:
    return Answer(200, json.dumps(value).encode(), (("Content-Type", "application/json"), *headers))


def _redirect(url: str, *headers: tuple[str, str]) -> Answer:
    return Answer(302, headers=(("Location", url), *headers))


def with_cors(backend: Backend, origins: frozenset[str], *, credentials: bool) -> Backend:
    """Let pages of other origins call a backend: it is not CORS that stops them."""

    def answer(request: Request) -> Answer:
        origin = request.headers.get("Origin", "")
        if origin not in origins:
            return backend(request)
        headers = [("Access-Control-Allow-Origin", origin)]
        if credentials:
            headers.append(("Access-Control-Allow-Credentials", "true"))
        if request.method == "OPTIONS":
            headers.append(("Access-Control-Allow-Headers", "Content-Type"))
            return Answer(204, headers=tuple(headers))
        answered = backend(request)
        return Answer(answered.status, answered.body, (*answered.headers, *headers))

    return answer


def api(auth_url: str) -> Backend:
    """Return the API: sign-in by password and by a provider, and who is signed in.

    ``auth_url`` is where a provider sends people back to, as ``APP_AUTH_URL`` is for Better Auth.
    """
    auth = "/api/v1/auth"
    pending: dict[str, str] = {}

    def session(how: str) -> tuple[str, str]:
        return "Set-Cookie", f"session={how}; {_COOKIE}"

    def answer(request: Request) -> Answer:
        match request.method, request.path:
            case "POST", "/api/v1/auth/sign-in/email":
                return as_json({}, session("password"))
            case "POST", "/api/v1/auth/sign-in/social":
                state = secrets.token_hex(8)
                pending[state] = json.loads(request.body)["callbackURL"]
                query = urlencode(
                    {"state": state, "redirect_uri": f"{auth_url}{auth}/callback/github"}
                )
                url = f"https://{PROVIDER}/authorize?{query}"
                return as_json({"url": url}, ("Set-Cookie", f"state={state}; {_COOKIE}"))
            case "GET", "/api/v1/auth/callback/github":
                state = request.query["state"]
                signed_in = request.cookies.get("state") == state
                headers = (session("provider"),) if signed_in else ()
                return _redirect(pending[state], *headers)
            case "GET", "/v1/session":
                how = request.cookies.get("session")
                return as_json({"by": how}) if how else Answer(401)
            case _:
                return Answer(404)

    return answer


def provider(request: Request) -> Answer:
    """Send people back at once, as a provider that knows them."""
    query = request.query
    return _redirect(f"{query['redirect_uri']}?{urlencode({'state': query['state']})}")


def collector(request: Request) -> Answer:
    """Take OTLP as JSON at the paths where the OpenTelemetry Collector listens."""
    if request.path not in {"/v1/traces", "/v1/logs", "/v1/metrics"}:
        return Answer(404)
    if request.method != "POST":
        return Answer(405)
    json.loads(request.body)
    return as_json({"partialSuccess": {}})


@dataclass(frozen=True)
class Arrival:
    """A request as it reached a backend."""

    backend: Backend
    method: str
    path: str


@dataclass(frozen=True)
class Edge:
    """The load balancer: leads requests to backends, by Cloud Run service, as the URL map says."""

    url_map: UrlMap
    backends: Mapping[str, Backend]
    arrivals: list[Arrival]

    def __call__(self, request: Request) -> Answer:
        destination = self.url_map.destination(request.host, request.url)
        if destination is None:
            return Answer(404)
        backend = self.backends[destination.service]
        arrived = replace(request, url=destination.path)
        self.arrivals.append(Arrival(backend, arrived.method, arrived.path))
        return backend(arrived)


class _TlsServer(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, context: ssl.SSLContext, handler: type[BaseHTTPRequestHandler]) -> None:
        super().__init__(("127.0.0.1", 0), handler)
        self._context = context

    @override
    def get_request(self) -> tuple[ssl.SSLSocket, Any]:
        accepted, address = super().get_request()
        # The handshake is left to the thread of the connection: another one must not wait for it.
        return (
            self._context.wrap_socket(accepted, server_side=True, do_handshake_on_connect=False),
            address,
        )

    @override
    def handle_error(self, request: Any, client_address: Any) -> None:
        """Report what is wrong with a backend; browsers drop connections that they do not need."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


@contextmanager
def serving(backend: Backend) -> Iterator[int]:
    """Serve a backend with TLS on a port of loopback. Nobody checks the certificate's name."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            host = self.headers["Host"].partition(":")[0]
            body = self.rfile.read(length)
            answer = backend(Request(self.command, host, self.path, dict(self.headers), body))
            self.send_response(answer.status)
            for name, value in answer.headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        do_GET = do_POST = do_OPTIONS = _answer  # noqa: N815

        @override
        def log_message(self, format: str, *args: object) -> None:
            """Keep the output of the tests clean."""

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("localhost").configure_cert(context)
    with _TlsServer(context, Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
