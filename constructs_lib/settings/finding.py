"""What a check finds, before it is known in which file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from problems import Problem


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault of values that are each valid: the key to change, what is wrong, and the fix."""

    key: str
    what: str
    fix: str
    value: object = None
    allowed: str | None = None

    def problem(self, where: str) -> Problem:
        """Return the finding as a problem of a file."""
        return Problem(where, self.key, self.what, self.fix, self._shown_value, self.allowed)

    @property
    def _shown_value(self) -> str | None:
        """The value as the file writes it."""
        if self.value is None:
            return None
        if isinstance(self.value, bool):
            return str(self.value).lower()
        return f'"{self.value}"' if isinstance(self.value, str) else str(self.value)


def secrets_follow_what_they_hold(
    versions: Mapping[str, int], *pairs: tuple[str, str]
) -> Iterator[Finding]:
    """Yield each secret whose pinned version is older than that of the secret that it holds.

    ``pairs`` name the one that is held first, as a password and the URL with it.
    """
    for held, holder in pairs:
        held_version, version = versions.get(held, 1), versions.get(holder, 1)
        if version < held_version:
            yield Finding(
                f"secret_versions.{holder}",
                f"holds the value of before: {held} = {held_version}",
                f"set secret_versions.{holder} = {held_version}",
                value=version,
                allowed=f"{held_version} or more",
            )


def counts_are_ordered(key: str, minimum: int, maximum_key: str, maximum: int) -> Iterator[Finding]:
    """Yield a finding where a minimum is above its maximum."""
    if minimum > maximum:
        yield Finding(
            key,
            f"is above {maximum_key} = {maximum}",
            "lower the one or raise the other",
            value=minimum,
            allowed=f"up to {maximum}",
        )
