"""The error of a rendering. A guess instead could show the reviewer what is not deployed."""

from __future__ import annotations

from problems import printable


class ReviewError(Exception):
    """A part of a stack cannot be written as HCL with certainty.

    ``what`` is the reason; ``where`` is the path to the part, from the outside in.
    """

    def __init__(self, what: str, *where: str) -> None:
        self.what = what
        self.where = where
        text = f"{' / '.join(where)}: {what}" if where else what
        # A name may hold a line break, and the message is a line.
        super().__init__(printable(text))

    def inside(self, *where: str) -> ReviewError:
        """Return the same error with its path prefixed by ``where``."""
        return ReviewError(self.what, *where, *self.where)
