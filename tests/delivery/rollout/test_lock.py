"""The lock: who has it, who loses it, and answers that get lost."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from delivery.rollout.cloud_run import CloudRun, Execution
from delivery.rollout.errors import LockHeld, LockLost, RolloutError
from delivery.rollout.journal import Outcome
from delivery.rollout.lock import LEASE, Holder, Lock, read_lock
from delivery.rollout.plan import Plan
from delivery.rollout.store import ChangedElsewhere, swap
from delivery.rollout.world import Images, Meanwhile, nothing
from google_api import Unreachable
from tests.delivery.rollout.scene import API, PLACE, Scene, release
from tests.google_api.cloud_run import LATEST
from tests.google_api.fake import FakeGoogle, Fault

NAME = "prod/rollout/lock.json"
A, B = Holder("a", "https://example.com/runs/1"), Holder("b")


def acquire(scene: Scene, holder: Holder, *, break_lock: bool = False) -> Lock:
    return Lock.acquire(scene.store, NAME, scene.clock, holder, break_lock=break_lock)


def test_there_is_one_holder_until_it_gives_the_lock_back(scene: Scene) -> None:
    lock = acquire(scene, A)
    with pytest.raises(LockHeld, match=r"a \(https://example.com/runs/1\) holds the lock until"):
        acquire(scene, B)
    lock.release()
    assert acquire(scene, B).fence == lock.fence + 1


def test_a_lock_whose_holder_is_gone_can_be_taken_after_its_lease(scene: Scene) -> None:
    acquire(scene, A)
    scene.clock.sleep(LEASE.total_seconds() - 1)
    with pytest.raises(LockHeld):
        acquire(scene, B)
    scene.clock.sleep(1)
    acquire(scene, B)


def test_a_lock_that_is_used_does_not_expire(scene: Scene) -> None:
    lock = acquire(scene, A)
    for _ in range(10):
        scene.clock.sleep(LEASE.total_seconds() * 0.6)
        lock.renew()
    with pytest.raises(LockHeld):
        acquire(scene, B)


def test_whoever_lost_the_lock_learns_it_at_every_call(scene: Scene) -> None:
    lock = acquire(scene, A)
    taken = acquire(scene, B, break_lock=True)
    scene.clock.sleep(LEASE.total_seconds() * 0.6)
    for call in (lock.confirm, lock.renew, lock.release):
        with pytest.raises(LockLost):
            call()
    taken.confirm()
    state, _ = read_lock(scene.store, NAME)
    assert state is not None
    assert state.holder == B


def test_a_write_whose_answer_is_lost_is_known_to_have_happened(scene: Scene) -> None:
    scene.google.lose_answers("POST .*upload", times=10)
    lock = acquire(scene, A)
    scene.google.faults.clear()
    lock.confirm()


def test_a_write_that_did_not_happen_is_not_taken_for_one(scene: Scene) -> None:
    scene.google.fail("POST .*upload", (503, {}))
    with pytest.raises(Unreachable):
        swap(scene.store, NAME, {"a": 1}, generation=0)
    assert scene.store.read(NAME) is None


def test_equal_content_of_somebody_else_is_not_taken_for_our_own(scene: Scene) -> None:
    scene.store.write(NAME, {"a": 1}, generation=0)
    with pytest.raises(ChangedElsewhere):
        swap(scene.store, NAME, {"a": 1}, generation=0)


def test_the_lock_does_not_expire_while_an_apply_takes_longer_than_its_lease(scene: Scene) -> None:
    scene.run(release(1))
    scene.terraform.minutes_of_an_apply = 70
    refused: list[str] = []

    def another_comes(moment: str) -> None:
        if moment.startswith("before apply"):
            with pytest.raises(LockHeld, match="somebody holds the lock"):
                acquire(scene, B)
            refused.append(moment)

    scene.killer.interventions.append(another_comes)
    assert scene.run(release(2)).outcome is Outcome.SUCCEEDED
    assert refused


def test_a_renewal_that_google_does_not_answer_is_tried_again(scene: Scene) -> None:
    scene.run(release(1))
    scene.terraform.minutes_of_an_apply = 25
    approved = scene.approved(release(2))
    # The first of an apply comes after 15 minutes, and the client makes three attempts.
    scene.google.faults.append(Fault("POST .*lock.json", (503, {}), times=3, skip=1))
    assert scene.rollout().run(release(2), approved=approved).outcome is Outcome.SUCCEEDED


def test_a_lock_that_is_stolen_during_an_apply_stops_before_the_next_change(scene: Scene) -> None:
    scene.run(release(1))
    approved = scene.approved(release(2))
    applies = len(scene.terraform.applies)

    def steal(moment: str) -> None:
        if moment.startswith("after apply google_cloud_run_v2_job"):
            acquire(scene, B, break_lock=True)

    scene.killer.interventions.append(steal)
    with pytest.raises(LockLost):
        scene.rollout().run(release(2), approved=approved)
    assert scene.terraform.applies[applies:] == ["prod-migrations"]
    assert len(scene.run_store.executions) == 1


@pytest.mark.parametrize("change", ["prod-migrations", "the job"])
def test_a_lock_that_is_stolen_just_before_a_change_stops_it(
    scene: Scene, change: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the last write of the journal, while it still looks."""
    scene.run(release(1))
    approved = scene.approved(release(2))
    applies = len(scene.terraform.applies)
    plan, executions = scene.terraform.plan, scene.cloud_run.executions

    def slow_plan(stack: str, images: Images, meanwhile: Meanwhile = nothing) -> Plan:
        planned = plan(stack, images, meanwhile)
        if stack == change and _has_begun(scene, "apply migrations"):
            acquire(scene, B, break_lock=True)
        return planned

    def slow_list(job: str) -> list[Execution]:
        listed = executions(job)
        if change == "the job" and _has_begun(scene, "migrate"):
            acquire(scene, B, break_lock=True)
        return listed

    monkeypatch.setattr(scene.terraform, "plan", slow_plan)
    monkeypatch.setattr(CloudRun, "executions", lambda _, job: slow_list(job))
    with pytest.raises(LockLost):
        scene.rollout().run(release(2), approved=approved)
    expected = [] if change == "prod-migrations" else ["prod-migrations"]
    assert scene.terraform.applies[applies:] == expected
    assert len(scene.run_store.executions) == 1


def _has_begun(scene: Scene, step: str) -> bool:
    return scene.rollout().journals()[-1].intent(step) is not None


@settings(max_examples=40, deadline=timedelta(seconds=2))
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["acquire", "break", "renew", "release", "wait"]), st.integers(0, 2)
        ),
        max_size=12,
    ),
    st.sets(st.integers(0, 15)),
)
def test_however_they_take_turns_never_do_two_hold_the_lock(
    moves: list[tuple[str, int]], lost_answers: set[int]
) -> None:
    fake = FakeGoogle()
    fake.close()
    scene = Scene(fake)
    locks: dict[int, Lock] = {}
    for turn, (move, who) in enumerate(moves):
        if turn in lost_answers:
            scene.google.lose_answers("POST .*upload")
        try:
            match move:
                case "acquire" | "break":
                    locks[who] = acquire(scene, Holder(str(who)), break_lock=move == "break")
                case "renew" if who in locks:
                    locks[who].renew()
                case "release" if who in locks:
                    locks.pop(who).release()
                case "wait":
                    scene.clock.sleep(LEASE.total_seconds() * 0.7)
        except RolloutError:
            if move in {"renew", "release"}:
                locks.pop(who, None)
        confirmed = [who for who, lock in locks.items() if _is_confirmed(lock)]
        assert len(confirmed) <= 1
        state, _ = read_lock(scene.store, NAME)
        if confirmed:
            assert state is not None
            assert state.holder == Holder(str(confirmed[0]))


def _is_confirmed(lock: Lock) -> bool:
    try:
        lock.confirm()
    except LockLost:
        return False
    return True


def test_what_is_no_rollout_has_the_lock_and_pinned_traffic(scene: Scene) -> None:
    scene.run(release(1))
    service = scene.google.run.services[f"{PLACE}/services/{API}"]
    service["traffic"] = [dict(LATEST)]
    seen = []

    def act(meanwhile: Meanwhile) -> int:
        seen.append(service["traffic"])
        for _ in range(3):
            scene.clock.sleep(LEASE.total_seconds() * 0.6)
            meanwhile()
        with pytest.raises(LockHeld):
            scene.rollout().under_the_lock(lambda _: 0)
        return 5

    assert scene.rollout().under_the_lock(act) == 5
    assert [target["revision"] for target in seen[0]] == [f"{API}-00001-abc"]
    assert scene.rollout().under_the_lock(lambda _: 0) == 0


def test_what_is_no_rollout_learns_that_it_lost_the_lock(scene: Scene) -> None:
    def act(meanwhile: Meanwhile) -> int:
        acquire(scene, B, break_lock=True)
        scene.clock.sleep(LEASE.total_seconds() * 0.6)
        meanwhile()
        return 0

    with pytest.raises(LockLost):
        scene.rollout().under_the_lock(act)
    with pytest.raises(LockHeld):
        acquire(scene, A)
