"""Sends a command of Terraform to ``warm_server``, and ends as the command does.

It starts for each command. With ``socket`` and ``json`` in place of ``_socket`` that would take
twice the time.
"""

from __future__ import annotations

import os
import sys
from _socket import AF_UNIX, SCM_RIGHTS, SOL_SOCKET, socket
from collections.abc import Iterable, Sequence

PREFIX = "TF_VAR_"


def ask(address: str, providers: str) -> None:
    """Run the command of this process in the server, and exit with its code."""
    variables = [f"{n}={v}" for n, v in os.environ.items() if n.startswith(PREFIX)]
    code = send(address, (1, 2), os.getcwd(), providers, sys.argv[1:], variables)
    sys.exit(1 if code is None else code)


def send(
    address: str,
    descriptors: Sequence[int],
    folder: str,
    providers: str,
    arguments: Sequence[str],
    variables: Iterable[str],
) -> int | None:
    """Run a command in the server, and return its exit code; None if the server died.

    It writes to two ``descriptors``. ``providers`` is the folder of their sockets; ``variables``
    are as in an environment. Raises ``OSError`` if there is no server.
    """
    fields = [folder, providers, str(len(arguments)), *arguments, *variables]
    request = b"\0".join(map(os.fsencode, fields))
    connection = socket(AF_UNIX)
    try:
        connection.connect(address)
        ancillary = b"".join(number.to_bytes(4, sys.byteorder) for number in descriptors)
        # The descriptors come with one byte, since a longer text may arrive in parts.
        connection.sendmsg([b"\n"], [(SOL_SOCKET, SCM_RIGHTS, ancillary)])
        connection.sendall(len(request).to_bytes(8, "big") + request)
        answer = connection.recv(8)
    finally:
        connection.close()
    return int(answer) if answer else None
