"""The lock of an environment: one rollout at a time, and who took over is known.

It is an object that is only ever written over the generation that was read. Released, it stays, as
a tombstone: a DELETE could remove the lock of somebody who took over.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from delivery.rollout.clock import Clock
from delivery.rollout.errors import LockHeld, LockLost
from delivery.rollout.store import ChangedElsewhere, Document, Store, swap

LEASE = timedelta(minutes=30)
"""Renewed while anything takes long: Terraform, a migration, the gate. So it expires only where the
process is gone, or reaches the bucket no longer. Who lost it notices before its next change."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Who rolls out, and where its output can be read."""

    name: str
    run_url: str | None = None


@dataclass(frozen=True, slots=True)
class LockState:
    """What the object says."""

    holder: Holder
    expires_at: datetime
    fence: int
    """Rises with each acquisition. The journal carries it: a lower one is of a loser."""
    is_released: bool

    def is_held(self, now: datetime) -> bool:
        """Whether somebody holds the lock at a time."""
        return not self.is_released and now < self.expires_at

    def document(self) -> Document:
        """Return the content of the object."""
        return {
            "holder": self.holder.name,
            "run_url": self.holder.run_url,
            "expires_at": self.expires_at.isoformat(),
            "fence": self.fence,
            "released": self.is_released,
        }


def read_lock(store: Store, name: str) -> tuple[LockState | None, int]:
    """Return what the lock says, and its generation; None and 0 if nobody ever held it."""
    stored = store.read(name)
    if stored is None:
        return None, 0
    content = stored.content
    state = LockState(
        Holder(content["holder"], content["run_url"]),
        datetime.fromisoformat(content["expires_at"]),
        content["fence"],
        content["released"],
    )
    return state, stored.generation


class Lock:
    """A lock that this process holds."""

    def __init__(
        self, store: Store, name: str, clock: Clock, state: LockState, generation: int
    ) -> None:
        self._store = store
        self._name = name
        self._clock = clock
        self._state = state
        self._generation = generation

    @classmethod
    def acquire(
        cls, store: Store, name: str, clock: Clock, holder: Holder, *, break_lock: bool = False
    ) -> Lock:
        """Take the lock; raises LockHeld, unless ``break_lock`` takes it over."""
        before, generation = read_lock(store, name)
        now = clock.now()
        if before is not None and before.is_held(now) and not break_lock:
            raise _held(before)
        state = LockState(holder, now + LEASE, before.fence + 1 if before else 1, False)
        try:
            generation = swap(store, name, state.document(), generation=generation)
        except ChangedElsewhere:
            winner, _ = read_lock(store, name)
            raise (
                _held(winner)
                if winner
                else LockHeld("the lock changed while it was taken", "try again")
            ) from None
        return cls(store, name, clock, state, generation)

    @property
    def fence(self) -> int:
        """The number of this acquisition."""
        return self._state.fence

    def renew(self) -> None:
        """Extend the lease once half of it is used; raises LockLost."""
        now = self._clock.now()
        if self._state.expires_at - now < LEASE / 2:
            self._write(replace(self._state, expires_at=now + LEASE))

    def confirm(self) -> None:
        """Raise LockLost if somebody took the lock over."""
        stored = self._store.read(self._name)
        if stored is None or stored.generation != self._generation:
            raise lost()

    def release(self) -> None:
        """Give the lock back; raises LockLost."""
        self._write(replace(self._state, is_released=True))

    def _write(self, state: LockState) -> None:
        try:
            self._generation = swap(
                self._store, self._name, state.document(), generation=self._generation
            )
        except ChangedElsewhere:
            raise lost() from None
        self._state = state


def lost() -> LockLost:
    """Return the error of a process whose lock somebody took over."""
    return LockLost(
        "another process took the lock over; nothing more was changed here",
        "beep-infra rollout status shows who it is",
    )


def _held(state: LockState) -> LockHeld:
    where = f" ({state.holder.run_url})" if state.holder.run_url else ""
    return LockHeld(
        f"{state.holder.name}{where} holds the lock until {state.expires_at:%H:%M} UTC",
        "wait for it; after a crash: beep-infra rollout resume --break-lock",
    )
