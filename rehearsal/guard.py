"""Ends all processes and removes the files of a rehearsal, however it ends.

All processes that the rehearsal starts join a process group. A guard process reads from a pipe
whose other end only the rehearsal has. When the rehearsal ends, by whatever signal, the pipe is
closed. The guard then kills the group and removes the temporary folder with its sockets.

``PR_SET_PDEATHSIG`` would not do: it signals children only, not their children, and on Linux only.
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
    """Yield the id of the process group for children; at the end, kill it and remove ``folder``."""
    guard = subprocess.Popen(
        # -I and -S, without site-packages: the guard starts in 15 ms.
        [sys.executable, "-I", "-S", __file__, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        # In a group of its own, so that Ctrl-C reaches only the rehearsal, which handles it.
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
    """Wait for the end of the rehearsal, then kill its processes and remove its folder."""
    anchor = os.fork()
    if anchor == 0:
        # This process keeps the group alive. It ends by itself if the guard is killed.
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
    # A process that is still ending may write a file meanwhile, so removing is repeated.
    for _ in range(3):
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    watch(sys.argv[1])
