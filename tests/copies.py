"""Copies of the repository, for what changes its files."""

from __future__ import annotations

import os
import shutil
import subprocess
from importlib.metadata import distribution
from pathlib import Path

from tests.support import ROOT

PIP = Path(str(distribution("pip").locate_file("pip")))
"""For the Python of an environment without pip. With ``--python``, pip would start twice."""
_LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv*", "node_modules", ".mypy_cache", ".ruff_cache", "cdktf.out"
)
"""Cached bytecode is copied, and stays valid: copies have the times of their originals."""


def copy_of_repository(folder: Path) -> Path:
    """Return a copy of the checkout, with the packages that are installed beside this one."""
    copy = folder / "beep-infra"
    shutil.copytree(ROOT, copy, ignore=_LEFT_OUT)
    shutil.copytree(ROOT / "cdktf.out" / "review", copy / "cdktf.out" / "review")
    _link_packages(copy / ".venv", ROOT / ".venv")
    _link_packages(copy / "node_modules", ROOT / "node_modules")
    return copy


def _link_packages(folder: Path, installed: Path) -> None:
    """Share what is installed, in a folder of the copy's own: make may not install it anew."""
    folder.mkdir()
    for path in installed.iterdir():
        if path.name != ".installed":
            (folder / path.name).symlink_to(path)
    (folder / ".installed").touch()


def run_in(
    copy: Path, *command: str, outdir: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command in a copy; ``beep-infra`` is that of the copy."""
    tools = copy / ".tools"
    tools.mkdir(exist_ok=True)
    link = tools / "beep-infra"
    if not link.exists():
        link.symlink_to(copy / "scripts" / "beep-infra")
    path = [str(tools), str(copy / ".venv" / "bin"), os.environ["PATH"]]
    own = {"PATH": os.pathsep.join(path)} | ({"CDKTF_OUTDIR": str(outdir)} if outdir else {})
    return subprocess.run(
        command,
        cwd=copy,
        env={**os.environ, **own},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
