"""Rolls out, resumes, goes back, aborts and settles: how each begins, and how it ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from delivery.release import Migrations, Release
from delivery.rollout.cloud_run import (
    Ready,
    RevisionState,
    TrafficTarget,
)
from delivery.rollout.errors import (
    CandidateFailed,
    LockLost,
    Refused,
    RolloutError,
    StepFailed,
)
from delivery.rollout.forward import Forward
from delivery.rollout.history import contracted_since, destination, open_journal, served
from delivery.rollout.journal import (
    Journal,
    Kind,
    OpenJournal,
    Outcome,
    lock_name,
    next_number,
    read_journals,
)
from delivery.rollout.lock import Holder, Lock
from delivery.rollout.pin import pin
from delivery.rollout.plan import Plan
from delivery.rollout.readable import refuse_unreadable_secrets
from delivery.rollout.report import Report, Silence
from delivery.rollout.steps import Steps
from delivery.rollout.target import STACKS, Target
from delivery.rollout.world import Meanwhile, World
from google_api import GoogleError

_GRACE_SECONDS = 30
"""Longer than a process that lost its lock can still be within one call of Google."""


@dataclass(frozen=True, slots=True)
class Rollout:
    """The rollouts of one environment. Every method raises RolloutError and GoogleError."""

    world: World
    target: Target
    holder: Holder
    report: Report = field(default_factory=Silence)

    def plan(self, release: Release, parts: Sequence[str] = STACKS) -> list[Plan]:
        """Plan the stacks for a release. Nothing is changed, and no lock is taken."""
        images = release.images_for(self.target.environment)
        return [self.world.terraform.plan(self.target.stack(part), images) for part in parts]

    def journals(self) -> list[Journal]:
        """Return the journals, the oldest first."""
        return read_journals(self.world.google.store, self.target.environment)

    def run(
        self, release: Release, *, approved: str | None, allowed: Sequence[str] = ()
    ) -> Journal:
        """Bring a release to all users."""
        self._demand_approval(approved)
        self._refuse_second(self.journals())
        self.refuse_hidden_contract(release)
        lock = self._lock()
        return self._ending(lock, lambda: self._begin(lock, Kind.RUN, release, approved, allowed))

    def settle(self, *, approved: str | None, allowed: Sequence[str] = ()) -> Journal:
        """After going back, bring the templates back as well; traffic stays where it is."""
        self._demand_approval(approved)
        release = self.served_release()
        self._refuse_second(self.journals())
        lock = self._lock()
        return self._ending(
            lock, lambda: self._begin(lock, Kind.SETTLE, release, approved, allowed)
        )

    def refuse_hidden_contract(self, release: Release) -> None:
        """Raise Refused if a release is marked expand, and takes away what is served here uses."""
        serving = served(self.journals())
        taken = release.contracts_since(serving.release if serving else None)
        if release.migrations is Migrations.CONTRACT or not taken or serving is None:
            return
        places = [f"{file}:{text}" for file, texts in taken.items() for text in texts]
        raise Refused(
            f"{release.release} is marked expand, but its migrations take away what "
            f"{serving.release.release} may use, which is served here:\n    "
            + "\n    ".join(places),
            "roll out the release first that came with these files and is marked contract; or "
            'write "migrations": "contract" into this one: then nothing goes back past it',
        )

    def served_release(self) -> Release:
        """Return the release that is served; raises Refused if none is known."""
        serving = served(self.journals())
        if serving is None:
            raise Refused(
                "no release is known to be served here", "begin with beep-infra rollout run"
            )
        return serving.release

    def resume(self, *, proceed: bool = False, break_lock: bool = False) -> Journal:
        """Go on with the rollout that has not ended.

        With ``proceed`` its gates, from the one at which it is held, go on where they come to no
        verdict. A candidate that fails still fails.
        """
        lock = self._lock(break_lock)

        def begin() -> OpenJournal:
            journal = self.open_journal()
            if proceed and not journal.is_held:
                raise Refused(
                    f"the {journal.kind} of {journal.release.release} is held at no gate",
                    "resume without --proceed; if a gate then comes to no verdict, it is held",
                )
            opened = self._take_over(lock, journal)
            if proceed:
                opened.update(without_verdict=self.holder.name)
            return opened

        return self._ending(lock, begin)

    def abort(self, *, force: bool = False, break_lock: bool = False) -> Journal:
        """End the rollout that has not ended; traffic goes back to what had it before."""
        lock = self._lock(break_lock)

        def begin() -> OpenJournal:
            journal = self.open_journal()
            if journal.kind is not Kind.RUN:
                raise Refused(
                    f"the {journal.kind} {journal.number} cannot be aborted",
                    "beep-infra rollout resume ends it",
                )
            if journal.back_to is None:
                self._refuse_past_contract(journal.number - 1, force)
            opened = self._take_over(lock, journal)
            if opened.journal.back_to is None:
                _turn_back(opened, Outcome.ABORTED, "aborted")
            return opened

        return self._ending(lock, begin)

    def rollback(
        self, *, to: str | None = None, force: bool = False, break_lock: bool = False
    ) -> Journal:
        """Give all traffic to an earlier release: one call for each service, no Terraform."""
        # Before the lock is broken: what is refused must not stop a rollout.
        self.rollback_goal(to=to, force=force)
        lock = self._lock(break_lock)

        def begin() -> OpenJournal:
            # Not the secrets once more: that is a call for each, and nobody destroys them now.
            goal, _ = self._goal(to, force)
            journals = self.journals()
            interrupted = open_journal(journals)
            if interrupted is not None:
                self._take_over(lock, interrupted).finish(Outcome.REPLACED)
            return self._create(
                lock,
                journals,
                Kind.ROLLBACK,
                goal.release,
                origin=goal.number,
                back_to=goal.served,
                back_as=Outcome.SUCCEEDED,
                reason="rollback",
            )

        return self._ending(lock, begin, is_contested=break_lock)

    def rollback_goal(self, *, to: str | None, force: bool) -> Journal:
        """Return the rollout to whose revisions a rollback would go; raises Refused."""
        goal, states = self._goal(to, force)
        if not force:
            secrets = self.world.google.secrets
            refuse_unreadable_secrets(states, secrets, self.target.project, self.report)
        return goal

    def _goal(self, to: str | None, force: bool) -> tuple[Journal, Mapping[str, RevisionState]]:
        """Return the rollout to go back to, and each service's revision of it."""
        goal = destination(self.journals(), to)
        self._refuse_past_contract(goal.number, force)
        states = {}
        for name, revision in goal.served.items():
            state = self.world.google.run.revision(name, revision)
            if state is None or (state.ready is not Ready.YES and not force):
                seen = f"is not ready: {state.message}" if state else "is gone"
                raise Refused(
                    f"the revision {revision} of {name} {seen}", "go back to another release: --to"
                )
            states[name] = state
        return goal, states

    def under_the_lock(self, act: Callable[[Meanwhile], int]) -> int:
        """Do something that is no rollout while no rollout can begin, and return its exit code.

        Traffic is pinned before, so that what is applied meanwhile reaches no user. ``act`` gets
        what it calls again and again; that raises LockLost once somebody took the lock over.
        """
        self._refuse_second(self.journals())
        lock = self._lock()
        with _given_back(lock):
            self._refuse_second(self.journals())
            pin(self.world, self.target, lock)
            return act(lock.renew)

    def _demand_approval(self, approved: str | None) -> None:
        if approved is None and self.target.needs_approval:
            raise Refused(
                f"{self.target.environment} takes only what was approved",
                "beep-infra rollout plan prints the fingerprint for --approve",
            )

    def _refuse_second(self, journals: Sequence[Journal]) -> None:
        """Also before the lock is touched: its holder may be slow, and the lock look free."""
        if interrupted := open_journal(journals):
            raise Refused(
                f"the {interrupted.kind} of {interrupted.release.release} has not ended",
                "beep-infra rollout resume goes on with it, abort gives the traffic back",
            )

    def _lock(self, break_lock: bool = False) -> Lock:
        name = lock_name(self.target.environment)
        google = self.world.google
        return Lock.acquire(
            google.store, name, self.world.clock, self.holder, break_lock=break_lock
        )

    def open_journal(self) -> Journal:
        """Return the rollout that has not ended; raises Refused if there is none."""
        journal = open_journal(self.journals())
        if journal is None:
            raise Refused("every rollout here has ended", "see beep-infra rollout status")
        return journal

    def _take_over(self, lock: Lock, journal: Journal) -> OpenJournal:
        google = self.world.google
        return OpenJournal.take_over(google.store, self.world.clock, lock, journal, self.holder)

    def _begin(
        self,
        lock: Lock,
        kind: Kind,
        release: Release,
        approved: str | None,
        allowed: Sequence[str],
    ) -> OpenJournal:
        journals = self.journals()
        self._refuse_second(journals)
        return self._create(
            lock, journals, kind, release, fingerprint=approved, allowed=tuple(allowed)
        )

    def _create(
        self,
        lock: Lock,
        journals: Sequence[Journal],
        kind: Kind,
        release: Release,
        **fields: object,
    ) -> OpenJournal:
        journal = Journal.model_validate(
            {
                "number": next_number(journals),
                "kind": kind,
                "environment": self.target.environment,
                "release": release,
                "fence": lock.fence,
                "holder": self.holder.name,
                "run_url": self.holder.run_url,
                "started_at": self.world.clock.now(),
                **fields,
            }
        )
        return OpenJournal.create(self.world.google.store, self.world.clock, lock, journal)

    def _ending(
        self, lock: Lock, begin: Callable[[], OpenJournal], *, is_contested: bool = False
    ) -> Journal:
        """Do the steps of a journal, and give the lock back however they end."""
        with _given_back(lock):
            opened = begin()
            self._steps_of(opened, is_contested)
        return opened.journal

    def _steps_of(self, opened: OpenJournal, is_contested: bool) -> None:
        steps = Steps(self.world, self.target, opened, self.report)
        try:
            if opened.journal.back_to is None:
                Forward(self.target, steps).go(opened)
        except Refused:
            if not _has_applied(opened.journal):
                opened.finish(Outcome.ABORTED)
            raise
        except CandidateFailed as error:
            if opened.journal.release.migrations is Migrations.CONTRACT:
                raise StepFailed(
                    f"{error.what}; and this release has contract migrations, past which nothing "
                    "goes back by itself",
                    "repair it with a new release, or: beep-infra rollout abort --force",
                ) from None
            _turn_back(opened, Outcome.ROLLED_BACK, error.what)
        if opened.journal.is_open:
            self._back(opened, steps, is_contested)

    def _back(self, opened: OpenJournal, steps: Steps, is_contested: bool) -> None:
        """Give the traffic back, in the reverse order of a rollout."""
        back_to, outcome = opened.journal.back_to, opened.journal.back_as
        assert back_to is not None
        assert outcome is not None
        services = [s for s in reversed(self.target.services) if s.name in back_to]
        for service in services:
            steps.traffic("back", service, [TrafficTarget(back_to[service.name], 100)])
        if is_contested:
            # Who lost the lock may have been within a call, and that call may arrive last.
            self.world.clock.sleep(_GRACE_SECONDS)
            for service in services:
                steps.traffic("again back", service, [TrafficTarget(back_to[service.name], 100)])
        opened.finish(outcome, back_to)

    def _refuse_past_contract(self, number: int, force: bool) -> None:
        if not force and (contracted := contracted_since(self.journals(), number)):
            raise Refused(
                f"the migrations of {', '.join(contracted)} removed what earlier releases use",
                "repair it with a new release; --force goes back regardless, to a version that "
                "may fail on this schema",
            )


@contextmanager
def _given_back(lock: Lock) -> Iterator[None]:
    """Give the lock back at the end.

    Not after a fault of this program: then the lock expires, and a journal says where to go on.
    """
    try:
        yield
    except LockLost:
        raise
    except (RolloutError, GoogleError, OSError, KeyboardInterrupt):
        lock.release()
        raise
    lock.release()


def _turn_back(opened: OpenJournal, outcome: Outcome, reason: str) -> None:
    pinned = opened.journal.done("pin") or {}
    before = {name: revision for name, revision in pinned.items() if revision}
    opened.update(back_to=before, back_as=outcome, reason=reason)


def _has_applied(journal: Journal) -> bool:
    return any(entry.step.startswith("apply ") for entry in journal.entries)
