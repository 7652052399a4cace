"""Lock and journal as objects of the state bucket.

Interface: https://cloud.google.com/storage/docs/json_api/v1/objects.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from delivery.rollout.store import Stored
from google_api import Google, NotFound, Unreachable

_READS = 5


class Bucket:
    """The JSON objects of a bucket."""

    def __init__(self, google: Google, bucket: str) -> None:
        self._google = google
        self._objects = f"storage/v1/b/{bucket}/o"

    def read(self, name: str) -> Stored | None:
        """Return an object with its generation, or None; raises GoogleError."""
        path = f"{self._objects}/{quote(name, safe='')}"
        for _ in range(_READS):
            try:
                generation = int(self._google.get("storage", path)["generation"])
            except NotFound:
                return None
            try:
                content = self._google.get("storage", path, alt="media", generation=generation)
            except NotFound:
                # Written over meanwhile.
                continue
            return Stored(content, generation)
        raise Unreachable(f"{name} changes too often to be read", "try again")

    def write(self, name: str, content: Mapping[str, Any], *, generation: int) -> int:
        """Write over a generation, 0 for none, and return the new one; raises GoogleError."""
        written = self._google.upload(
            "storage",
            self._objects,
            content,
            uploadType="media",
            name=name,
            ifGenerationMatch=generation,
        )
        return int(written["generation"])

    def names(self, prefix: str) -> list[str]:
        """Return the names that begin so, sorted; raises GoogleError."""
        items = self._google.pages("storage", self._objects, "items", prefix=prefix)
        return sorted(item["name"] for item in items)
