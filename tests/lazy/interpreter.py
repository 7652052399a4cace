"""A Python process that runs programs one after the other: a start takes longer than a program."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from types import TracebackType
from typing import Any, NamedTuple, Self

# A program sees only its own names, and has its lines of output in one answer.
_SERVE = """
import contextlib, io, json, sys
for line in sys.stdin:
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(json.loads(line), "<string>", "exec"), {"__name__": "__main__"})
    print(json.dumps(printed.getvalue()), flush=True)
"""
_LONGEST_SECONDS = 60


class Output(NamedTuple):
    """What a program printed."""

    value: Any
    """Its last line, which is JSON."""
    stderr: str


class Interpreter:
    """Runs programs in one process, each with the modules and the Node of those before it.

    A program that fails ends the process, and the next one gets a new process.
    """

    def __init__(self, *flags: str, environment: Mapping[str, str]) -> None:
        self._command = [sys.executable, *flags, "-c", _SERVE]
        self._environment = environment
        self._stderr = tempfile.TemporaryFile()  # noqa: SIM115  # closed at the end
        self._process: subprocess.Popen[str] | None = None

    def run(self, code: str) -> Output:
        """Run a program."""
        process = self._running()
        assert process.stdin is not None
        assert process.stdout is not None
        start = os.fstat(self._stderr.fileno()).st_size
        process.stdin.write(json.dumps(code) + "\n")
        process.stdin.flush()
        alarm = threading.Timer(_LONGEST_SECONDS, process.kill)
        alarm.start()
        answer = process.stdout.readline()
        alarm.cancel()
        if not answer:
            self._end()
        stderr = self.stderr(start)
        assert answer, stderr
        return Output(json.loads(json.loads(answer).splitlines()[-1]), stderr)

    def stderr(self, start: int = 0) -> str:
        """Return what all programs printed there, without as many bytes at its start."""
        return os.pread(self._stderr.fileno(), 1 << 20, start).decode()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: object, where: TracebackType | None
    ) -> None:
        self._end()
        self._stderr.close()

    def _end(self) -> None:
        if self._process is not None:
            self._process.communicate(timeout=_LONGEST_SECONDS)
            self._process = None

    def _running(self) -> subprocess.Popen[str]:
        if self._process is None:
            self._process = subprocess.Popen(
                self._command,
                env=self._environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._stderr,
                text=True,
            )
        return self._process
