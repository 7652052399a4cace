"""The steps of a rollout. Each looks before it acts, so that it can be done again after a crash."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from delivery.release import MIGRATIONS_IMAGE
from delivery.rollout.alerts import OpenAlert
from delivery.rollout.cloud_run import (
    CANDIDATE,
    ExecutionState,
    Ready,
    ServiceState,
    TrafficTarget,
)
from delivery.rollout.errors import CandidateFailed, Held, Refused, StepFailed
from delivery.rollout.gate import Judgement, Sample, Verdict, decide, judge, together, with_alerts
from delivery.rollout.journal import OpenJournal, State
from delivery.rollout.outside import failures, of_a_revision, told
from delivery.rollout.pin import pin
from delivery.rollout.plan import Plan, fingerprint, refuse_destruction, refuse_unapproved
from delivery.rollout.report import Report
from delivery.rollout.target import ServiceTarget, Target
from delivery.rollout.world import World
from google_api import GoogleError, Unreachable

_POLL_SECONDS = 5
_READY_SECONDS = 600
_SMOKE_SECONDS = 120
_MIGRATE_SECONDS = 3600
_BEGUN_SECONDS = 30
"""After a call to run a job whose answer is lost: so long until its execution is listed."""

_LOG_LOOKS = 4

Evidence = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Steps:
    """The steps, on one environment and for one journal."""

    world: World
    target: Target
    opened: OpenJournal
    report: Report

    def pin(self) -> dict[str, str | None]:
        """Name the revision that serves, so that no apply can send users to a new one.

        Returns it for each service, or None for a service that does not exist yet.
        """
        return dict(self._step("pin", lambda _: pin(self.world, self.target, self.opened.lock)))

    def approve(self, stacks: Sequence[str], approved: str | None) -> None:
        """Plan the stacks under the lock, and hold the effects against what was approved."""
        self._step("approve", lambda _: self._approve(stacks, approved))

    def apply(self, part: str) -> None:
        """Plan a stack again, and apply what of it was approved."""
        self._step(f"apply {part}", lambda _: self._apply(part))

    def migrate(self) -> None:
        """Run the migrations once, and wait."""
        run, job = self.world.google.run, self.target.migrate_job
        self._step(
            "migrate",
            lambda intent: self._migrate(frozenset(intent["before"])),
            before=lambda: {"before": [e.name for e in run.executions(job)]},
        )

    def candidate(self, service: ServiceTarget) -> str:
        """Wait until the new revision of a service is ready, and return it."""
        return str(
            self._step(f"candidate {service.name}", lambda _: self._candidate(service))["revision"]
        )

    def traffic(self, step: str, service: ServiceTarget, wanted: Sequence[TrafficTarget]) -> None:
        """Make the traffic of a service so."""
        evidence = {"traffic": list(map(str, wanted))}

        def act(_: Evidence) -> Evidence:
            self._set_traffic(service.name, wanted)
            return evidence

        self._step(f"{step} {service.name}", act)

    def look(self) -> Sequence[str]:
        """Ask what serves, before anything changes, and return what fails already."""
        live = self.world.outside.live
        return list(self._step("look", lambda _: {"failures": failures(live())})["failures"])

    def smoke(self, service: ServiceTarget) -> None:
        """Ask the candidate what ``verify`` asks of a revision."""
        self._step(f"smoke {service.name}", lambda _: self._smoke(service))

    def gate(self, percent: int, candidates: Mapping[ServiceTarget, tuple[str, str]]) -> None:
        """Watch the candidates at their share until there is a verdict.

        ``candidates`` are the new and the stable revision of each service. Raises CandidateFailed
        or Held.
        """
        step = f"gate {percent}"
        self._step(step, lambda _: self._gate(step, candidates))

    def plans_are_empty(self, parts: Sequence[str]) -> None:
        """Plan every stack: nothing may be left to do."""
        self._step("plans", lambda _: self._plans_are_empty(parts))

    def verify(self, before: Sequence[str], *, can_go_back: bool) -> Sequence[str]:
        """Ask the environment all that ``verify`` asks, and return what failed.

        Raises CandidateFailed, if ``can_go_back``, for what a revision answers and what did not
        fail before the rollout.
        """
        return list(self._step("verify", lambda _: self._verify(before, can_go_back))["failures"])

    def _step(self, name: str, act: Any, **options: Any) -> Evidence:
        def reported(intent: Evidence) -> Evidence:
            self.report.begin(name)
            return dict(act(intent))

        is_new = self.opened.journal.done(name) is None
        try:
            evidence = self.opened.step(name, reported, **options)
        except (CandidateFailed, Held, StepFailed, Refused, GoogleError) as error:
            self.report.fail(name, error.what)
            raise
        if is_new:
            self.report.end(name, evidence)
        return evidence

    def _set_traffic(self, service: str, wanted: Sequence[TrafficTarget]) -> None:
        lock = self.opened.lock
        self.world.google.run.set_traffic(service, wanted, confirm=lock.confirm)

    def _plan(self, part: str) -> Plan:
        images = self.opened.journal.release.images_for(self.target.environment)
        return self.world.terraform.plan(self.target.stack(part), images, self._keep_lock)

    def _approve(self, stacks: Sequence[str], approved: str | None) -> Evidence:
        plans = [self._plan(part) for part in stacks]
        refuse_destruction(plans, self.opened.journal.allowed)
        seen = fingerprint(plans)
        if approved is not None and approved != seen:
            raise Refused(
                f"the effects are no longer those that were approved: {seen[:12]} is planned now, "
                f"{approved[:12]} was approved",
                "plan again with beep-infra rollout plan, and approve that",
            )
        return {
            "fingerprint": seen,
            "effects": {plan.stack: [e.digest for e in plan.effects] for plan in plans},
        }

    def _apply(self, part: str) -> Evidence:
        plan = self._plan(part)
        approval = self.opened.journal.done("approve")
        assert approval is not None
        refuse_unapproved(plan, approval["effects"].get(plan.stack, ()))
        if not plan.is_empty:
            # The plan took its time.
            self.opened.lock.confirm()
            self.world.terraform.apply(plan, self._keep_lock)
        if part == "services":
            self._demand_unchanged_traffic()
        return {"changes": [str(effect) for effect in plan.effects]}

    def _demand_unchanged_traffic(self) -> None:
        """Give traffic back that an apply moved, and stop."""
        moved = []
        for name, revision in (self.opened.journal.done("pin") or {}).items():
            wanted = [TrafficTarget(revision, 100)]
            state = self.world.google.run.service(name) if revision else None
            if state is not None and state.serving() != revision:
                self._set_traffic(name, wanted)
                moved.append(name)
        if moved:
            raise StepFailed(
                f"the apply moved the traffic of {', '.join(moved)}; it was given back",
                "see that lifecycle.ignore_changes of the services has traffic (make policy)",
            )

    def _migrate(self, before: frozenset[str]) -> Evidence:
        run, job = self.world.google.run, self.target.migrate_job
        release = self.opened.journal.release
        image = self.target.image(release, MIGRATIONS_IMAGE)
        begun_at: float | None = None
        waited = 0
        while True:
            new = [e for e in run.executions(job) if e.name not in before and e.image == image]
            if new:
                execution = new[-1]
                match execution.state:
                    case ExecutionState.SUCCEEDED:
                        return {"execution": execution.name}
                    case ExecutionState.FAILED:
                        raise StepFailed(
                            f"the migration {execution.name} failed; its log: "
                            f"{execution.log_uri or 'in Cloud Logging'}"
                            + self._end_of_log(execution.name),
                            "docs/runbook.md, a migration failed; then abort, and release again",
                        )
            elif begun_at is None:
                self.opened.lock.confirm()
                # After that it may have begun: its execution is then listed soon.
                with suppress(Unreachable):
                    run.execute(job)
                begun_at = waited
            elif waited - begun_at >= _BEGUN_SECONDS:
                raise StepFailed(
                    f"no execution of {job} is listed after it was begun",
                    "see the job in the console, then: beep-infra rollout resume",
                )
            if waited >= _MIGRATE_SECONDS:
                raise StepFailed(
                    f"the migration runs for more than {_MIGRATE_SECONDS // 60} minutes",
                    "see its log; resume waits for it again",
                )
            self._wait(_POLL_SECONDS)
            waited += _POLL_SECONDS

    def _end_of_log(self, execution: str) -> str:
        """Return the last lines of a migration, indented; they arrive some seconds late."""
        lines: list[str] = []
        try:
            for _ in range(_LOG_LOOKS):
                lines = self.world.google.job_log.tail(self.target.migrate_job, execution)
                if lines:
                    break
                self._wait(_POLL_SECONDS)
        except GoogleError as error:
            return f"\n    (it cannot be read here: {error.what})"
        return "".join(f"\n    {line}" for line in lines)

    def _candidate(self, service: ServiceTarget) -> Evidence:
        run = self.world.google.run
        release = self.opened.journal.release
        image = self.target.image(release, service.image)
        stable = (self.opened.journal.done("pin") or {}).get(service.name)
        waited = 0
        while True:
            state = run.service(service.name)
            if state is not None and state.is_settled and state.image == image:
                revision = run.revision(service.name, state.latest_created)
                if revision is not None and revision.ready is Ready.YES:
                    return {"revision": state.latest_created, "stable": stable, "image": image}
                if revision is not None and revision.ready is Ready.NO:
                    raise CandidateFailed(
                        f"{state.latest_created} does not start: {revision.message}",
                        "read its log, and release a repaired image",
                    )
            if waited >= _READY_SECONDS:
                raise CandidateFailed(
                    f"{service.name} has no ready revision with the release's image after "
                    f"{_READY_SECONDS // 60} minutes",
                    "see its revisions in the console",
                )
            self._wait(_POLL_SECONDS)
            waited += _POLL_SECONDS

    def _smoke(self, service: ServiceTarget) -> Evidence:
        state = self.world.google.run.service(service.name)
        host = _host(service, state)
        if host is None:
            return {"left out": "no address answers from outside; set edge.candidate_hosts"}
        waited = 0
        while True:
            results = self.world.outside.smoke(service.name, host)
            failing = told(results)
            if not failing:
                return {"host": host, "passed": sorted({result.check for result in results})}
            if waited >= _SMOKE_SECONDS:
                raise CandidateFailed("; ".join(failing), "read the candidate's log")
            self._wait(_POLL_SECONDS)
            waited += _POLL_SECONDS

    def _verify(self, before: Sequence[str], can_go_back: bool) -> Evidence:
        results = self.world.outside.verify(self._keep_lock)
        new = [f for f in failures(results) if of_a_revision(f) and f not in before]
        if new and can_go_back:
            raise CandidateFailed(
                f"it serves, and from outside fails what did not before: {'; '.join(new)}",
                f"read its log; beep-infra verify {self.target.environment} asks again",
            )
        return {"checks": len(results), "failures": told(results)}

    def _gate(self, step: str, candidates: Mapping[ServiceTarget, tuple[str, str]]) -> Evidence:
        """Measure anew, also after a crash: what was seen before may be of another share."""
        clock, timing = self.world.clock, self.target.timing
        if self.opened.journal.without_verdict:
            # Somebody waited for a verdict already.
            timing = replace(timing, max_hold=timing.hold)
        since = clock.now()
        looks: list[tuple[float, Verdict]] = []
        self._wait(timing.first_look)
        while True:
            alerts = self._open_alerts()
            judgements = {s: self._look(s, *pair, since, alerts) for s, pair in candidates.items()}
            words = {s.name: f"{j.verdict}: {j.reason}" for s, j in judgements.items()}
            verdict = together(judgement.verdict for judgement in judgements.values())
            looks.append(((clock.now() - since).total_seconds(), verdict))
            self.report.note("; ".join(f"{name} {text}" for name, text in words.items()))
            match decide(looks, timing):
                case Verdict.PASS:
                    return words
                case Verdict.FAIL:
                    raise CandidateFailed(_joined(words), "see the errors of the candidate")
                case Verdict.INCONCLUSIVE:
                    return self._undecided(step, words)
            self._wait(timing.interval)

    def _undecided(self, step: str, words: Mapping[str, str]) -> Evidence:
        if somebody := self.opened.journal.without_verdict:
            return {**words, "verdict": f"none; {somebody} decided to go on without"}
        match self.target.on_inconclusive:
            case Verdict.PASS:
                return {**words, "verdict": "none; this environment goes on without"}
            case Verdict.FAIL:
                raise CandidateFailed(f"no verdict: {_joined(words)}", "send it more requests")
        self.opened.record(step, State.HELD, words)
        raise Held(
            f"no verdict: {_joined(words)}",
            "send the candidate requests and resume; or decide: beep-infra rollout resume "
            "--proceed, or abort",
        )

    def _open_alerts(self) -> Sequence[OpenAlert] | GoogleError:
        """Return the open alerts on services of this environment, or why they cannot be read."""
        names = {service.name for service in self.target.services}
        try:
            alerts = self.world.google.alerts.of_services()
        except GoogleError as error:
            return error
        return [alert for alert in alerts if alert.service in names]

    def _look(
        self,
        service: ServiceTarget,
        candidate: str,
        stable: str,
        since: datetime,
        alerts: Sequence[OpenAlert] | GoogleError,
    ) -> Judgement:
        google = self.world.google
        revision = google.run.revision(service.name, candidate)
        if revision is None or revision.ready is Ready.NO:
            return Judgement(Verdict.FAIL, f"{candidate} is not ready")
        try:
            samples: Mapping[str, Sample] = google.metrics.samples(
                service.name, since, self.world.clock.now()
            )
        except GoogleError as error:
            return Judgement(Verdict.INCONCLUSIVE, f"the metrics cannot be read: {error.what}")
        judgement = judge(samples.get(candidate), samples.get(stable), service.limits)
        if isinstance(alerts, GoogleError):
            return with_alerts(judgement, (), [f"the alerts cannot be read: {alerts.what}"])
        new = [a for a in alerts if a.service == service.name and a.opened_at >= since]
        old = [alert for alert in alerts if alert not in new]
        return with_alerts(judgement, list(map(str, new)), list(map(str, old)))

    def _plans_are_empty(self, parts: Sequence[str]) -> Evidence:
        left = [plan for plan in map(self._plan, parts) if not plan.is_empty]
        if left:
            raise StepFailed(
                "Terraform would change again: "
                + ", ".join(f"{plan.stack} ({len(plan.effects)} resources)" for plan in left),
                "somebody changed the environment, or a setting has no stable form: plan it",
            )
        return {"empty": list(parts)}

    def _wait(self, seconds: float) -> None:
        self.world.clock.sleep(seconds)
        self._keep_lock()

    def _keep_lock(self) -> None:
        """Renew the lock while something takes long; raises LockLost."""
        # There is time for another attempt, and the lock is asked for before each change.
        with suppress(Unreachable):
            self.opened.lock.renew()


def _host(service: ServiceTarget, state: ServiceState | None) -> str | None:
    if service.candidate_host:
        return service.candidate_host
    if not service.answers_outside or state is None:
        return None
    return urlsplit(state.tag_urls.get(CANDIDATE) or state.url).hostname


def _joined(words: Mapping[str, str]) -> str:
    return "; ".join(f"{name} {text}" for name, text in words.items())
