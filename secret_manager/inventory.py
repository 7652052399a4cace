"""What is there of the secrets that an environment uses, against what its file pins."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from constructs_lib.environment.environment import Environment
from constructs_lib.environment.wiring import SecretUse
from google_api import NotFound
from secret_manager.client import SecretManager, State, Version


@dataclass(frozen=True, slots=True)
class Finding:
    """What keeps a secret from being read, and the fix."""

    variable: str
    what: str
    fix: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A secret in use, with the versions that it has."""

    use: SecretUse
    environment: str
    project: str
    versions: tuple[Version, ...] | None
    """None where the secret itself is not there."""

    @property
    def pinned(self) -> Version | None:
        """The version that the file pins, if it is there."""
        return next((v for v in self.versions or () if v.number == self.use.version), None)

    @property
    def next_number(self) -> int:
        """The number that the next version gets; a destroyed one keeps its own."""
        return max((v.number for v in self.versions or ()), default=0) + 1

    @property
    def newer(self) -> tuple[Version, ...]:
        """The enabled versions after the pinned one, which nothing reads."""
        return tuple(
            v
            for v in self.versions or ()
            if v.number > self.use.version and v.state is State.ENABLED
        )

    @property
    def is_ready(self) -> bool:
        """Whether what the file pins can be read."""
        return self.pinned is not None and self.pinned.state is State.ENABLED

    @property
    def is_next(self) -> bool:
        """Whether the pinned version is the one that would be added next."""
        return self.versions is not None and self.next_number == self.use.version

    def finding(self) -> Finding | None:
        """Return what keeps the pinned version from being read; None where nothing does."""
        if self.is_ready:
            return None
        if self.is_next:
            return self._found(f"has no version {self.use.version}", self._how_to_write)
        return self.obstacle()

    def obstacle(self) -> Finding | None:
        """Return what adding a version would not mend."""
        number, pinned = self.use.version, self.pinned
        if self.versions is None:
            return self._found("is not there", f"apply the stack {self.environment}-foundation")
        if self.is_ready or self.is_next:
            return None
        if pinned is not None and pinned.state is State.DISABLED:
            return self._found(
                f"version {number} is pinned and disabled",
                f"gcloud secrets versions enable {number} --secret={self.use.secret_id} "
                f"--project={self.project}",
            )
        if pinned is None and number > self.next_number:
            return self._found(
                f"version {number} is pinned, and the next one gets the number {self.next_number}",
                self._pin(self.next_number),
            )
        gone = "destroyed" if pinned else "not there, and its number is past"
        return self._found(f"version {number} is pinned and {gone}", self._how_to_replace)

    def _found(self, what: str, fix: str) -> Finding:
        return Finding(self.use.variable, f"{self.use.secret_id}: {what}", fix)

    def _pin(self, number: int) -> str:
        file, key = f"environments/{self.environment}.toml", f"secret_versions.{self.use.variable}"
        if number == 1:
            return f"remove {key} from {file}"
        return f"set {key} = {number} in {file}"

    @property
    def _how_to_write(self) -> str:
        if self.use.value.origin.is_written_by_terraform:
            return f"apply the stack {self.environment}-data"
        return f"beep-infra secrets sync --env {self.environment}"

    @property
    def _how_to_replace(self) -> str:
        if self.use.value.origin.is_written_by_terraform:
            return f"{self._pin(self.next_number)}, and apply the stack {self.environment}-data"
        rotate = f"beep-infra secrets sync --env {self.environment} --rotate {self.use.variable}"
        return f"{rotate}, and pin the number that it says"


@dataclass(frozen=True, slots=True)
class Inventory:
    """The secrets of an environment."""

    environment: Environment
    entries: tuple[Entry, ...]

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What keeps pinned versions from being read."""
        return tuple(f for entry in self.entries if (f := entry.finding()) is not None)

    def of(self, variable: str) -> Entry:
        """Return the entry of a variable's secret; raises KeyError."""
        for entry in self.entries:
            if entry.use.variable == variable:
                return entry
        raise KeyError(variable)


def take(environment: Environment, manager: SecretManager) -> Inventory:
    """Ask for the versions of each secret in use; raises GoogleError."""
    return Inventory(
        environment,
        tuple(_entry(environment, use, manager) for use in environment.secrets),
    )


def _entry(environment: Environment, use: SecretUse, manager: SecretManager) -> Entry:
    versions: tuple[Version, ...] | None
    try:
        versions = manager.versions(use.secret_id)
    except NotFound:
        versions = None
    return Entry(use, environment.settings.environment, manager.project, versions)


def unused(environment: Environment, manager: SecretManager) -> Iterator[str]:
    """Yield the ids of secrets with our prefix that the environment does not use."""
    used = {use.secret_id for use in environment.secrets}
    prefix = f"{environment.settings.name_prefix}-"
    for secret_id in manager.secret_ids():
        if secret_id.startswith(prefix) and secret_id not in used:
            yield secret_id
