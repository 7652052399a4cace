"""Writes the release of the images that were built of one commit of the applications.

``python3 -m delivery.images.release DIGESTS --commit COMMIT --run NUMBER`` prints the file, from
one JSON document for each image that was pushed. That of the migrations has beside it what
``beep-infra migrations contract`` reads in them; compared with the release built before, that marks
the release. What a release is, ``delivery.release`` says; this needs Python's own library alone.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any


def assembled(
    pushed: Iterable[Mapping[str, Any]],
    *,
    commit: str,
    run: str,
    before: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the release of what was pushed: ``key``, ``environment`` (may be null), ``image``.

    ``before`` is the release that was built before; without one, every statement that takes
    something away counts as new.
    """
    images: dict[str, Any] = {}
    statements: Mapping[str, Any] = {}
    for entry in pushed:
        statements = entry.get("contract_statements", statements)
        if entry["environment"] is None:
            images[entry["key"]] = entry["image"]
        else:
            images.setdefault(entry["key"], {})[entry["environment"]] = entry["image"]
    known = (before or {}).get("contract_statements") or {}
    # The commit alone would name two releases alike that were built with different settings.
    return {
        "release": f"{commit[:12]}-{run}",
        "commit": commit,
        "migrations": "contract" if statements.keys() - known.keys() else "expand",
        "contract_statements": statements,
        "images": images,
    }


def main() -> None:
    """Print the release of a folder of documents."""
    parser = argparse.ArgumentParser(prog="delivery.images.release", description=__doc__)
    parser.add_argument("digests", type=Path)
    parser.add_argument("--commit", required=True)
    parser.add_argument("--run", required=True)
    parser.add_argument("--before", type=Path, help="the release that was built before, if any")
    arguments = parser.parse_args()
    pushed = [json.loads(path.read_text()) for path in sorted(arguments.digests.glob("*.json"))]
    before = arguments.before
    known = json.loads(before.read_text()) if before and before.exists() else None
    release = assembled(pushed, commit=arguments.commit, run=arguments.run, before=known)
    json.dump(release, sys.stdout, indent=2, sort_keys=True)
    print()


if __name__ == "__main__":
    main()
