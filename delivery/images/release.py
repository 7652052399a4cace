"""A release: one commit of the applications, and the image of each that was built of it.

``python3 -m delivery.images.release DIGESTS --commit COMMIT --run NUMBER`` prints the file, from
one JSON document for each image that was pushed.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_IMAGE = re.compile(r"[\w.:/-]+@sha256:[0-9a-f]{64}")
_COMMIT = re.compile(r"[0-9a-f]{40}")


class ReleaseError(Exception):
    """A file that names no release; says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Release:
    """The images of one commit."""

    name: str
    commit: str
    images: Mapping[str, str | Mapping[str, str]]
    """By service, or ``migrations``: a reference by digest, or one for each environment."""

    def image(self, key: str, environment: str) -> str | None:
        """Return the image of a service for an environment, where the release has it."""
        image = self.images.get(key)
        return image if image is None or isinstance(image, str) else image.get(environment)

    def as_json(self) -> str:
        """Return the file's text."""
        document = {"release": self.name, "commit": self.commit, "images": self.images}
        return f"{json.dumps(document, indent=2, sort_keys=True)}\n"


def read_release(path: Path) -> Release:
    """Return the release of a file; raises ReleaseError."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        release = Release(document["release"], document["commit"], document["images"])
        images = dict(release.images)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ReleaseError(f"{path} is not a release: {error!r}") from None
    if not _COMMIT.fullmatch(str(release.commit)):
        raise ReleaseError(f"{path}: commit is not 40 hexadecimal digits")
    for key, image in images.items():
        for reference in image.values() if isinstance(image, Mapping) else [image]:
            if not _IMAGE.fullmatch(str(reference)):
                raise ReleaseError(
                    f"{path}: images.{key} must be NAME@sha256:DIGEST, or one for each environment"
                )
    return release


def assembled(pushed: Iterable[Mapping[str, Any]], *, commit: str, run: str) -> Release:
    """Return the release of what was pushed: ``key``, ``environment`` (may be null), ``image``."""
    images: dict[str, Any] = {}
    for entry in pushed:
        if entry["environment"] is None:
            images[entry["key"]] = entry["image"]
        else:
            images.setdefault(entry["key"], {})[entry["environment"]] = entry["image"]
    # The commit alone would name two releases alike that were built with different settings.
    return Release(f"{commit[:12]}-{run}", commit, images)


def main() -> None:
    """Print the release of a folder of documents."""
    parser = argparse.ArgumentParser(prog="delivery.images.release", description=__doc__)
    parser.add_argument("digests", type=Path)
    parser.add_argument("--commit", required=True)
    parser.add_argument("--run", required=True)
    arguments = parser.parse_args()
    pushed = [json.loads(path.read_text()) for path in sorted(arguments.digests.glob("*.json"))]
    release = assembled(pushed, commit=arguments.commit, run=arguments.run)
    sys.stdout.write(release.as_json())


if __name__ == "__main__":
    main()
