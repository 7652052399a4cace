"""The command, in processes of its own."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Callable
from functools import partial
from math import inf
from pathlib import Path
from typing import IO, NoReturn

from beep_infra.app import main
from tests.support import ROOT

COMMAND = ROOT / "scripts" / "beep-infra"
_FAULT = 99


def started(*arguments: str, cwd: Path = Path("/")) -> subprocess.CompletedProcess[str]:
    """Run the command as a shell does; most of its time it loads modules."""
    return subprocess.run(
        [COMMAND, *arguments], cwd=cwd, capture_output=True, text=True, check=False, timeout=60
    )


def cost(library: str, *arguments: str, limit: float) -> float:
    """Return the processor time of the command, as a multiple of that of an import statement.

    The least of the runs of each, in turn: a machine that is busy slows both. There are three runs
    where the first does not stay below the limit.
    """
    command = loading = inf
    for _ in range(3):
        loading = min(loading, _cpu_seconds(partial(_start_python, library)))
        command = min(command, _cpu_seconds(partial(started, *arguments)))
        if command / loading < limit:
            break
    return command / loading


def _start_python(code: str) -> None:
    subprocess.run([sys.executable, "-c", code], check=True)


def _cpu_seconds(start: Callable[[], object]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def run(
    *arguments: str, cwd: Path = Path("/"), stdin: bytes = b""
) -> subprocess.CompletedProcess[str]:
    """Run the command in a fork of this process, which has its modules, and wait for its end."""
    with (
        tempfile.TemporaryFile() as given,
        tempfile.TemporaryFile() as out,
        tempfile.TemporaryFile() as err,
    ):
        given.write(stdin)
        given.seek(0)
        child = os.fork()
        if child == 0:
            _become_the_command(arguments, cwd, given, out, err)
        _, status = os.waitpid(child, 0)
        for stream in (out, err):
            stream.seek(0)
        code = os.waitstatus_to_exitcode(status)
        texts = [stream.read().decode() for stream in (out, err)]
    assert "Traceback" not in "".join(texts)
    return subprocess.CompletedProcess(arguments, code, *texts)


def _become_the_command(
    arguments: tuple[str, ...], cwd: Path, given: IO[bytes], out: IO[bytes], err: IO[bytes]
) -> NoReturn:
    code = _FAULT
    try:
        for descriptor, stream in enumerate((given, out, err)):
            os.dup2(stream.fileno(), descriptor)
        sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
        sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
        sys.argv = ["beep-infra", *arguments]
        os.chdir(cwd)
        try:
            main()
            code = 0
        except SystemExit as end:
            code = int(end.code or 0)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        # No handler of the tests runs in a second process.
        os._exit(code)
