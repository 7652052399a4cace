"""What a check finds, before it is known in which file."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault of values that are each valid: the key to change, what is wrong, and the cure."""

    key: str
    what: str
    fix: str
    value: object = None
    allowed: str | None = None

    @property
    def shown_value(self) -> str | None:
        """The value as the file writes it."""
        if self.value is None:
            return None
        if isinstance(self.value, bool):
            return str(self.value).lower()
        return f'"{self.value}"' if isinstance(self.value, str) else str(self.value)
