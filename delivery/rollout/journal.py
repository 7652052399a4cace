"""What a rollout did: each step is written before it begins and after it ended.

A journal is one object, written only over the version that was read. Who takes a rollout over
writes first; the loser's next write fails, and it stops.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from delivery.release import Release
from delivery.rollout.clock import Clock
from delivery.rollout.lock import Holder, Lock, lost
from delivery.rollout.store import ChangedElsewhere, Document, Store, swap


class Kind(StrEnum):
    """What a journal is about."""

    RUN = "run"
    ROLLBACK = "rollback"
    SETTLE = "settle"


class State(StrEnum):
    """How far a step is."""

    INTENT = "intent"
    DONE = "done"
    FAILED = "failed"
    HELD = "held"
    """A gate came to no verdict, and somebody has to decide."""


class Outcome(StrEnum):
    """How a rollout ended."""

    SUCCEEDED = "succeeded"
    ROLLED_BACK = "rolled back"
    """The traffic went back by itself, because the candidate failed."""
    ABORTED = "aborted"
    """The traffic went back because somebody wanted it."""
    REPLACED = "replaced"
    """A rollback began before it ended."""


class Entry(BaseModel):
    """A line of a journal."""

    model_config = ConfigDict(frozen=True)

    step: str
    state: State
    at: datetime
    detail: dict[str, Any] = {}
    """Of an intent: what was seen before. Of an end: the evidence."""


class Journal(BaseModel):
    """A rollout, from its beginning to its end."""

    model_config = ConfigDict(frozen=True)

    number: int
    kind: Kind
    environment: str
    release: Release
    fence: int
    holder: str
    run_url: str | None
    started_at: datetime
    allowed: tuple[str, ...] = ()
    """Addresses that may be destroyed or replaced."""
    fingerprint: str | None = None
    """Of the approved effects."""
    entries: tuple[Entry, ...] = ()
    without_verdict: str | None = None
    """Who decided that gates may go on where they come to no verdict."""
    back_to: dict[str, str] | None = None
    """Set when traffic goes back: the revision of each service. From then on there is no other way.
    """
    origin: int | None = None
    """Of a rollback: the rollout that made the revisions it goes to."""
    back_as: Outcome | None = None
    """The outcome once it is back."""
    reason: str | None = None
    """Why it goes back."""
    outcome: Outcome | None = None
    finished_at: datetime | None = None
    served: dict[str, str] = Field(default={})
    """At the end: the revision of each service that has all traffic."""
    findings: tuple[str, ...] = ()
    """At the end: what fails from outside, and is no reason to go back."""

    @property
    def is_open(self) -> bool:
        """Whether it has not ended."""
        return self.outcome is None

    @property
    def is_held(self) -> bool:
        """Whether it waits for somebody's decision."""
        return self.is_open and bool(self.entries) and self.entries[-1].state is State.HELD

    def done(self, step: str) -> dict[str, Any] | None:
        """Return the evidence of a step, or None if it is not done."""
        for entry in self.entries:
            if entry.step == step and entry.state is State.DONE:
                return entry.detail
        return None

    def intent(self, step: str) -> Entry | None:
        """Return the first intent of a step."""
        for entry in self.entries:
            if entry.step == step and entry.state is State.INTENT:
                return entry
        return None


def folder(environment: str) -> str:
    """Return where an environment's objects are: below the prefix that its deployer may write."""
    return f"{environment}/rollout"


def lock_name(environment: str) -> str:
    """Return the object that is the lock."""
    return f"{folder(environment)}/lock.json"


def _journal_name(environment: str, number: int) -> str:
    return f"{folder(environment)}/journal/{number:06}.json"


def read_journals(store: Store, environment: str) -> list[Journal]:
    """Return the journals of an environment, the oldest first."""
    journals = []
    for name in store.names(f"{folder(environment)}/journal/"):
        stored = store.read(name)
        if stored is not None:
            journals.append(_parsed(stored.content))
    return journals


def _parsed(content: Mapping[str, Any]) -> Journal:
    return Journal.model_validate({k: v for k, v in content.items() if k != "write"}, strict=False)


def _document(journal: Journal) -> Document:
    return journal.model_dump(mode="json")


class OpenJournal:
    """A journal that this process writes, under its lock."""

    def __init__(
        self, store: Store, clock: Clock, lock: Lock, journal: Journal, generation: int
    ) -> None:
        self._store = store
        self._clock = clock
        self.lock = lock
        self.journal = journal
        self._generation = generation

    @classmethod
    def create(cls, store: Store, clock: Clock, lock: Lock, journal: Journal) -> OpenJournal:
        """Begin a journal; raises LockLost if there is one of this number."""
        opened = cls(store, clock, lock, journal, 0)
        opened._write(journal)
        return opened

    @classmethod
    def take_over(
        cls, store: Store, clock: Clock, lock: Lock, journal: Journal, holder: Holder
    ) -> OpenJournal:
        """Go on with a journal: whoever wrote it before can do so no longer."""
        stored = store.read(_journal_name(journal.environment, journal.number))
        if stored is None:
            raise lost()
        current = _parsed(stored.content)
        if not current.is_open or current.fence > lock.fence:
            raise lost()
        opened = cls(store, clock, lock, current, stored.generation)
        opened.update(fence=lock.fence, holder=holder.name, run_url=holder.run_url)
        return opened

    def update(self, **fields: Any) -> None:
        """Change fields of the journal; raises LockLost."""
        self._write(self.journal.model_copy(update=fields))

    def record(self, step: str, state: State, detail: Mapping[str, Any]) -> None:
        """Write a line; raises LockLost."""
        entry = Entry(step=step, state=state, at=self._clock.now(), detail=dict(detail))
        self.update(entries=(*self.journal.entries, entry))

    def finish(
        self, outcome: Outcome, served: Mapping[str, str] = {}, findings: Sequence[str] = ()
    ) -> None:
        """Write how it ended; raises LockLost."""
        self.update(
            outcome=outcome,
            finished_at=self._clock.now(),
            served=dict(served),
            findings=tuple(findings),
        )

    def step(
        self,
        name: str,
        act: Callable[[Mapping[str, Any]], Mapping[str, Any]],
        *,
        before: Callable[[], Mapping[str, Any]] = dict,
    ) -> Mapping[str, Any]:
        """Do a step unless it is done, and return its evidence.

        ``act`` looks before it acts, because it may have been interrupted after it had acted. It is
        given what ``before`` saw when the step was first intended.
        """
        evidence = self.journal.done(name)
        if evidence is not None:
            return evidence
        if self.journal.intent(name) is None:
            self.record(name, State.INTENT, before())
        intent = self.journal.intent(name)
        assert intent is not None
        evidence = dict(act(intent.detail))
        self.record(name, State.DONE, evidence)
        return evidence

    def _write(self, journal: Journal) -> None:
        self.lock.renew()
        try:
            self._generation = swap(
                self._store,
                _journal_name(journal.environment, journal.number),
                _document(journal),
                generation=self._generation,
            )
        except ChangedElsewhere:
            raise lost() from None
        self.journal = journal


def next_number(journals: Iterable[Journal]) -> int:
    """Return the number of the next journal."""
    return max((journal.number for journal in journals), default=0) + 1
