"""``python -m review [FOLDER]``: write the review HCL of the stacks in cdktf's output folder.

Prints nothing on success. Of any other folder, each ``*.tf.json`` is written as HCL below
``review/``, and named.
"""

from __future__ import annotations

import sys
from pathlib import Path

from provider_schema.blocks import SchemaError
from review.errors import ReviewError
from review.files import write, write_folder
from terraform_json import MANIFEST, SynthesizedError


def main(arguments: list[str] | None = None) -> None:
    """Write the review files of ``cdktf.out``, or of the folder that is the argument."""
    arguments = sys.argv[1:] if arguments is None else arguments
    folder = Path(arguments[0] if arguments else "cdktf.out")
    try:
        if not arguments or (folder / MANIFEST).exists():
            write(folder)
        elif written := write_folder(folder):
            print("\n".join(str(path) for path in written))
        elif any(folder.glob("*.tf")):
            print(f"{folder} is HCL already: there is nothing to write")
        else:
            sys.exit(f"review: {folder} has no {MANIFEST}, no *.tf.json and no *.tf")
    except (ReviewError, SchemaError, SynthesizedError) as error:
        sys.exit(f"review: {error}")
    except OSError as error:
        sys.exit(f"review: {error.filename}: {error.strerror}")


if __name__ == "__main__":
    main()
