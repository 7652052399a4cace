"""What is served, what was made and is not, and who rolls out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from delivery.release import Release
from delivery.rollout.cloud_run import CloudRun, PinnedSecret
from delivery.rollout.engine import Rollout
from delivery.rollout.history import kept, open_journal, served
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
class KeptRelease:
    """A release to which somebody may have to go back."""

    release: str
    revisions: Mapping[str, str]
    """By service."""
    gone: tuple[str, ...]
    """Those of the revisions that are no longer there."""
    secrets: tuple[str, ...]
    """The versions that they read, and that what is served does not: they must stay enabled."""


@dataclass(frozen=True, slots=True)
class Status:
    """An environment."""

    environment: str
    serving: Journal | None
    interrupted: Journal | None
    lock: LockState | None
    """Only while somebody holds it."""
    services: tuple[ServiceStatus, ...]
    kept: tuple[KeptRelease, ...]
    """What served before, the newest first."""


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
        tuple(_kept(google.run, journals)),
    )


def _kept(run: CloudRun, journals: Sequence[Journal]) -> Iterator[KeptRelease]:
    releases = kept(journals)
    read_now = {pinned for serving in releases[:1] for pinned in _pinned(run, serving)[1]}
    for journal in releases[1:]:
        gone, pins = _pinned(run, journal)
        secrets = tuple(f"version {p.version} of {p.secret_id}" for p in sorted(pins - read_now))
        yield KeptRelease(journal.release.release, journal.served, tuple(gone), secrets)


def _pinned(run: CloudRun, journal: Journal) -> tuple[list[str], set[PinnedSecret]]:
    """Return the revisions of a rollout that are gone, and the secrets that the others read."""
    gone: list[str] = []
    pins: set[PinnedSecret] = set()
    for service, revision in journal.served.items():
        state = run.revision(service, revision)
        if state is None:
            gone.append(revision)
        else:
            pins |= state.secrets
    return gone, pins


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
