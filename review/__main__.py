"""``python -m review [FOLDER]``: write the review HCL of the stacks in an output folder.

Prints nothing on success.
"""

from __future__ import annotations

import sys
from pathlib import Path

from provider_schema.blocks import SchemaError
from review.errors import ReviewError
from review.files import write
from terraform_json import SynthesizedError


def main(arguments: list[str]) -> None:
    """Write the review files of ``cdktf.out``, or of the output folder that is the argument."""
    try:
        write(Path(arguments[0] if arguments else "cdktf.out"))
    except (ReviewError, SchemaError, SynthesizedError) as error:
        sys.exit(f"review: {error}")
    except OSError as error:
        sys.exit(f"review: {error.filename}: {error.strerror}")


if __name__ == "__main__":
    main(sys.argv[1:])
