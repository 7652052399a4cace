"""Runs the commands of Terraform that ``warm_client`` sends, in one process.

It is started without the packages of this project, and imports none of them. Terraform copies its
environment when it is loaded, so what differs between commands comes another way: variables as a
file, the sockets of the providers behind a link, and the log by standard error.
"""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

LOG = "terraform.log"
"""Where each command logs, in its folder."""
_VARIABLES = "warm.auto.tfvars.json"
_PREFIX = "TF_VAR_"
_TAKE_VARIABLES = frozenset({"plan", "apply", "destroy", "import", "refresh"})
_DESCRIPTORS = 2
_STANDARD_ERROR = 2


def serve(run: Callable[[Sequence[str], int, int], int], listening: int, providers: Path) -> None:
    """Run commands until this process is killed.

    ``listening`` is the descriptor of a socket. ``providers`` is where Terraform looks for the
    sockets of providers: a link that leads to those of the command.
    """
    with socket.socket(fileno=listening) as listener:
        while True:
            connection, _ = listener.accept()
            with connection, suppress(BrokenPipeError, ConnectionResetError):
                _, descriptors, _, _ = socket.recv_fds(connection, 1, _DESCRIPTORS)
                folder, sockets, arguments, variables = _request(connection)
                os.chdir(folder)
                _lead(providers, sockets)
                _log_into(folder / LOG)
                with _variables(folder, arguments, variables):
                    code = run(arguments, *descriptors)
                for descriptor in descriptors:
                    os.close(descriptor)
                connection.sendall(f"{code}\n".encode())


def _request(connection: socket.socket) -> tuple[Path, str, list[str], dict[str, str]]:
    with connection.makefile("rb") as stream:
        length = int.from_bytes(stream.read(8), "big")
        folder, sockets, count, *rest = map(os.fsdecode, stream.read(length).split(b"\0"))
    variables = [text.removeprefix(_PREFIX).partition("=") for text in rest[int(count) :]]
    return Path(folder), sockets, rest[: int(count)], {name: value for name, _, value in variables}


def _lead(link: Path, target: str) -> None:
    new = link.with_suffix(".new")
    new.symlink_to(target)
    new.replace(link)


def _log_into(file: Path) -> None:
    log = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(log, _STANDARD_ERROR)
    os.close(log)


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
