"""What the rules look at: the last assignment of each name, the side, and the environment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from envfile.reader import Entry, Reading
from envschema import CONTRACT, Feature, Side, Variable


@dataclass(frozen=True, slots=True)
class Target:
    """The environment that a file is meant for, as far as a file can be held against it."""

    name: str
    is_live: bool
    """Whether people depend on it: no placeholders, and https only."""
    features: frozenset[Feature]
    hosts: Mapping[str, frozenset[str]]
    """What the environment's own hosts make of a variable: one value for each application."""
    redis_scheme: str | None
    """Of ``KV_REDIS_URL``: ``redis`` or ``rediss``; None where Redis comes from elsewhere."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file that was read, and what it is held against."""

    entries: Mapping[str, Entry]
    """By name; of several assignments the last, which is the one that counts."""
    all_entries: tuple[Entry, ...]
    sides: frozenset[Side]
    target: Target | None

    @classmethod
    def of(cls, reading: Reading, sides: frozenset[Side], target: Target | None) -> Sheet:
        """Lay out a reading."""
        entries = {entry.name: entry for entry in reading.entries}
        return cls(entries, reading.entries, sides, target)

    @property
    def features(self) -> frozenset[Feature]:
        """The integrations that are on; without an environment none is known to be."""
        return self.target.features if self.target else frozenset()

    def value(self, name: str) -> str | None:
        """Return a value, or None where the file has none or it cannot be known."""
        entry = self.entries.get(name)
        return entry.value if entry else None

    def variables(self) -> Iterator[Variable]:
        """Yield the variables that the chosen sides read.

        What libraries read counts for a server only where it is deployed: on a developer's
        machine, ``NODE_ENV`` is not ``production``.
        """
        for variable in CONTRACT.values():
            if variable.side is Side.RUNTIME:
                if self.target is not None and Side.SERVER in self.sides:
                    yield variable
            elif variable.side in self.sides:
                yield variable

    def is_required(self, variable: Variable) -> bool:
        """Tell whether the variable must be there."""
        return variable.is_required(self.features)
