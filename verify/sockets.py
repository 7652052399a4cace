"""The API takes WebSockets, at its own host and through the web hosts.

Only the handshake is tried (RFC 6455, section 4): a library for it would be a dependency in place
of the few lines below.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Iterator
from functools import partial

from constructs_lib.edge.hosts import path_routes
from constructs_lib.environment.variables import trusted_origins
from envschema.services import Kind, only
from results import Result
from verify.context import Context
from verify.question import Question

_API = only(Kind.API)
_ACCEPT_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
"""RFC 6455, section 1.3."""


def upgrades(context: Context) -> Iterator[Question]:
    """Yield a question for each endpoint at the API's host, and for one at each web host."""
    urls = [f"https://{h.host}{path}" for h in context.api_hosts for path in _API.socket_paths]
    for host in context.web_hosts:
        if any(route.service == _API.name for route in path_routes(context.settings, host)):
            # The edge goes by the beginning of a path, so another endpoint tells nothing more.
            urls.append(f"https://{host.host}{_API.socket_paths[0]}")
    for url in urls:
        yield Question("websocket", f"upgrade {url}", partial(_upgrade, context, url))


def _upgrade(context: Context, url: str, question: Question) -> Result:
    key = base64.b64encode(secrets.token_bytes(16)).decode()
    origin = next(iter(trusted_origins(context.settings)), None)
    answer = context.web.ask(
        url,
        headers={
            "Connection": "Upgrade",
            "Upgrade": "websocket",
            "Sec-WebSocket-Key": key,
            "Sec-WebSocket-Version": "13",
            **({"Origin": origin} if origin else {}),
        },
    )
    needed = "101, and the Sec-WebSocket-Accept that belongs to the request"
    fix = "see docs/concepts/edge.md#websocket-and-timeouts"
    if answer.status != 101:
        return question.failed(str(answer.status), needed=needed, fix=fix)
    digest = hashlib.sha1(f"{key}{_ACCEPT_SUFFIX}".encode(), usedforsecurity=False).digest()
    accept = answer.header("Sec-WebSocket-Accept")
    if accept != base64.b64encode(digest).decode():
        return question.failed(
            f"101 with Sec-WebSocket-Accept: {accept or 'none'}", needed=needed, fix=fix
        )
    return question.passed("101")
