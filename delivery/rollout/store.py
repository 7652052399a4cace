"""Objects that are written only over the version that was read."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from google_api import PreconditionFailed, Unreachable

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Stored:
    """An object and its generation, which every write makes a new one."""

    content: Document
    generation: int


class Store(Protocol):
    """JSON objects by name. Its methods raise GoogleError."""

    def read(self, name: str) -> Stored | None:
        """Return an object, or None if there is none."""

    def write(self, name: str, content: Mapping[str, Any], *, generation: int) -> int:
        """Write over a generation, 0 for none, and return the new one.

        Raises PreconditionFailed if there is another.
        """

    def names(self, prefix: str) -> list[str]:
        """Return the names that begin so, sorted."""


class ChangedElsewhere(Exception):
    """Somebody else wrote the object meanwhile."""


def swap(store: Store, name: str, content: Mapping[str, Any], *, generation: int) -> int:
    """Write over a generation and return the new one, also where the answer got lost.

    Raises ChangedElsewhere, and GoogleError if nothing was written.
    """
    # Without it, another's equal content would look like our own write.
    marked = {**content, "write": uuid.uuid4().hex}
    try:
        return store.write(name, marked, generation=generation)
    except (PreconditionFailed, Unreachable) as error:
        stored = store.read(name)
        if stored is not None and stored.content == marked:
            return stored.generation
        if isinstance(error, Unreachable) and (stored.generation if stored else 0) == generation:
            raise
        raise ChangedElsewhere(name) from None
