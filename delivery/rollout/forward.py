"""The way forward: the order of the steps of a run, and of a settlement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from delivery.release import Migrations
from delivery.rollout.cloud_run import CANDIDATE, TrafficTarget
from delivery.rollout.journal import Kind, OpenJournal, Outcome
from delivery.rollout.steps import Steps
from delivery.rollout.target import STACKS, ServiceTarget, Target

SETTLED = ("migrations", "services")
"""The stacks in which a release's images stand."""
_BEFORE_SERVICES = STACKS[: STACKS.index("migrations") + 1]
_AFTER_SERVICES = STACKS[STACKS.index("services") + 1 :]


@dataclass(frozen=True, slots=True)
class Forward:
    """The way forward of a run or a settlement."""

    target: Target
    steps: Steps

    def go(self, opened: OpenJournal) -> None:
        """Do the steps that are not done yet, and finish the journal."""
        stable = self.steps.pin()
        if opened.journal.kind is Kind.SETTLE:
            self._settle()
            revisions = {name: revision for name, revision in stable.items() if revision}
            opened.finish(Outcome.SUCCEEDED, revisions)
        else:
            revisions, findings = self._run(stable)
            opened.finish(Outcome.SUCCEEDED, revisions, findings)

    def _settle(self) -> None:
        self.steps.approve(SETTLED, self.steps.opened.journal.fingerprint)
        for part in SETTLED:
            self.steps.apply(part)
        for service in self.target.services:
            self.steps.candidate(service)
        self.steps.plans_are_empty(SETTLED)

    def _run(self, stable: Mapping[str, str | None]) -> tuple[dict[str, str], Sequence[str]]:
        """Return the revision of each service, and what fails from outside."""
        steps, services = self.steps, self.target.services
        failed_before = steps.look() if any(stable.values()) else ()
        steps.approve(STACKS, steps.opened.journal.fingerprint)
        for part in _BEFORE_SERVICES:
            steps.apply(part)
        steps.migrate()
        steps.apply("services")
        newest = {service: steps.candidate(service) for service in services}
        changed = [service for service in services if newest[service] != stable[service.name]]
        candidates = {
            service: (newest[service], before)
            for service in changed
            if (before := stable[service.name]) is not None
        }
        for service in changed:
            steps.traffic("tag", service, _shares(0, newest[service], stable[service.name]))
        for service in changed:
            steps.smoke(service)
        # Of a first release there is nothing to compare with, and nobody to protect.
        for percent in self.target.shifts if candidates else ():
            self._shift(percent, candidates)
        for service in services:
            steps.traffic("serve", service, [TrafficTarget(newest[service], 100)])
        for part in _AFTER_SERVICES:
            steps.apply(part)
        steps.plans_are_empty(STACKS)
        is_contract = steps.opened.journal.release.migrations is Migrations.CONTRACT
        findings = steps.verify(failed_before, can_go_back=bool(candidates) and not is_contract)
        return {service.name: revision for service, revision in newest.items()}, findings

    def _shift(self, percent: int, candidates: Mapping[ServiceTarget, tuple[str, str]]) -> None:
        for service, pair in candidates.items():
            self.steps.traffic(f"shift {percent}", service, _shares(percent, *pair))
        self.steps.gate(percent, candidates)


def _shares(percent: int, candidate: str, stable: str | None) -> list[TrafficTarget]:
    """Return the traffic at a share; the first revision of a service has nothing to share with."""
    if stable is None or percent == 100:
        return [TrafficTarget(candidate, 100, CANDIDATE)]
    return [TrafficTarget(stable, 100 - percent), TrafficTarget(candidate, percent, CANDIDATE)]
