"""Whether files can be written where Python, Node and jsii put theirs."""

from __future__ import annotations

import os
from pathlib import Path


def can_write(folder: Path) -> bool:
    """Tell whether files can be written into a folder, or the folder can be made for them."""
    while not os.path.lexists(folder) and folder != folder.parent:
        folder = folder.parent
    return folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)


def temporary_folder_problem() -> str | None:
    """Return why Node could not use the folder for temporary files; None where it can.

    Python takes another folder instead, Node does not.
    """
    name = next((name for name in ("TMPDIR", "TMP", "TEMP") if os.environ.get(name)), None)
    if name is None or (os.path.isdir(os.environ[name]) and can_write(Path(os.environ[name]))):
        return None
    return (
        f"{name} is {os.environ[name]}, and no files can be written there: "
        f"make the folder, or unset {name}"
    )
