"""The files of a folder of migrations."""

from __future__ import annotations

import os
from pathlib import Path

from beep_infra.output import Refusal, decoded

MAX_BYTES = 4_194_304
"""A larger file is refused: it is data, and sqlglot reads half a megabyte a second."""


def read_folder(folder: Path) -> dict[str, str]:
    """Return the texts of all .sql files below a folder, in the order of their paths.

    Links to folders are not followed. Raises Refusal for what cannot be read.
    """
    if not folder.is_dir():
        reason = "is not a folder" if folder.exists() else "does not exist"
        raise Refusal(f"{folder}: {reason}; name the folder that drizzle.config.ts has as out")
    paths = [
        Path(place, name)
        for place, _, names in os.walk(folder, onerror=_unreadable)
        for name in names
        if name.lower().endswith(".sql")
    ]
    if not paths:
        there = sorted(path.name for path in folder.iterdir())
        listed = f"there are: {', '.join(there[:10])}" if there else "the folder is empty"
        raise Refusal(f"{folder}: has no .sql file, nor has a folder below it; {listed}")
    return {str(path): _text(path) for path in sorted(paths, key=lambda path: path.parts)}


def _unreadable(error: OSError) -> None:
    raise Refusal(f"{error.filename}: cannot be read: {error.strerror}")


def _text(path: Path) -> str:
    try:
        if not path.is_file():
            raise Refusal(f"{path}: is not a file")
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise Refusal(f"{path}: cannot be read: {error.strerror}") from None
    if len(content) > MAX_BYTES:
        raise Refusal(f"{path}: is larger than {MAX_BYTES} bytes; load data in another way")
    text = decoded(str(path), content)
    if "\0" in text:
        raise Refusal(f"{path}: holds a NUL byte, which no SQL does")
    return text
