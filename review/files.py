"""The folder of review files."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path

from review.render import render


def write(out: Path) -> None:
    """Make ``<out>/review`` hold one file for each stack of the manifest, and no other ``.tf``.

    All stacks are rendered before the first file is touched; a file that is already right is not
    written again, and one that is written appears whole. Raises ``ReviewError``.
    """
    manifest = json.loads((out / "manifest.json").read_text())["stacks"]
    texts = {
        f"{name}.tf": render((out / stack["synthesizedStackPath"]).read_text(), stack=name)
        for name, stack in manifest.items()
    }
    folder = out / "review"
    folder.mkdir(exist_ok=True)
    for name, text in texts.items():
        _write_once(folder / name, text.encode())
    for path in folder.glob("*.tf"):
        if path.name not in texts:
            path.unlink()


def _write_once(path: Path, content: bytes) -> None:
    if path.is_file() and path.read_bytes() == content:
        return
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        # mkstemp makes a file for its owner alone; git and people expect the usual mode.
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(temporary, 0o666 & ~mask)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
