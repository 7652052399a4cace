"""Writes the folder of review files."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path

from review.render import render


def write(out: Path) -> None:
    """Write a file into ``<out>/review`` for each stack of the manifest; delete any other ``.tf``.

    All stacks are rendered before the first file is written. A file whose text is unchanged is not
    written again; the others are replaced atomically. Raises ``ReviewError``.
    """
    manifest = json.loads((out / "manifest.json").read_text())["stacks"]
    texts = {
        f"{name}.tf": render((out / stack["synthesizedStackPath"]).read_text(), stack=name)
        for name, stack in manifest.items()
    }
    folder = out / "review"
    folder.mkdir(exist_ok=True)
    for name, text in texts.items():
        _write_if_changed(folder / name, text.encode())
    for path in folder.glob("*.tf"):
        if path.name not in texts:
            path.unlink()


def _write_if_changed(path: Path, content: bytes) -> None:
    if path.is_file() and path.read_bytes() == content:
        return
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        # Only the owner can read a file of mkstemp; git and people expect the usual mode.
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(temporary, 0o666 & ~mask)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
