"""An environment on loopback, over real TLS and plain HTTP, that can misbehave in each way.

One port serves every host: TLS by the name that the client sends, and what is no TLS as port 80
would. Behind a load balancer, requests go where the synthesized route table leads them.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import socket
import ssl
import struct
import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue
from typing import Any

import trustme
from typing_extensions import override

from constructs_lib.edge.hosts import candidate_hosts, public_hosts
from constructs_lib.edge.settings import LoadBalancerSettings
from constructs_lib.environment.environment import Environment
from constructs_lib.environment.services import EnvironmentService
from constructs_lib.environment.variables import trusted_origins
from constructs_lib.telemetry.variables import cross_origins, otlp_endpoint
from envschema.services import Kind, only
from tests.browser.servers import Answer, Backend, Edge, Request, collector, with_cors
from tests.browser.url_map import UrlMap
from tests.support import ROOT

_SNAPSHOTS = ROOT / "tests" / "stacks" / "__snapshots__" / "test_snapshots"
_SECURITY = (
    ("Strict-Transport-Security", "max-age=63072000"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Content-Security-Policy", "default-src 'self'; frame-ancestors 'self' https://example.net"),
)
Tamper = Callable[[Request, Answer], Answer]
"""Gets a request and its good answer, and returns what is sent; may raise Reset and Hang."""


class Reset(Exception):
    """The connection is reset in place of an answer."""


class Hang(Exception):
    """Nothing comes in place of an answer."""


class Drip(Exception):
    """A byte now and then comes in place of an answer."""


def page(request: Request) -> Answer:
    """Answer as a page of a web application."""
    text = b'<!doctype html><script src="/_next/static/chunks/main.js"></script>'
    return Answer(200, text, (("Content-Type", "text/html"), *_SECURITY))


def api(request: Request) -> Answer:
    """Answer as the API, and as one that sends the headers which protect people."""
    if request.path in only(Kind.API).socket_paths and "Upgrade" in request.headers:
        key = request.headers["Sec-WebSocket-Key"]
        digest = hashlib.sha1(f"{key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11".encode()).digest()
        accept = base64.b64encode(digest).decode()
        upgrade = (("Connection", "Upgrade"), ("Upgrade", "websocket"))
        return Answer(101, headers=(*upgrade, ("Sec-WebSocket-Accept", accept)))
    bodies = {"/v1/health": b"OK", "/api/v1/auth/ok": b'{"ok":true}'}
    if request.path in bodies:
        return Answer(200, bodies[request.path], _SECURITY[:2])
    return Answer(404)


def redirect(request: Request) -> Answer:
    """Answer as the load balancer does on port 80, with the port that it names."""
    url = f"https://{request.host}:443{request.url}"
    return Answer(301, headers=(("Location", url),))


def sound(environment: Environment) -> Backend:
    """Return an environment in which everything is well."""
    settings, names = environment.settings, environment.names
    origins = frozenset(trusted_origins(settings))
    senders = frozenset(cross_origins(settings))

    def backend(service: EnvironmentService) -> Backend:
        match service.entry.kind:
            case Kind.API:
                return with_cors(api, origins, credentials=True)
            case Kind.COLLECTOR:
                return with_cors(collector, senders, credentials=False)
            case _:
                return page

    hosts = (*public_hosts(settings), *candidate_hosts(settings))
    if isinstance(settings.edge, LoadBalancerSettings):
        name = f"test_stack_as_reviewed[{settings.environment}-services].json"
        stack = json.loads((_SNAPSHOTS / name).read_text())
        by_service = {
            f"cloud_run_{names.workload(host.workload).replace('-', '_')}": backend(host.service)
            for host in hosts
        }
        return _leading(UrlMap(stack), by_service)
    by_host = {host.host: backend(host.service) for host in hosts}
    endpoint = otlp_endpoint(settings)[0].removeprefix("https://")
    by_host.setdefault(endpoint, with_cors(collector, senders, credentials=False))
    return lambda request: by_host[request.host](request)


def _leading(url_map: UrlMap, by_service: dict[str, Backend]) -> Backend:
    """Return a load balancer: it redirects as its URL map says, and leads the rest to services."""
    edge = Edge(url_map, by_service, [])

    def answer(request: Request) -> Answer:
        if elsewhere := url_map.redirect(request.host, request.url):
            url, status = elsewhere
            return Answer(status, headers=(("Location", url),))
        return edge(request)

    return answer


@dataclass
class World:
    """What the servers do."""

    secure: Backend
    plain: Backend = redirect
    tampers: list[Tamper] = field(default_factory=list)
    """Applied to each good answer, over https and http."""
    certificates: dict[str, ssl.SSLContext] = field(default_factory=dict)
    """By host, instead of a good one."""
    has_old_tls: bool = False
    requests: list[Request] = field(default_factory=list)
    socket_frames: Queue[bytes] = field(default_factory=Queue)
    """What each client sent over its WebSocket."""


class Servers(ThreadingHTTPServer):
    """The servers of all hosts; ``world`` may be exchanged between two tests."""

    daemon_threads = True
    request_queue_size = 64
    world: World

    def __init__(self, authority: trustme.CA, hosts: Sequence[str]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.released = threading.Event()
        leaf = authority.issue_cert(*hosts)
        self._new, self._old = server_context(leaf), server_context(leaf)
        self._new.sni_callback = self._old.sni_callback = self._choose
        self._old.set_ciphers("DEFAULT:@SECLEVEL=0")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            self._old.minimum_version = ssl.TLSVersion.TLSv1

    def _choose(self, connected: ssl.SSLObject, host: str | None, _: ssl.SSLContext) -> None:
        if context := self.world.certificates.get(host or ""):
            connected.context = context

    @contextmanager
    def running(self) -> Iterator[Servers]:
        thread = threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self.released.set()
            self.shutdown()
            self.server_close()
            thread.join()

    @override
    def finish_request(self, request: Any, client_address: Any) -> None:
        is_tls = request.recv(1, socket.MSG_PEEK) == b"\x16"
        if not is_tls:
            super().finish_request(request, client_address)
            return
        context = self._old if self.world.has_old_tls else self._new
        with context.wrap_socket(request, server_side=True) as secured:
            super().finish_request(secured, client_address)

    @override
    def handle_error(self, request: Any, client_address: Any) -> None:
        """Keep the output clean: clients that refuse a certificate are expected."""


class _Handler(BaseHTTPRequestHandler):
    server: Servers
    protocol_version = "HTTP/1.1"
    # In one packet: otherwise each answer waits for an acknowledgement.
    wbufsize = -1

    @override
    def log_message(self, format: str, *args: object) -> None:
        """Keep the output of the tests clean."""

    def _answer(self) -> None:
        self.close_connection = True
        world = self.server.world
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        host = self.headers["Host"].partition(":")[0]
        request = Request(self.command, host, self.path, dict(self.headers), body)
        world.requests.append(request)
        is_tls = isinstance(self.connection, ssl.SSLSocket)
        answer = (world.secure if is_tls else world.plain)(request)
        try:
            for tamper in world.tampers:
                answer = tamper(request, answer)
        except Hang:
            self.server.released.wait(5)
            return
        except Drip:
            while not self.server.released.wait(0.02):
                self.wfile.write(b"x")
                self.wfile.flush()
            return
        except Reset:
            # Closed with a linger of nothing, and by its number, before anybody shuts it down
            # politely: the client gets RST and no FIN.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            os.close(self.connection.detach())
            return
        self.send_response(answer.status)
        for name, value in answer.headers:
            self.send_header(name, value)
        if answer.status != 101:
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)
        self.wfile.flush()
        if answer.status == 101:
            # Until the client closes the connection; all that it may say is that it closes.
            world.socket_frames.put(self.rfile.read())

    do_GET = do_POST = do_OPTIONS = _answer  # noqa: N815


def server_context(leaf: trustme.LeafCert) -> ssl.SSLContext:
    """Return the server's side of TLS with a certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    leaf.configure_cert(context)
    return context
