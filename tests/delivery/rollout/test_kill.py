"""A process that is killed at any moment loses nothing, and a resume does nothing twice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest

from delivery.rollout.engine import SETTLED
from delivery.rollout.gate import Timing
from delivery.rollout.history import open_journal
from delivery.rollout.journal import Journal, Outcome
from delivery.rollout.plan import fingerprint
from tests.delivery.rollout.scene import TARGET, Killed, Scene, release
from tests.google_api.fake import FakeGoogle
from tests.google_api.monitoring import Traffic

SMALL = replace(
    TARGET,
    services=TARGET.services[:2],
    shifts=(5, 100),
    timing=Timing(first_look=60, interval=60, hold=60, max_hold=240),
)


@dataclass(frozen=True)
class Case:
    """What is done, after what, and how it must end."""

    act: Callable[[Scene], Journal]
    outcome: Outcome
    served: int
    before: Callable[[Scene], object] = lambda scene: scene.run(release(1))
    applied: int = 2
    """The release in whose state Terraform leaves everything."""
    last: int | None = None
    """How many of the changes are tried, from the end; the ones before are those of another case.
    """


def _spoil(scene: Scene) -> None:
    scene.run(release(1))
    scene.google.metrics.by_revision["beep-api-00002-abc"] = Traffic(good=500, errors=500)


def _two(scene: Scene) -> None:
    scene.run(release(1))
    scene.run(release(2))


def _rolled_back(scene: Scene) -> None:
    _two(scene)
    scene.rollout().rollback()


def _settle(scene: Scene) -> Journal:
    approved = fingerprint(scene.rollout().plan(release(1), SETTLED))
    return scene.rollout().settle(approved=approved)


CASES = {
    "the first run": Case(
        lambda scene: scene.run(release(1)),
        Outcome.SUCCEEDED,
        served=1,
        before=lambda scene: None,
        applied=1,
    ),
    "a run": Case(lambda scene: scene.run(release(2)), Outcome.SUCCEEDED, served=2),
    "a run whose candidate fails": Case(
        lambda scene: scene.run(release(2)), Outcome.ROLLED_BACK, served=1, before=_spoil, last=12
    ),
    "a rollback": Case(
        lambda scene: scene.rollout().rollback(), Outcome.SUCCEEDED, served=1, before=_two
    ),
    "a settlement": Case(_settle, Outcome.SUCCEEDED, served=1, before=_rolled_back, applied=1),
}


def _after(scene: Scene, case: Case) -> dict[str, Any]:
    """Return all that must not depend on whether something was killed."""
    journals = scene.rollout().journals()
    return {
        "outcomes": [(journal.kind, journal.outcome) for journal in journals],
        "served": journals[-1].served,
        "traffic": scene.traffic(),
        "revisions": sorted(scene.run_store.revisions),
        "executions": len(scene.run_store.executions),
        "left to do": scene.left_to_do(release(case.applied), ("migrations", "services")),
    }


@pytest.mark.parametrize("name", CASES)
def test_killed_after_any_change_it_ends_as_if_nothing_had_happened(
    name: str, fake: FakeGoogle
) -> None:
    case = CASES[name]
    undisturbed = Scene(fake, SMALL)
    case.before(undisturbed)
    saved, begun = undisturbed.saved(), len(undisturbed.killer.moments)
    assert case.act(undisturbed).outcome is case.outcome
    assert undisturbed.serves(release(case.served))
    expected = _after(undisturbed, case)
    assert expected["left to do"] == []
    moments = undisturbed.killer.moments[begun:]
    # Before a change is after the one before it.
    ends = [n for n, moment in enumerate(moments, 1) if moment.startswith("after")]
    for at in ends[-case.last :] if case.last else [1, *ends]:
        scene = Scene(fake, SMALL)
        scene.restore(saved)
        count = len(scene.rollout().journals())
        scene.killer.at = at
        with pytest.raises(Killed):
            case.act(scene)
        scene.revive()
        journals = scene.rollout().journals()
        if open_journal(journals):
            scene.rollout("another").resume()
        elif len(journals) == count:
            case.act(scene)
        assert _after(scene, case) == expected, f"killed at {at}, {moments[at - 1]}"
