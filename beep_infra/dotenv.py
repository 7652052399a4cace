"""The dotenv file that a command is given."""

from __future__ import annotations

import sys
from pathlib import Path

from beep_infra.output import Refusal, decoded

MAX_BYTES = 1_048_576
"""A larger file is refused: it is no dotenv file."""


def dotenv_text(file: str) -> str:
    """Return the text of a file, or of standard input for ``-``.

    Raises Refusal, without any of the text, if it cannot be read.
    """
    try:
        if file == "-":
            content = sys.stdin.buffer.read(MAX_BYTES + 1)
        else:
            path = Path(file)
            if path.exists() and not path.is_file() and not path.is_fifo():
                raise Refusal(f"{file}: is not a file")
            with path.open("rb") as stream:
                content = stream.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "is not a path"
        raise Refusal(f"{file}: cannot be read: {reason}") from None
    if len(content) > MAX_BYTES:
        raise Refusal(f"{file}: is larger than {MAX_BYTES} bytes, which no dotenv file is")
    return decoded(file, content)
