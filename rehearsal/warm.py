"""A Terraform that starts once, for whoever runs hundreds of its commands.

Starting the library takes a sixth of a second; a command of a small stack takes a tenth of that. So
a server loads the library and runs the commands that a launcher sends to it, one after another. The
launcher behaves as ``terraform``, with two differences. Of the caller's environment only the
``TF_VAR_…`` count, because the library reads its environment once; they are handed over as a file
of variables, which only this user can read and which is gone after the command. And nothing stops a
command but the end of the server.
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from rehearsal.terraform import python, write_executable

_START_SECONDS = 30


@contextmanager
def warm_terraform(
    library: Path, folder: Path, environment: Mapping[str, str], group: int | None = None
) -> Iterator[str]:
    """Run a server while the context lasts, and give the path of its launcher.

    ``folder`` gets the launcher and a socket. ``environment`` is that of every command.
    """
    address, launcher = folder / "terraform.socket", folder / "warm-terraform"
    write_executable(launcher, python(f"import warm_client; warm_client.ask({str(address)!r})"))
    server = subprocess.Popen(
        python(
            "import terraform, warm_server; "
            f"warm_server.serve(terraform.Library({str(library)!r}).run, {str(address)!r})"
        ),
        env=environment,
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
