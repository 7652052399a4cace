"""Run a command in a fresh process; take its time and the memory of its whole process tree."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread

PROC = Path("/proc")
SAMPLE_EVERY_SECONDS = 0.025
"""Short against how long memory stays up, long against the time that a sample takes."""


class CommandFailedError(RuntimeError):
    """A measured command did not end well, so its time means nothing."""


@dataclass(frozen=True)
class Sample:
    """One run: seconds of wall clock, and peaks of the process tree in MB (1,000,000 bytes).

    ``pss_mb`` counts a page that processes share once in all; ``rss_mb`` counts it once for each,
    so it is the higher of the two.
    """

    seconds: float
    pss_mb: float
    rss_mb: float


def run(command: Sequence[str], *, cwd: Path, env: Mapping[str, str]) -> Sample:
    """Run a command to its end; raises CommandFailedError."""
    peaks = Peaks()
    started = time.perf_counter()
    process = subprocess.Popen(
        command,
        cwd=cwd,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    with process, peaks.watching(process.pid):
        output, _ = process.communicate()
        seconds = time.perf_counter() - started
    if process.returncode != 0:
        raise CommandFailedError(f"{' '.join(command)} ended with {process.returncode}:\n{output}")
    return Sample(seconds, peaks.pss_kib * 1024 / 1e6, peaks.rss_kib * 1024 / 1e6)


class Peaks:
    """The highest sums seen over a process and its descendants."""

    def __init__(self) -> None:
        self.pss_kib = 0
        self.rss_kib = 0
        self._over = Event()

    @contextmanager
    def watching(self, root: int) -> Iterator[None]:
        """Sample the tree below a process for as long as the context lasts."""
        thread = Thread(target=self._watch, args=(root,), daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._over.set()
            thread.join()

    def _watch(self, root: int) -> None:
        while not self._over.wait(SAMPLE_EVERY_SECONDS):
            pss, rss = memory_kib(tree(root))
            self.pss_kib, self.rss_kib = max(self.pss_kib, pss), max(self.rss_kib, rss)


def tree(root: int) -> list[int]:
    """Return a process and its descendants; those that end meanwhile may be missing."""
    found = [root]
    for pid in found:  # grows while it is read
        for task in _names(PROC / str(pid) / "task"):
            children = _read(PROC / str(pid) / "task" / task / "children")
            found.extend(int(child) for child in children.split())
    return found


def memory_kib(pids: Sequence[int]) -> tuple[int, int]:
    """Return the sums of PSS and of RSS."""
    pss = rss = 0
    for pid in pids:
        for line in _read(PROC / str(pid) / "smaps_rollup").splitlines():
            if line.startswith("Pss:"):
                pss += int(line.split()[1])
            elif line.startswith("Rss:"):
                rss += int(line.split()[1])
    return pss, rss


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:  # the process has ended
        return ""


def _names(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []
