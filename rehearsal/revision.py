"""Synthesizes a git revision of this project with today's packages."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tarfile
from pathlib import Path

from terraform_json import SynthesizedError


def synthesize_revision(
    folder: Path, project: Path, revision: str, *, process_group: int | None = None
) -> Path:
    """Return the output folder of a revision, below ``folder``; raise ``SynthesizedError``.

    The source is a git archive: a worktree would leave an entry in ``.git`` if it is killed.
    """
    archive = subprocess.run(
        ["git", "-C", str(project), "archive", "--format=tar", revision],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    if archive.returncode != 0:
        raise SynthesizedError(f"no revision {revision}: {archive.stderr.decode().strip()}")
    source, out = folder / "revision", folder / "revision.out"
    with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as files:
        files.extractall(source, filter="data")
    synth = subprocess.run(
        [sys.executable, "main.py"],
        cwd=source,
        env={**os.environ, "CDKTF_OUTDIR": str(out)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        process_group=process_group,
    )
    if synth.returncode != 0:
        raise SynthesizedError(f"{revision} does not synthesize:\n{synth.stdout.strip()}")
    return out
