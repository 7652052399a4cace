"""Whatever Google does at whatever call, a rollout ends, or stops with an error and resumes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from delivery.rollout.errors import RolloutError
from delivery.rollout.forward import SETTLED
from delivery.rollout.gate import Timing
from delivery.rollout.history import open_journal
from google_api import GoogleError
from tests.delivery.rollout.scene import TARGET, Scene, release
from tests.google_api.answers import error
from tests.google_api.fake import FakeGoogle, World

SMALL = replace(
    TARGET,
    services=TARGET.services[:1],
    shifts=(5,),
    timing=Timing(first_look=60, interval=60, hold=60, max_hold=120),
)
CALLS = (
    "GET .*/services/beep-api$",
    "PATCH .*/services/beep-api",
    "GET .*/operations/",
    "GET .*/revisions/",
    "GET .*/jobs/beep-migrate/executions",
    "POST .*/jobs/beep-migrate:run",
    "GET .*timeSeries",
    "POST .*upload.*journal",
    "POST .*upload.*lock",
    "GET .*/o/.*lock",
)
FAULTS: dict[str, Callable[[World, str], None]] = {
    "409": lambda world, call: world.fail(call, error(409, "somebody else changes it"), times=3),
    "412": lambda world, call: world.fail(call, error(412, "another generation"), times=3),
    "429": lambda world, call: world.fail(call, error(429, "too many"), times=3),
    "500": lambda world, call: world.fail(call, error(500, "internal"), times=3),
    "500 after success": lambda world, call: world.fail_after_success(
        call, error(500, "internal"), times=3
    ),
    "slow": lambda world, call: world.delay(call, times=3),
    "lost answer": lambda world, call: world.lose_answers(call, times=3),
}
"""Each as often as the client tries: once a call fails for good."""


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_at_any_call_loses_nothing_and_repeats_nothing(
    fault: str, fake: FakeGoogle
) -> None:
    scene = Scene(fake, SMALL)
    scene.run(release(1))
    approved, begin = scene.approved(release(2)), scene.saved()
    for call in CALLS:
        # The job is run once.
        for skip in (0,) if call.endswith(":run") else (0, 1):
            scene = Scene(fake, SMALL)
            scene.restore(begin)
            FAULTS[fault](scene.google, call)
            scene.google.faults[-1].skip = skip
            for _ in range(4):
                try:
                    if open_journal(scene.rollout().journals()):
                        scene.rollout().resume(break_lock=True)
                    elif not scene.serves(release(2)):
                        scene.rollout().run(release(2), approved=approved)
                except (RolloutError, GoogleError):
                    # As somebody would who sees the error: later, once more.
                    scene.clock.sleep(3600)
                else:
                    break
            where = f"{fault} at {call}, after {skip}"
            assert scene.google.faults[-1].times < 3, f"{where}: it was never asked for"
            assert scene.serves(release(2)), where
            assert len(scene.run_store.executions) == 2, where
            assert scene.left_to_do(release(2), SETTLED) == [], where


@pytest.mark.parametrize("reads", [1, 3, 10])
def test_stale_reads_overwrite_nothing(reads: int, fake: FakeGoogle) -> None:
    scene = Scene(fake, SMALL)
    scene.run(release(1))
    approved = scene.approved(release(2))
    scene.run_store.stale_reads = reads
    scene.rollout().run(release(2), approved=approved)
    assert scene.serves(release(2))
    assert scene.left_to_do(release(2)) == []
