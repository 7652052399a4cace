"""Synthesizes this project, as it is or as of a git revision, with today's packages."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from terraform_json import SynthesizedError


def synthesize_revision(
    folder: Path, project: Path, revision: str, *, process_group: int | None = None
) -> Path:
    """Return the output folder of a revision, below ``folder``; raise ``SynthesizedError``.

    The source is a git archive: a worktree would leave an entry in ``.git`` if it is killed.
    """
    archive = subprocess.run(
        ["git", "-C", str(project), "archive", "--format=zip", "-0", revision],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    if archive.returncode != 0:
        raise SynthesizedError(f"no revision {revision}: {archive.stderr.decode().strip()}")
    source, out = folder / "revision", folder / "revision.out"
    # Not a tar: before Python 3.11.4 there is no safe way to unpack one.
    with zipfile.ZipFile(io.BytesIO(archive.stdout)) as files:
        files.extractall(source)
    synthesize_tree(source, out, revision, process_group=process_group)
    return out


def synthesize_tree(
    source: Path,
    out: Path,
    name: str,
    *,
    process_group: int | None = None,
    python: Path = Path(sys.executable),
    variables: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Synthesize the project in a folder, into another; raise ``SynthesizedError`` with its name.

    ``python`` is that of the packages, and ``variables`` are further environment variables.
    Without assertions, which are what makes the bindings slow; the bytes are the same.
    """
    synth = subprocess.run(
        [str(python), "-O", "main.py"],
        cwd=source,
        env={**os.environ, **variables, "CDKTF_OUTDIR": str(out)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        process_group=process_group,
    )
    if synth.returncode != 0:
        raise SynthesizedError(f"{name} does not synthesize:\n{synth.stdout.strip()}")
