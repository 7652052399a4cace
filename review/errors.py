"""What ends a rendering: guessing would show the reviewer something that is not deployed."""

from __future__ import annotations


class ReviewError(Exception):
    """A part of a stack that cannot be written as HCL with certainty; names the part."""

    def __init__(self, what: str, *where: str) -> None:
        self.what = what
        self.where = where
        super().__init__(f"{' / '.join(where)}: {what}" if where else what)

    def inside(self, *where: str) -> ReviewError:
        """Return the same error, told from further outside."""
        return ReviewError(self.what, *where, *self.where)
