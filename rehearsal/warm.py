"""A Terraform that starts once, for whoever runs hundreds of its commands.

Starting the library takes a sixth of a second; a command of a small stack takes a tenth of that. So
a server loads the library and runs the commands that a launcher sends to it, one after another. The
launcher behaves as ``terraform``, with two differences. Of the caller's environment only the
``TF_VAR_…`` count, because the library reads its environment once; they are handed over as a file
of variables, which only this user can read and which is gone after the command. And nothing stops a
command but the end of the server.

Launcher and server are started without the packages of this project, and so this module imports
none of them.
"""

from __future__ import annotations

import json
import os
import shlex
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

VARIABLES = "warm.auto.tfvars.json"
_PREFIX = "TF_VAR_"
_TAKE_VARIABLES = frozenset({"plan", "apply", "destroy", "import", "refresh"})
_DESCRIPTORS = 2
_START_SECONDS = 30


@contextmanager
def warm_terraform(
    library: Path, folder: Path, environment: Mapping[str, str], group: int | None = None
) -> Iterator[str]:
    """Run a server while the context lasts, and give the path of its launcher.

    ``folder`` gets the launcher and a socket. ``environment`` is that of every command.
    """
    address, launcher = folder / "terraform.socket", folder / "warm-terraform"
    client = shlex.join(_python(f"from warm_client import ask; ask({str(address)!r})"))
    launcher.write_bytes(os.fsencode(f'#!/bin/sh\nexec {client} "$@"\n'))
    launcher.chmod(launcher.stat().st_mode | stat.S_IXUSR)
    server = subprocess.Popen(
        _python(
            "import terraform, warm; "
            f"warm.serve(terraform.Library({str(library)!r}).run, {str(address)!r})"
        ),
        # Its memory is given back when it ends; collecting it would take a quarter of its time.
        env={**environment, "GOGC": "1000"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        process_group=group,
    )
    try:
        deadline = time.monotonic() + _START_SECONDS
        while not address.exists():
            if server.poll() is not None or time.monotonic() > deadline:
                raise OSError("the server of Terraform does not start")
            time.sleep(0.01)
        yield str(launcher)
    finally:
        server.kill()
        server.wait()


def _python(program: str) -> list[str]:
    path = f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r}); "
    return [sys.executable, "-IS", "-c", path + program]


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
    file = folder / VARIABLES
    file.touch(mode=0o600)
    file.write_text(json.dumps(variables), encoding="utf-8")
    try:
        yield
    finally:
        file.unlink()
