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


def urls_hold_passwords(versions: Mapping[str, int], *pairs: tuple[str, str]) -> Iterator[Finding]:
    """Yield each URL secret whose pinned version is older than that of the password inside it."""
    for password, url in pairs:
        password_version, url_version = versions.get(password, 1), versions.get(url, 1)
        if url_version < password_version:
            yield Finding(
                f"secret_versions.{url}",
                f"holds the value of before: {password} = {password_version}",
                f"set secret_versions.{url} = {password_version}",
                value=url_version,
                allowed=f"{password_version} or more",
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
