"""The input of the rules: the entries of a file, the sides, and the environment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from envfile.reader import Entry, Reading
from envschema import Feature, Side, Variable, Version, contract, legacy_names


@dataclass(frozen=True, slots=True)
class Target:
    """What the rules need to know of the environment that a file is for."""

    name: str
    is_live: bool
    """Whether people depend on the environment: no placeholders, and https only."""
    version: Version
    """The version of the applications that the environment runs."""
    features: frozenset[Feature]
    hosts: Mapping[str, frozenset[str]]
    """By variable, the values that follow from the environment's hosts: one per application."""
    auth_path: str | None
    """Where the API answers sign-in, as the client's build must have it; None without a client."""
    redis_scheme: str | None
    """The scheme of ``KV_REDIS_URL``, ``redis`` or ``rediss``; None if we deploy no Redis."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file that was read, and what it is checked against."""

    entries: Mapping[str, Entry]
    """The last assignment of each name, which is the one that counts, by name."""
    all_entries: tuple[Entry, ...]
    sides: frozenset[Side]
    target: Target | None
    version: Version

    @classmethod
    def of(
        cls,
        reading: Reading,
        sides: frozenset[Side],
        target: Target | None,
        version: Version,
    ) -> Sheet:
        """Return the sheet of a file that was read."""
        entries = {entry.name: entry for entry in reading.entries}
        return cls(entries, reading.entries, sides, target, version)

    @property
    def contract(self) -> Mapping[str, Variable]:
        """What that version of the applications reads."""
        return contract(self.version)

    @property
    def legacy_names(self) -> Mapping[str, str]:
        """The names that it reads no more, and what they are now."""
        return legacy_names(self.version)

    @property
    def features(self) -> frozenset[Feature]:
        """The features that are on; without an environment, none."""
        return self.target.features if self.target else frozenset()

    def value(self, name: str) -> str | None:
        """Return the value of a variable, or None if it has none or a reference has none."""
        entry = self.entries.get(name)
        return entry.value if entry else None

    def variables(self) -> Iterator[Variable]:
        """Yield the variables that the chosen sides read.

        Variables that libraries read are included for the server, but only with an environment:
        on a developer's machine, ``NODE_ENV`` is not ``production``.
        """
        for variable in self.contract.values():
            if variable.side is Side.RUNTIME:
                if self.target is not None and Side.SERVER in self.sides:
                    yield variable
            elif variable.side in self.sides:
                yield variable

    def is_required(self, variable: Variable) -> bool:
        """Return whether the file must set the variable."""
        return variable.is_required(self.features)
