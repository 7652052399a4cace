"""Processes that are killed at any moment, that run at once, and that lose their lock.

Every one is a real process, and what ends it is SIGKILL.
"""

from __future__ import annotations

import pickle
import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from delivery.rollout.forward import SETTLED
from delivery.rollout.gate import Timing
from delivery.rollout.history import open_journal
from delivery.rollout.journal import Journal, Outcome
from delivery.rollout.plan import fingerprint
from delivery.rollout.target import STACKS
from tests.delivery.rollout.processes import DONE, FAILED, Process
from tests.delivery.rollout.scene import SECRET, TARGET, Scene, release
from tests.google_api.fake import FakeGoogle
from tests.google_api.monitoring import Traffic

pytestmark = pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
SMALL = replace(
    TARGET,
    services=TARGET.services[:2],
    shifts=(5,),
    timing=Timing(first_look=60, interval=60, hold=60, max_hold=240),
)


@dataclass(frozen=True)
class Case:
    """What is done, after what, and how it must end."""

    act: Callable[[Scene], Journal]
    outcome: Outcome
    served: int
    applied: int
    """The release in whose state Terraform leaves everything."""
    before: Callable[[Scene], object] = lambda scene: scene.run(release(1))


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
    rollout = scene.rollout()
    approved = fingerprint(rollout.plan(rollout.served_release(), SETTLED))
    return rollout.settle(approved=approved)


CASES = {
    "the first run": Case(
        lambda scene: scene.run(release(1)), Outcome.SUCCEEDED, 1, 1, before=lambda scene: None
    ),
    "a run": Case(lambda scene: scene.run(release(2)), Outcome.SUCCEEDED, 2, 2),
    "a run whose candidate fails": Case(
        lambda scene: scene.run(release(2)), Outcome.ROLLED_BACK, 1, 2, before=_spoil
    ),
    "a rollback": Case(
        lambda scene: scene.rollout().rollback(), Outcome.SUCCEEDED, 1, 2, before=_two
    ),
    "a settlement": Case(_settle, Outcome.SUCCEEDED, 1, 1, before=_rolled_back),
}


def _after(scene: Scene) -> dict[str, Any]:
    """Return all that must not depend on whether something was killed."""
    journals = scene.rollout().journals()
    return {
        "outcomes": [(journal.kind, journal.outcome) for journal in journals],
        "served": journals[-1].served,
        "traffic": scene.traffic(),
        "revisions": sorted(scene.run_store.revisions),
        "executions": len(scene.run_store.executions),
        "applied": scene.terraform.applied,
    }


def _settled(scene: Scene) -> None:
    """Bring the templates back, unless they are; then no stack has anything left to do."""
    serving = scene.rollout().served_release()
    if scene.left_to_do(serving, SETTLED):
        _settle(scene)
    assert scene.left_to_do(serving, STACKS) == []
    assert scene.serves(serving)


def _changed(scene: Scene) -> bytes:
    """Return what of the world a rollout changes; reads and waits leave it alone."""
    store = scene.run_store
    return pickle.dumps(
        (
            scene.google.objects.versions,
            scene.terraform.applied,
            store.services,
            list(store.executions),
        )
    )


def _is_of_interest(moment: str) -> bool:
    """Tell whether to kill there: around each write to the bucket, and after other changes."""
    return "/upload/" in moment or moment.startswith("after")


@pytest.mark.parametrize("name", CASES)
def test_killed_at_any_moment_it_ends_as_if_nothing_had_happened(
    name: str, fake: FakeGoogle, tmp_path: Path
) -> None:
    case, log = CASES[name], tmp_path / "log"
    scene = Scene(fake, SMALL)
    case.before(scene)
    begin, count = scene.saved(), len(scene.rollout().journals())
    assert Process(fake, scene, case.act, log).serve() == DONE
    assert scene.serves(release(case.served))
    assert scene.rollout().journals()[-1].outcome is case.outcome
    expected = _after(scene)
    resumed: set[bytes] = set()
    killed: list[str] = []

    def kill(moment: str) -> None:
        if not _is_of_interest(moment):
            return
        process.replace()
        killed.append(moment)
        left, changed = scene.saved(), _changed(scene)
        # Where nothing changed since it was last killed, the same resume would follow.
        if changed in resumed:
            return
        resumed.add(changed)
        scene.killer.interventions.clear()
        scene.clock.sleep(3600)
        journals = scene.rollout().journals()
        if open_journal(journals):
            scene.rollout("another").resume()
        elif len(journals) == count:
            case.act(scene)
        assert _after(scene) == expected, f"killed at {len(killed)}, {moment}"
        assert scene.left_to_do(release(case.applied)) == []
        scene.restore(left)
        scene.killer.interventions.append(kill)

    scene.restore(begin)
    scene.killer.interventions.append(kill)
    process = Process(fake, scene, case.act, log)
    assert process.serve() == DONE
    assert _after(scene) == expected
    writes = [moment for moment in killed if "journal" in moment]
    assert len(writes) == 2 * len(
        set(scene.google.objects.versions[f"prod/rollout/journal/{count + 1:06}.json"])
    )
    assert SECRET not in log.read_text()
    assert SECRET not in str(scene.google.objects.versions)


@pytest.mark.parametrize("seed", range(4))
def test_of_two_rollouts_at_once_one_runs_and_the_other_changes_nothing(
    seed: int, fake: FakeGoogle, tmp_path: Path
) -> None:
    scene = Scene(fake, SMALL)
    scene.run(release(1))
    chosen = random.Random(seed)
    processes = {
        number: Process(fake, scene, partial(_run, number), tmp_path / str(number))
        for number in (2, 3)
    }
    running = list(processes)
    while running:
        number = chosen.choice(running)
        if not processes[number].serve_one():
            running.remove(number)
    ends = {number: process.code for number, process in processes.items()}
    assert sorted(ends.values()) == [DONE, FAILED], ends
    [winner] = [number for number, code in ends.items() if code == DONE]
    [loser] = set(ends) - {winner}
    assert (tmp_path / str(loser)).read_text().startswith(("LockHeld: ", "Refused: "))
    assert [journal.release.release for journal in scene.rollout().journals()][1:] == [f"r{winner}"]
    assert len(scene.run_store.executions) == 2
    _settled(scene)
    assert scene.serves(release(winner))


def test_a_rollback_may_take_the_lock_at_any_moment_and_has_the_last_word(
    fake: FakeGoogle, tmp_path: Path
) -> None:
    scene = Scene(fake, SMALL)
    _two(scene)
    begin = scene.saved()
    moments = _moments(fake, scene, tmp_path / "log")
    # From the journal on: before that, nothing is there to go back from.
    first = next(at for at, moment in enumerate(moments) if "000003.json" in moment) + 1
    last = max(at for at, moment in enumerate(moments) if "000003.json" in moment)
    for at in range(first, last, 7):
        scene.restore(begin)
        log = tmp_path / str(at)
        goals: list[str] = []

        def steal(_: str, at: int = at, goals: list[str] = goals) -> None:
            if len(scene.killer.moments) == at + 1 and not goals:
                goals.append("")
                goals[0] = scene.rollout("rescuer").rollback(break_lock=True).release.release

        scene.killer.moments.clear()
        scene.killer.interventions[:] = [steal]
        code = Process(fake, scene, partial(_run, 3), log).serve()
        scene.killer.interventions.clear()
        assert goals == ["r2"]
        assert code == FAILED, moments[at]
        assert "LockLost: another process took the lock over" in log.read_text(), moments[at]
        outcomes = [journal.outcome for journal in scene.rollout().journals()]
        assert outcomes[2:] == [Outcome.REPLACED, Outcome.SUCCEEDED], moments[at]
        assert scene.serves(release(2)), moments[at]
        _settled(scene)


def _run(number: int, scene: Scene) -> Journal:
    return scene.run(release(number))


def _moments(fake: FakeGoogle, scene: Scene, log: Path) -> list[str]:
    """Return the moments of an undisturbed run of the third release."""
    scene.killer.moments.clear()
    assert Process(fake, scene, partial(_run, 3), log).serve() == DONE
    return list(scene.killer.moments)
