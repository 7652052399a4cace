"""Sends a command of Terraform to ``warm_server``, and ends as the command does.

It starts for each command. With ``socket`` and ``json`` in place of ``_socket`` that would take
twice the time.
"""

from __future__ import annotations

import os
import sys
from _socket import AF_UNIX, SCM_RIGHTS, SOL_SOCKET, socket

PREFIX = "TF_VAR_"


def ask(address: str) -> None:
    """Run the command of this process in the server, and exit with its code."""
    variables = [f"{n}={v}" for n, v in os.environ.items() if n.startswith(PREFIX)]
    arguments = sys.argv[1:]
    fields = [os.getcwd(), str(len(arguments)), *arguments, *variables]
    request = b"\0".join(map(os.fsencode, fields))
    connection = socket(AF_UNIX)
    connection.connect(address)
    descriptors = b"".join(fd.to_bytes(4, sys.byteorder) for fd in (1, 2))
    # The descriptors come with one byte, since a longer text may arrive in parts.
    connection.sendmsg([b"\n"], [(SOL_SOCKET, SCM_RIGHTS, descriptors)])
    connection.sendall(len(request).to_bytes(8, "big") + request)
    sys.exit(int(connection.recv(8) or b"1"))
