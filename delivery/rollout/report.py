"""What a rollout says while it runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol


class Report(Protocol):
    """Hears of every step."""

    def begin(self, step: str) -> None:
        """A step begins."""

    def note(self, text: str) -> None:
        """Something was seen within a step."""

    def end(self, step: str, evidence: Mapping[str, Any]) -> None:
        """A step is done."""

    def fail(self, step: str, why: str) -> None:
        """A step did not succeed."""


class Silence:
    """Says nothing."""

    def begin(self, step: str) -> None:
        """Say nothing."""

    def note(self, text: str) -> None:
        """Say nothing."""

    def end(self, step: str, evidence: Mapping[str, Any]) -> None:
        """Say nothing."""

    def fail(self, step: str, why: str) -> None:
        """Say nothing."""
