"""``make packages``: builds the distributions for others, each a wheel in ``build/``.

``packages/<name>/pyproject.toml`` says what is in it; the modules themselves are those of this
project, which are copied beside that file for the build.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Sequence
from pathlib import Path

# What pip would call, without the second that pip takes.
_BUILD = "import sys; from setuptools import build_meta; build_meta.build_wheel(sys.argv[1])"
PROJECT = Path(__file__).resolve().parent.parent
FOLDER = PROJECT / "packages"


def main(arguments: Sequence[str] | None = None) -> None:
    """Build the distributions that are named, or all."""
    parser = argparse.ArgumentParser(prog="scripts.packages", description=__doc__)
    parser.add_argument("--out", type=Path, default=PROJECT / "build", help="where the wheels go")
    parser.add_argument("names", nargs="*", help="folders of packages/ (default: all)")
    options = parser.parse_args(arguments)
    for name in options.names or sorted(path.name for path in FOLDER.iterdir()):
        print(build(name, options.out))


def build(name: str, out: Path) -> Path:
    """Build a wheel with the installed setuptools, offline; return its path."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        source, wheels = folder / "source", folder / "wheels"
        shutil.copytree(FOLDER / name, source)
        contents = tomllib.loads((source / "pyproject.toml").read_text())["tool"]["setuptools"]
        # A folder holds those that are below it.
        for package in (p for p in contents["packages"] if "." not in p):
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(PROJECT / package, source / package, ignore=ignored)
        for module in contents.get("py-modules", ()):
            shutil.copy(PROJECT / f"{module}.py", source)
        wheels.mkdir()
        subprocess.run(
            [sys.executable, "-c", _BUILD, wheels],
            cwd=source,
            check=True,
            stdout=subprocess.DEVNULL,
        )
        (wheel,) = wheels.iterdir()
        out.mkdir(parents=True, exist_ok=True)
        return Path(shutil.copy(wheel, out))


if __name__ == "__main__":
    main()
