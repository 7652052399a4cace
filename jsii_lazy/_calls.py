"""The calls of Python into Node: what jsii's own process object does, with less work for each.

It takes part only where the Node process was started by ``_kernel.py``, has loaded the preload and
has said so before its greeting. Otherwise the process object does what it does in stock jsii.
"""

import contextlib
import importlib
import sys
from functools import cache
from importlib import metadata
from typing import Any

from . import _messages, addresses

KNOWN_JSII = "1.142.0"
KNOWN_CDKTF = "0.21.0"

_stock: Any = importlib.import_module("jsii._kernel.providers.process")
_errors: Any = importlib.import_module("jsii.errors")
JSIIError: type[Exception] = _errors.JSIIError
_JSII_FAULT = _errors.ErrorType.JSII_FAULT.value


def take_over() -> str | None:
    """Let the coming Node process be called in the shorter way; otherwise return why not."""
    version = metadata.version("jsii")
    if version != KNOWN_JSII:
        reason = f"jsii {version} is not {KNOWN_JSII}, whose messages are known here"
        say(reason)
        return reason
    if importlib.import_module("jsii._stack_trace").is_enabled():
        return "JSII_HOST_STACK_TRACES asks for the stack of each call"
    _stock._NodeProcess = Process
    return None


def known_cdktf() -> str:
    """Return the installed version of cdktf, where its addresses are known; else nothing."""
    try:
        version = metadata.version("cdktf")
    except metadata.PackageNotFoundError:
        return ""
    if version != KNOWN_CDKTF:
        say(f"cdktf {version} is not {KNOWN_CDKTF}: Python allocates the addresses")
        return ""
    return version


@cache
def say(text: str) -> None:
    """Say once, on standard error, why something is slower than it could be."""
    print(f"jsii_lazy: {text}", file=sys.stderr)


class Process(_stock._NodeProcess):  # type: ignore[misc]  # jsii carries no types here
    """jsii's Node process."""

    _greeting: Any = None
    _known = False

    def handshake(self) -> None:
        """Read what the preload says, if it does, and then jsii's own greeting."""
        first = super()._next_message()
        if "jsii_lazy" in first:
            self._known = True
            if "addresses" in first["jsii_lazy"]:
                addresses.node_has_the_rule()
        else:
            self._greeting = first
            say("the Node process does not know the preload; its calls are those of stock jsii")
        super().handshake()

    def _next_message(self) -> Any:
        greeting, self._greeting = self._greeting, None
        return greeting or super()._next_message()

    def send(self, request: Any, response_type: type) -> Any:
        """Send a request; return Node's answer, or its call back into Python."""
        if not self._known:
            return super().send(request, response_type)
        self._write(_messages.encoded(request))
        return self._answer(self._read(), response_type)

    def _write(self, line: bytes) -> None:
        try:
            self._process.stdin.write(line + b"\n")
            self._process.stdin.flush()
        except (OSError, ValueError) as error:  # ValueError: it had ended before
            raise self._ended() from error

    def _read(self) -> dict[str, Any]:
        try:
            line = self._process.stdout.readline()
        except ConnectionResetError:
            line = b""
        if not line:
            raise self._ended()
        return _messages.decoded(line)

    def _answer(self, message: dict[str, Any], response_type: type) -> Any:
        if "ok" in message:
            return _messages.answer(message["ok"], response_type, self._serializer)
        if "callback" in message:
            return _messages.callback(message["callback"], self._serializer)
        raise _error(message)

    def _ended(self) -> Exception:
        # What is left to send would fail once more, when jsii stops the process at exit.
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        status = self._process.wait(timeout=5)
        return JSIIError(f"the Node process of jsii ended with status {status}")


def _error(message: dict[str, Any]) -> Exception:
    """Return the exception for an error of Node, as stock jsii raises it."""
    text = message["error"]
    is_fault = message["name"] == _JSII_FAULT
    error = JSIIError(text) if is_fault else addresses.error_of(message["name"], text)
    error.__cause__ = _errors.JavaScriptError(message["stack"])
    return error
