"""``python -m review [FOLDER]``: write the review HCL of the stacks in an output folder.

Prints nothing on success.
"""

from __future__ import annotations

import sys
from pathlib import Path

from provider_schema.blocks import SchemaError
from review.errors import ReviewError
from review.files import write


def main(arguments: list[str]) -> None:
    """Write the review files of ``cdktf.out``, or of the output folder that is the argument."""
    try:
        write(Path(arguments[0] if arguments else "cdktf.out"))
    except FileNotFoundError as error:
        sys.exit(f"review: {error.filename} is missing; run make synth")
    except (ReviewError, SchemaError) as error:
        sys.exit(f"review: {error}")


if __name__ == "__main__":
    main(sys.argv[1:])
