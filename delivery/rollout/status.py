"""What is served, what was made and is not, and who rolls out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from delivery.release import Release
from delivery.rollout.engine import Rollout
from delivery.rollout.history import open_journal, served
from delivery.rollout.journal import Journal, State, lock_name
from delivery.rollout.lock import LockState, read_lock


@dataclass(frozen=True, slots=True)
class ServiceStatus:
    """A service as Cloud Run has it now."""

    name: str
    shares: tuple[tuple[str, int], ...]
    """Each revision, or "the newest", and its percentage."""
    is_pinned: bool
    newest: str
    template: tuple[str, ...]
    """The releases that have the image of the newest template."""

    @property
    def waits(self) -> bool:
        """Whether the newest revision gets no traffic."""
        return self.is_pinned and self.newest not in {
            name for name, percent in self.shares if percent
        }


@dataclass(frozen=True, slots=True)
class Status:
    """An environment."""

    environment: str
    serving: Journal | None
    interrupted: Journal | None
    lock: LockState | None
    """Only while somebody holds it."""
    services: tuple[ServiceStatus, ...]


def status_of(rollout: Rollout) -> Status:
    """Look at everything, and change nothing; raises GoogleError."""
    google, target = rollout.world.google, rollout.target
    journals = rollout.journals()
    lock, _ = read_lock(google.store, lock_name(target.environment))
    services = []
    for service in target.services:
        state = google.run.service(service.name)
        if state is None:
            continue
        shares = tuple((t.revision or "the newest", t.percent) for t in state.traffic)
        names = dict.fromkeys(
            journal.release.release
            for journal in reversed(journals)
            if journal.release.image(service.image, target.environment) == state.image
        )
        services.append(
            ServiceStatus(
                service.name, shares, state.is_pinned(), state.latest_created, tuple(names)
            )
        )
    return Status(
        target.environment,
        served(journals),
        open_journal(journals),
        lock if lock and lock.is_held(rollout.world.clock.now()) else None,
        tuple(services),
    )


def last_step(journal: Journal) -> str | None:
    """Return the step that a rollout is at: the last one that began."""
    began = [entry.step for entry in journal.entries if entry.state is State.INTENT]
    return began[-1] if began else None


def difference(old: Release, new: Release, environment: str) -> Mapping[str, Sequence[Any]]:
    """Return what changes between two releases: by name, the old and the new value."""
    values = [
        {
            "commit": release.commit,
            "migrations": release.migrations.value,
            **{f"images.{n}": image for n, image in release.images_for(environment).items()},
        }
        for release in (old, new)
    ]
    names = sorted({*values[0], *values[1]})
    pairs = {name: (values[0].get(name), values[1].get(name)) for name in names}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
