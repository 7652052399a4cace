"""The calls of Python into Node: what jsii's own process object does, with less work for each.

It takes part only where the Node process was started by ``_kernel.py``, has loaded the preload and
has said so before its greeting. Otherwise the process object does what it does in stock jsii.
"""

import contextlib
import importlib
import os
import sys
import traceback
from collections import deque
from types import FrameType, TracebackType
from typing import Any, NamedTuple

from . import _messages, _values, addresses
from ._versions import say

MOST_AHEAD = 64
"""Calls without an answer at a time, so that few things happen after an error."""
METHODS_AHEAD = frozenset({"addDependency", "addOverride", "addValidation", "setContext"})
"""Methods that return nothing and only change their object in memory."""

_stock: Any = importlib.import_module("jsii._kernel.providers.process")
_types: Any = importlib.import_module("jsii._kernel.types")
_errors: Any = importlib.import_module("jsii.errors")
JSIIError: type[Exception] = _errors.JSIIError
_JSII_FAULT = _errors.ErrorType.JSII_FAULT.value


def take_over() -> str | None:
    """Let the coming Node process be called in the shorter way; otherwise return why not."""
    if importlib.import_module("jsii._stack_trace").is_enabled():
        return "JSII_HOST_STACK_TRACES asks for the stack of each call"
    _stock._NodeProcess = Process
    return None


def _switch() -> str:
    return os.environ.get("JSII_LAZY", "")


class NodeEndedError(JSIIError):  # type: ignore[valid-type, misc]  # jsii carries no types here
    """Node ended before it answered."""


class _Ahead(NamedTuple):
    """A call whose answer is known and not yet read."""

    response: Any
    stack: list[tuple[FrameType, int]]
    """The frames that called, the innermost first, each with the place in its code."""


class Process(_stock._NodeProcess):  # type: ignore[misc]  # jsii carries no types here
    """jsii's Node process.

    Creating an object, setting a property and a few methods are sent ahead: the answer is known, so
    Python goes on and reads it with the next answer that it needs. Where such a call fails, Node
    skips all that was sent after it, and the error has the traceback of the call that failed.

    Nothing is sent ahead once an object overrides a method in Python: Node calls such a method in
    the middle of another call, and would take what was sent ahead for a part of that.
    """

    _connection: Any = None
    _greeting: Any = None
    _may_go_ahead = False
    _next_id: int | None = None

    def __init__(self) -> None:
        super().__init__()
        self._ahead: deque[_Ahead] = deque()

    def handshake(self) -> None:
        """Read what the preload says, if it does, and then jsii's own greeting."""
        first = super()._next_message()
        if "jsii_lazy" in first:
            self._connection = self._process.connection
            _values.take_over()
            abilities = first["jsii_lazy"]
            # Without -O the bindings check each argument, and an error shows at once where it is.
            wanted = _switch() == "ahead" or (not __debug__ and _switch() != "wait")
            self._may_go_ahead = "ahead" in abilities and wanted
            if "addresses" in abilities:
                addresses.node_has_the_rule()
        else:
            self._greeting = first
            say("the Node process does not know the preload; its calls are those of stock jsii")
        super().handshake()

    def stop(self) -> None:
        """End the process; print the error of a call for whose answer nobody waited."""
        try:
            if self._ahead:
                # Node sends their answers with the next one that somebody waits for.
                self.send(_types.StatsRequest(), _types.StatsResponse)
        except NodeEndedError:
            pass  # it was killed, and there is nobody left to say so to
        except Exception as failure:
            traceback.print_exception(failure)
        if self._connection:
            self._connection.close()
        super().stop()

    def send(self, request: Any, response_type: type) -> Any:
        """Send a request; return Node's answer, or its call back into Python."""
        if not self._connection:
            return super().send(request, response_type)
        if getattr(request, "overrides", None):
            self._may_go_ahead = False
        line = _messages.encoded(request)
        if self._may_go_ahead and len(self._ahead) < MOST_AHEAD:
            known = self._known_answer(request)
            if known is not None:
                return self._send_ahead(line, known)
        self._write(line + b"\n")
        failure = self._catch_up()
        message = self._read()
        if failure:
            raise failure
        self._learn_ids(message, response_type)
        return self._answer(message, response_type)

    def _next_message(self) -> Any:
        greeting, self._greeting = self._greeting, None
        return greeting or super()._next_message()

    def _known_answer(self, request: Any) -> Any:
        """Return the answer that Node will give, or nothing where only Node knows it."""
        match request:
            case _types.CreateRequest() if self._next_id is not None:
                return _types.CreateResponse(f"{request.fqn}@{self._next_id}")
            case _types.SetRequest():
                return _types.SetResponse()
            case _types.LoadRequest() if _stays(request.tarball):
                return _types.LoadResponse(request.name, 0)
            case _types.InvokeRequest() if request.method in METHODS_AHEAD:
                return _types.InvokeResponse(None)
        return None

    def _send_ahead(self, line: bytes, response: Any) -> Any:
        self._write(b" " + line + b"\n")
        self._ahead.append(_Ahead(response, _frames()))
        if self._next_id is not None and isinstance(response, _types.CreateResponse):
            self._next_id += 1
        return response

    def _catch_up(self) -> Exception | None:
        """Read the answers of all calls sent ahead; return the error of one of them."""
        failure: Exception | None = None
        while self._ahead:
            call = self._ahead.popleft()
            message = self._read()
            if failure is None:
                failure = _failure(message, call)
            if failure:
                # Nothing from here on has happened; the next object tells from where to count.
                self._next_id = None
                _messages.disown(call.response)
        return failure

    def _learn_ids(self, message: dict[str, Any], response_type: type) -> None:
        """Keep the number of the next object: Node counts those that it hands out, too."""
        newest = _messages.newest_id(message)
        if "error" in message:
            # Objects may have been counted before it failed.
            self._next_id = None
        elif response_type is _types.CreateResponse:
            self._next_id = newest + 1
        elif self._next_id is not None:
            self._next_id = max(self._next_id, newest + 1)

    def _write(self, line: bytes) -> None:
        try:
            self._connection.send(line)
        except OSError as error:
            raise self._ended() from error

    def _read(self) -> dict[str, Any]:
        line = self._connection.readline()
        if not line.endswith(b"\n"):
            raise self._ended()
        return _messages.decoded(line)

    def _answer(self, message: dict[str, Any], response_type: type) -> Any:
        if "ok" in message:
            return _messages.answer(message["ok"], response_type, self._serializer)
        if "callback" in message:
            return _messages.callback(message["callback"], self._serializer)
        raise _error(message)

    def _ended(self) -> Exception:
        self._ahead.clear()
        # What is left to send would fail once more, when jsii stops the process at exit.
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        status = self._process.wait(timeout=5)
        return NodeEndedError(f"the Node process of jsii ended with status {status}")


def _stays(tarball: str) -> bool:
    """Return whether a package is a file of its own: out of a zip file, jsii removes it again."""
    return os.path.isfile(os.path.join(os.path.dirname(tarball), "__init__.py"))


def _failure(message: dict[str, Any], call: _Ahead) -> Exception | None:
    """Return the error of a call that was sent ahead, with the traceback of that call."""
    if "error" in message:
        failure = _error(message)
    elif _messages.agrees(message, call.response):
        return None
    else:
        failure = JSIIError(
            f"Node answered {message} where {call.response} was expected; set JSII_LAZY=wait"
        )
    failure.add_note(
        "Python had gone on when Node reported this; the last lines above show the call that "
        "failed. With JSII_LAZY=wait each call waits for its answer."
    )
    return failure.with_traceback(_traceback(call.stack))


def _frames() -> list[tuple[FrameType, int]]:
    """Return the frames that are calling into Node."""
    frames = []
    frame: FrameType | None = sys._getframe(3)
    while frame is not None:
        frames.append((frame, frame.f_lasti))
        frame = frame.f_back
    return frames


def _traceback(stack: list[tuple[FrameType, int]]) -> TracebackType | None:
    """Return the traceback that an exception would have had, raised in these frames."""
    following = None
    for frame, place in stack:
        lines = (line for start, end, line in frame.f_code.co_lines() if start <= place < end)
        following = TracebackType(following, frame, place, next(lines, None) or frame.f_lineno)
    return following


def _error(message: dict[str, Any]) -> Exception:
    """Return the exception for an error of Node, as stock jsii raises it."""
    text = message["error"]
    is_fault = message["name"] == _JSII_FAULT
    error = JSIIError(text) if is_fault else addresses.error_of(message["name"], text)
    error.__cause__ = _errors.JavaScriptError(message["stack"])
    return error
