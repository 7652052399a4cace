"""Starts jsii's kernel without the relay between it and Python.

Stock jsii starts two Node processes. The first, the relay, copies each message between Python and
the second, the kernel, and packs what the kernel prints into lines of JSON on its standard error.
Each call crosses four pipes instead of two. Here the kernel gets a socket as its file descriptor 3,
where it expects the relay, and Python packs what is printed.
"""

import base64
import io
import json
import os
import selectors
import shutil
import socket
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any, cast

_SHELL = "/bin/sh"
# Python can hand a file descriptor down, but cannot choose its number in the child.
_AS_DESCRIPTOR_3 = 'exec "$@" 3<&0 </dev/null'


def program_of(relay: str) -> str | None:
    """Return the kernel's program, or nothing where only the relay can start it."""
    program = Path(relay).parents[1] / "lib" / "program.js"
    can_start = os.name == "posix" and os.access(_SHELL, os.X_OK)
    return str(program) if can_start and program.is_file() else None


def start(
    node: str, flags: Sequence[str], program: str, env: dict[str, str]
) -> "subprocess.Popen[bytes]":
    """Start the kernel; the process has the three streams that jsii knows from the relay."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        # What the relay would add: packages are links into jsii's cache, and must find each other
        # where the links are.
        command = [node, *flags, "--preserve-symlinks", program]
        process: Any = subprocess.Popen(
            [_SHELL, "-c", _AS_DESCRIPTOR_3, _SHELL, *command],
            stdin=theirs.fileno(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=env,
        )
        printed = _Printed(stdout=process.stdout, stderr=process.stderr)
        process.stdin = _Requests(ours.dup())
        process.stdout = ours.makefile("rb")
        process.connection = Connection(ours.dup())
        process.stderr = printed
    return cast("subprocess.Popen[bytes]", process)


def can_run(node: str, env: Mapping[str, str]) -> bool:
    """Tell whether there is such a Node; if not, jsii's own start has the better message."""
    return shutil.which(node, path=env.get("PATH")) is not None


class _Requests(io.BufferedWriter):
    """The sending half of the socket: when it is closed, the kernel reads the end."""

    def __init__(self, connection: socket.socket) -> None:
        super().__init__(socket.SocketIO(connection, "w"))
        self._connection = connection

    def close(self) -> None:
        if self.closed:
            return
        try:
            super().close()
            self._connection.shutdown(socket.SHUT_WR)
        finally:
            self._connection.close()


class Connection:
    """The socket of the kernel, for calls that are sent while answers are still unread.

    Whoever only writes would wait for ever once the kernel waits in turn for its answers to be
    read: where there is no room for a request, this reads.
    """

    def __init__(self, connection: socket.socket) -> None:
        self._socket = connection
        self._received = bytearray()
        self._searched = 0

    def send(self, line: bytes) -> None:
        """Send a whole line; raises OSError where the kernel has ended."""
        rest = memoryview(line)
        while rest:
            try:
                rest = rest[self._socket.send(rest, socket.MSG_DONTWAIT) :]
            except BlockingIOError:
                self._make_room()

    def readline(self) -> bytes:
        """Wait for a line; an incomplete or empty one means that the kernel has ended."""
        while (end := self._received.find(b"\n", self._searched)) < 0:
            self._searched = len(self._received)
            if not self._receive():
                end = self._searched - 1
                break
        line = bytes(self._received[: end + 1])
        del self._received[: end + 1]
        self._searched = 0
        return line

    def close(self) -> None:
        """Close it; the kernel still has the other two ends of Python."""
        self._socket.close()

    def _make_room(self) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._socket, selectors.EVENT_READ | selectors.EVENT_WRITE)
            ((_, events),) = selector.select()
        if events & selectors.EVENT_READ and not self._receive():
            raise BrokenPipeError("the kernel has ended")

    def _receive(self) -> bool:
        try:
            piece = self._socket.recv(65536)
        except ConnectionResetError:
            piece = b""
        self._received += piece
        return bool(piece)


class _Printed:
    """What the kernel prints, as the relay would pass it on: one line of JSON for each piece."""

    def __init__(self, **streams: IO[bytes] | None) -> None:
        self._open = selectors.DefaultSelector()
        for name, stream in streams.items():
            if stream is not None:
                self._open.register(stream, selectors.EVENT_READ, name)

    def readline(self) -> bytes:
        """Wait for the next piece; nothing more comes after an empty line."""
        while self._open.get_map():
            (key, _), *_ = self._open.select()
            piece = os.read(key.fd, 65536)
            if piece:
                text = base64.b64encode(piece).decode("ascii")
                return json.dumps({key.data: text}).encode() + b"\n"
            self._end(key)
        return b""

    def close(self) -> None:
        """Close what is still open; again, it does nothing."""
        for key in list((self._open.get_map() or {}).values()):
            self._end(key)
        self._open.close()

    def _end(self, key: selectors.SelectorKey) -> None:
        self._open.unregister(key.fileobj)
        key.fileobj.close()  # type: ignore[union-attr]  # a stream, not a number
