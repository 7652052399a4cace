"""A Terraform that starts once, for whoever runs hundreds of its commands.

Starting the library takes a sixth of a second; a command of a small stack takes a tenth of that. So
a server loads the library and runs the commands that a launcher sends to it, one after another. The
launcher behaves as ``terraform``, with two differences. Of the caller's environment only the
``TF_VAR_…`` count, because the library reads its environment once; they are handed over as a file
of variables, which only this user can read and which is gone after the command. And nothing stops a
command but the end of the server.

This module must not import others of this folder: the launcher and the server begin without it.
"""

from __future__ import annotations

import ctypes
import json
import os
import shlex
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

VARIABLES = "warm.auto.tfvars.json"
_RUN_ID = b"terraform"
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
    start = f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r}); import warm; "
    ask = shlex.join([sys.executable, "-IS", "-c", f"{start}warm.ask({str(address)!r})"])
    launcher.write_bytes(os.fsencode(f'#!/bin/sh\nexec {ask} "$@"\n'))
    launcher.chmod(launcher.stat().st_mode | stat.S_IXUSR)
    server = subprocess.Popen(
        [sys.executable, "-IS", "-c", f"{start}warm.serve({str(library)!r}, {str(address)!r})"],
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


def ask(address: str) -> None:
    """Send the command of this process to the server, and exit with its code."""
    variables = {
        name.removeprefix(_PREFIX): value
        for name, value in os.environ.items()
        if name.startswith(_PREFIX)
    }
    request = {"folder": str(Path.cwd()), "arguments": sys.argv[1:], "variables": variables}
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(address)
        # The descriptors come with one byte, since a longer text may arrive in parts.
        socket.send_fds(connection, [b"\n"], [1, 2])
        connection.sendall(json.dumps(request).encode() + b"\n")
        with connection.makefile() as answer:
            sys.exit(int(answer.readline() or 1))


def serve(library: str, address: str) -> None:
    """Run commands until this process is killed."""
    terraform = ctypes.CDLL(library)
    run = terraform.RunCliWithCancel
    run.argtypes = [
        ctypes.c_char_p,
        ctypes.c_int64,
        ctypes.POINTER(ctypes.c_char_p),
        ctypes.c_int64,
        ctypes.c_int64,
    ]
    run.restype = ctypes.c_int
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(address)
        listener.listen()
        while True:
            connection, _ = listener.accept()
            with connection, suppress(BrokenPipeError, ConnectionResetError):
                _, (out, err), _, _ = socket.recv_fds(connection, 1, _DESCRIPTORS)
                with connection.makefile() as lines:
                    request = json.loads(lines.readline())
                folder, arguments = Path(request["folder"]), request["arguments"]
                with _variables(folder, arguments, request["variables"]):
                    argv = [os.fsencode(a) for a in (f"-chdir={folder}", *arguments)]
                    # The library closes both descriptors.
                    code = run(_RUN_ID, len(argv), (ctypes.c_char_p * len(argv))(*argv), out, err)
                connection.sendall(f"{code}\n".encode())


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
