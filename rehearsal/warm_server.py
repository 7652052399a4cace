"""Runs the commands of Terraform that ``warm_client`` sends, in one process.

It is started without the packages of this project, and imports none of them.
"""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

_VARIABLES = "warm.auto.tfvars.json"
_PREFIX = "TF_VAR_"
_TAKE_VARIABLES = frozenset({"plan", "apply", "destroy", "import", "refresh"})
_DESCRIPTORS = 2


def serve(run: Callable[[Sequence[str], int, int], int], address: str) -> None:
    """Run commands until this process is killed."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(address)
        listener.listen()
        while True:
            connection, _ = listener.accept()
            with connection, suppress(BrokenPipeError, ConnectionResetError):
                _, descriptors, _, _ = socket.recv_fds(connection, 1, _DESCRIPTORS)
                folder, arguments, variables = _request(connection)
                with _variables(folder, arguments, variables):
                    code = run((f"-chdir={folder}", *arguments), *descriptors)
                for descriptor in descriptors:
                    os.close(descriptor)
                connection.sendall(f"{code}\n".encode())


def _request(connection: socket.socket) -> tuple[Path, list[str], dict[str, str]]:
    with connection.makefile("rb") as stream:
        length = int.from_bytes(stream.read(8), "big")
        folder, count, *rest = map(os.fsdecode, stream.read(length).split(b"\0"))
    variables = [text.removeprefix(_PREFIX).partition("=") for text in rest[int(count) :]]
    return Path(folder), rest[: int(count)], {name: value for name, _, value in variables}


@contextmanager
def _variables(
    folder: Path, arguments: Sequence[str], variables: Mapping[str, str]
) -> Iterator[None]:
    """Have the variables in a file of the folder while a command runs that takes any."""
    if not variables or arguments[0] not in _TAKE_VARIABLES:
        yield
        return
    file = folder / _VARIABLES
    file.touch(mode=0o600)
    file.write_text(json.dumps(variables), encoding="utf-8")
    try:
        yield
    finally:
        file.unlink()
