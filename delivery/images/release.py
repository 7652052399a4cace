"""Writes the release of the images that were built of one commit of the applications.

``python3 -m delivery.images.release DIGESTS --commit COMMIT --run NUMBER`` prints the file, from
one JSON document for each image that was pushed. What a release is, ``delivery.release`` says; this
needs Python's own library alone.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any


def assembled(pushed: Iterable[Mapping[str, Any]], *, commit: str, run: str) -> dict[str, Any]:
    """Return the release of what was pushed: ``key``, ``environment`` (may be null), ``image``."""
    images: dict[str, Any] = {}
    for entry in pushed:
        if entry["environment"] is None:
            images[entry["key"]] = entry["image"]
        else:
            images.setdefault(entry["key"], {})[entry["environment"]] = entry["image"]
    # The commit alone would name two releases alike that were built with different settings.
    return {"release": f"{commit[:12]}-{run}", "commit": commit, "images": images}


def main() -> None:
    """Print the release of a folder of documents."""
    parser = argparse.ArgumentParser(prog="delivery.images.release", description=__doc__)
    parser.add_argument("digests", type=Path)
    parser.add_argument("--commit", required=True)
    parser.add_argument("--run", required=True)
    arguments = parser.parse_args()
    pushed = [json.loads(path.read_text()) for path in sorted(arguments.digests.glob("*.json"))]
    json.dump(
        assembled(pushed, commit=arguments.commit, run=arguments.run), sys.stdout,
        indent=2, sort_keys=True,
    )  # fmt: skip
    print()


if __name__ == "__main__":
    main()
