"""Requests over HTTP, a connection each, and what may go wrong on the way."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
import warnings
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlsplit

USER_AGENT = "beep-infra verify"
_PORTS = {"http": 80, "https": 443}
_LONGEST_BODY = 256 * 1024
"""Bytes; what a page is known by stands at its beginning."""
_CLOSE_FRAME = b"\x88\x80\x00\x00\x00\x00"
"""Of a WebSocket: masked, as a client's have to be, and empty."""


class NoAnswer(Exception):
    """The host was reached and gave no whole answer; the text is for the reader."""


class NoConnection(NoAnswer):
    """There is no TLS connection to the host, or none that a browser would trust."""


class InvalidCertificate(NoConnection):
    """The host's certificate is not one that a browser would trust."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. Redirects are not followed."""

    status: int
    headers: Mapping[str, str]
    """By name in lower case."""
    body: str

    def header(self, name: str) -> str:
        """Return a header without the spaces around it; empty where there is none."""
        return self.headers.get(name.lower(), "").strip()


class Web:
    """Asks hosts as a browser would, without its cookies and credentials.

    ``addresses`` says by host where to connect instead of where its name leads: an address, and a
    port in place of 80 and 443. TLS and the request keep the host's name. Each request must be
    answered whole within ``timeout_seconds``. Certificates are checked against those that this
    machine trusts, unless ``trust`` has others.
    """

    def __init__(
        self,
        *,
        timeout_seconds: float,
        addresses: Mapping[str, tuple[str, int | None]],
        trust: ssl.SSLContext | None = None,
    ) -> None:
        self._others = trust
        self._old = _only_old_tls()
        self._timeout_seconds = timeout_seconds
        self._addresses = addresses

    @cached_property
    def _trust(self) -> ssl.SSLContext:
        # Reading this machine's certificates takes longer than starting most commands.
        return self._others or ssl.create_default_context()

    def ask(
        self,
        url: str,
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> Answer:
        """Return the answer to a request; raises NoAnswer."""
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
        target = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
        context = self._trust if parts.scheme == "https" else None
        with self._connected(host, port, context) as connected, self._translated():
            connection = http.client.HTTPConnection(host)
            connection.sock = connected
            own = {"Host": parts.netloc, "User-Agent": USER_AGENT, "Accept": "*/*"}
            connection.request(method, target, body, own | dict(headers or {}))
            with closing(connection), connection.getresponse() as response:
                text = response.read(_LONGEST_BODY).decode("utf-8", "replace")
                if response.status == http.HTTPStatus.SWITCHING_PROTOCOLS:
                    connected.sendall(_CLOSE_FRAME)
                names = {name.lower() for name in response.headers}
                return Answer(
                    response.status,
                    {name: ", ".join(response.headers.get_all(name, ())) for name in names},
                    text,
                )

    def certificate_seconds(self, host: str, port: int) -> float:
        """Return for how many seconds more the certificate of a host is valid.

        Raises NoConnection where it is not, or is not for this host.
        """
        with self._connected(host, port, self._trust) as connected:
            assert isinstance(connected, ssl.SSLSocket)
            end = (connected.getpeercert() or {})["notAfter"]
            return ssl.cert_time_to_seconds(str(end)) - time.time()

    def accepts_old_tls(self, host: str, port: int) -> bool:
        """Tell whether a host accepts TLS 1.1 or older; raises NoConnection."""
        # A host that cannot be reached at all must not count as one that refuses.
        with self._connected(host, port, self._trust):
            pass
        try:
            with self._connected(host, port, self._old):
                return True
        except NoConnection:
            return False

    @contextmanager
    def _connected(
        self, host: str, port: int, context: ssl.SSLContext | None
    ) -> Iterator[socket.socket]:
        address, port_instead = self._addresses.get(host, (host, None))
        unreached = NoAnswer if context is None else NoConnection
        try:
            connected = socket.create_connection(
                (address, port_instead or port), self._timeout_seconds
            )
        except socket.gaierror:
            raise unreached(f"the name {host} cannot be resolved") from None
        except OSError as error:
            raise unreached(f"{host} takes no connection: {_reason(error)}") from None
        # The deadline ends it, because a timeout of the socket begins anew with each byte.
        connected.settimeout(None)
        if context is not None:
            connected = context.wrap_socket(
                connected, server_hostname=host, do_handshake_on_connect=False
            )
        with connected, self._deadline(connected):
            if isinstance(connected, ssl.SSLSocket):
                _shake_hands(connected, host)
            yield connected

    @contextmanager
    def _deadline(self, connected: socket.socket) -> Iterator[None]:
        passed = threading.Event()

        def end() -> None:
            passed.set()
            with suppress(OSError):
                # That of SSLSocket would take its state from under the thread that reads.
                socket.socket.shutdown(connected, socket.SHUT_RDWR)

        timer = threading.Timer(self._timeout_seconds, end)
        timer.daemon = True
        timer.start()
        try:
            yield
        except NoAnswer as error:
            if passed.is_set():
                raise type(error)(f"no answer within {self._timeout_seconds:g} s") from None
            raise
        finally:
            timer.cancel()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (OSError, http.client.HTTPException) as error:
            raise NoAnswer(f"the answer breaks off, or is none: {_reason(error)}") from None


def _shake_hands(connected: ssl.SSLSocket, host: str) -> None:
    try:
        connected.do_handshake()
    except ssl.SSLCertVerificationError as error:
        raise InvalidCertificate(
            f"{host} has no valid certificate: {error.verify_message}"
        ) from None
    except OSError as error:
        raise NoConnection(f"the TLS connection to {host} fails: {_reason(error)}") from None


def _reason(error: Exception) -> str:
    if isinstance(error, ssl.SSLError):
        return (error.reason or type(error).__name__).lower().replace("_", " ")
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    return str(error) or type(error).__name__


def _only_old_tls() -> ssl.SSLContext:
    """Return a context that speaks TLS 1.0 and 1.1, and looks at no certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    # OpenSSL keeps them for those who ask for no security at all.
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    return context
