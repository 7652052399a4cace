"""Nothing outlives the rehearsal, however it ends.

What the rehearsal starts joins one process group. A guard process holds the end of a pipe whose
other end only the rehearsal has: when the rehearsal is gone, by whatever signal, the pipe closes,
and the guard kills the group and removes the temporary folder with its sockets. A signal to the
parent's death (``PR_SET_PDEATHSIG``) would reach neither grandchildren nor other systems than
Linux.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def guarded(folder: Path) -> Iterator[int]:
    """Yield the process group to start children in; at the end it and ``folder`` are gone."""
    guard = subprocess.Popen(
        # Isolated and without site-packages: it starts in 15 ms.
        [sys.executable, "-I", "-S", __file__, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        # Out of reach of a Ctrl-C, which is for the rehearsal to handle.
        process_group=0,
    )
    assert guard.stdin is not None
    assert guard.stdout is not None
    try:
        yield int(guard.stdout.readline())
    finally:
        guard.stdin.close()
        guard.wait()
        guard.stdout.close()


def watch(folder: str) -> None:
    """Wait for the rehearsal's end, then end what it left."""
    anchor = os.fork()
    if anchor == 0:
        # Keeps the group in being. Ends by itself should the guard be killed.
        os.setpgid(0, 0)
        sys.stdin.read()
        os._exit(0)
    with contextlib.suppress(OSError):
        os.setpgid(anchor, anchor)
    print(anchor, flush=True)
    sys.stdin.read()
    with contextlib.suppress(ProcessLookupError):
        os.killpg(anchor, signal.SIGKILL)
    os.waitpid(anchor, 0)
    # A process may still be dying, and writing: once more then.
    for _ in range(3):
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    watch(sys.argv[1])
