"""A rollout from its beginning to each of its ends."""

from __future__ import annotations

from dataclasses import replace

import pytest

from delivery.release import Migrations
from delivery.rollout.errors import Held, LockHeld, Refused, StepFailed
from delivery.rollout.gate import Verdict
from delivery.rollout.journal import Outcome
from tests.delivery.rollout.scene import (
    API,
    COLLECTOR,
    JOB,
    NAMES,
    PLACE,
    TARGET,
    WEB,
    Scene,
    release,
    revision_target,
)
from tests.google_api.fake import FakeGoogle
from tests.google_api.monitoring import Traffic


def test_the_first_release_serves_without_a_canary_and_is_pinned(scene: Scene) -> None:
    journal = scene.run(release(1))
    assert journal.outcome is Outcome.SUCCEEDED
    assert scene.serves(release(1))
    assert not [entry for entry in journal.entries if entry.step.startswith(("shift", "gate"))]
    assert scene.left_to_do(release(1)) == []


def test_a_release_shifts_api_first_by_steps_and_leaves_nothing_to_do(scene: Scene) -> None:
    scene.run(release(1))
    rollout = scene.rollout()
    rollout.run(release(2), approved=scene.approved(release(2)))
    steps = scene.heard(rollout).ended
    assert [step for step in steps if step.endswith(API) or step.startswith("gate")] == [
        f"candidate {API}",
        f"tag {API}",
        f"smoke {API}",
        f"shift 5 {API}",
        "gate 5",
        f"shift 25 {API}",
        "gate 25",
        f"shift 50 {API}",
        "gate 50",
        f"shift 100 {API}",
        "gate 100",
        f"serve {API}",
    ]
    assert steps.index("migrate") < steps.index("apply services") < steps.index(f"tag {API}")
    assert steps.index(f"shift 5 {API}") < steps.index(f"shift 5 {WEB}") < steps.index("gate 5")
    assert steps[-2:] == ["apply monitoring", "verify"]
    assert scene.serves(release(2))
    assert scene.left_to_do(release(2)) == []
    assert "https://candidate-api.example.com/v1/health" in scene.probed
    assert f"https://candidate---{WEB}.example.com/" in scene.probed
    assert len(scene.run_store.executions) == 2


def test_no_apply_can_give_a_service_that_was_never_rolled_out_to_a_new_revision(
    scene: Scene,
) -> None:
    rollout = scene.rollout()
    for part in ("services", "migrations"):
        [plan] = rollout.plan(release(1), [part])
        scene.terraform.apply(plan)
    scene.statuses["https://candidate-api.example.com/v1/health"] = 503
    assert scene.run(release(2)).outcome is Outcome.ROLLED_BACK
    assert scene.serves(release(1))


def test_an_unchanged_service_is_neither_shifted_nor_judged(scene: Scene) -> None:
    scene.run(release(1))
    journal = scene.run(release(2, otel_collector=1))
    steps = [entry.step for entry in journal.entries]
    assert f"shift 5 {COLLECTOR}" not in steps
    assert f"shift 5 {API}" in steps


def test_what_nobody_approved_changes_nothing_and_closes_the_rollout(scene: Scene) -> None:
    scene.run(release(1))
    approved = scene.approved(release(2))
    scene.terraform.versions["services"] = 2
    with pytest.raises(Refused, match="no longer those that were approved"):
        scene.rollout().run(release(2), approved=approved)
    assert scene.serves(release(1))
    assert scene.run(release(2)).outcome is Outcome.SUCCEEDED


def test_an_environment_that_asks_for_approval_runs_nothing_without(scene: Scene) -> None:
    with pytest.raises(Refused, match="rollout plan"):
        scene.rollout().run(release(1), approved=None)
    assert scene.run_store.services == {}
    assert scene.google.objects.versions == {}


def test_a_replacement_is_refused_unless_its_address_is_named(scene: Scene) -> None:
    scene.terraform.destroys = "google_sql_database_instance.postgres_instance"
    approved = scene.approved(release(1))
    with pytest.raises(Refused, match="--allow 'google_sql_database_instance"):
        scene.rollout().run(release(1), approved=approved)
    assert scene.run_store.services == {}


def test_a_change_between_approval_and_apply_stops_the_rollout(scene: Scene) -> None:
    scene.run(release(1))
    scene.run_store.broken_images.add(release(2).images_for("prod")["migrations"])
    approved = scene.approved(release(2))
    with pytest.raises(StepFailed, match="migration"):
        scene.rollout().run(release(2), approved=approved)
    scene.terraform.versions["services"] = 7
    scene.run_store.broken_images.clear()
    for execution in scene.run_store.executions.values():
        execution.pop("failedCount", None)
        execution["succeededCount"] = 1
    with pytest.raises(Refused, match="does what nobody approved"):
        scene.rollout().resume()
    assert scene.serves(release(1))


def test_a_failed_migration_stops_before_any_service_and_is_not_repeated(scene: Scene) -> None:
    scene.run(release(1))
    scene.run_store.broken_images.add(release(2).images_for("prod")["migrations"])
    with pytest.raises(StepFailed, match="its log: https://console"):
        scene.run(release(2))
    with pytest.raises(StepFailed, match="its log: https://console"):
        scene.rollout().resume()
    assert len(scene.run_store.executions) == 2
    assert scene.serves(release(1))
    assert scene.rollout().abort().outcome is Outcome.ABORTED


def test_a_release_that_comes_again_runs_its_migrations_again(scene: Scene) -> None:
    for number in (1, 2, 1):
        scene.run(release(number))
    assert len(scene.run_store.executions) == 3
    assert scene.serves(release(1))


def test_a_candidate_that_does_not_start_gets_no_traffic(scene: Scene) -> None:
    scene.run(release(1))
    scene.run_store.broken_images.add(release(2).images_for("prod")["web"])
    journal = scene.run(release(2))
    assert journal.outcome is Outcome.ROLLED_BACK
    assert "does not start: the startup probe failed" in (journal.reason or "")
    assert scene.serves(release(1))
    assert not [entry for entry in journal.entries if entry.step.startswith("shift")]


def test_a_candidate_with_errors_goes_back_from_the_first_share(scene: Scene) -> None:
    scene.run(release(1))
    scene.google.metrics.by_revision[f"{API}-00002-abc"] = Traffic(good=900, errors=100)
    journal = scene.run(release(2))
    assert journal.outcome is Outcome.ROLLED_BACK
    assert "10.00% errors" in (journal.reason or "")
    assert scene.serves(release(1))
    steps = [entry.step for entry in journal.entries]
    assert "gate 5" in steps
    assert "shift 25 beep-api" not in steps
    back = [step for step in dict.fromkeys(steps) if step.startswith("back")]
    assert back == [f"back {name}" for name in reversed(NAMES)]


def test_a_contract_migration_lets_nothing_go_back_by_itself(scene: Scene) -> None:
    scene.run(release(1))
    scene.google.metrics.by_revision[f"{API}-00002-abc"] = Traffic(good=900, errors=100)
    with pytest.raises(StepFailed, match="contract"):
        scene.run(release(2, Migrations.CONTRACT))
    with pytest.raises(Refused, match="removed what earlier releases use"):
        scene.rollout().abort()
    assert scene.rollout().abort(force=True).outcome is Outcome.ABORTED
    assert scene.serves(release(1))


def test_without_requests_the_rollout_is_held_and_goes_on_when_they_come(scene: Scene) -> None:
    scene.run(release(1))
    scene.google.metrics.usual = Traffic(good=3)
    with pytest.raises(Held, match="3 of 100 requests"):
        scene.run(release(2))
    shares = scene.run_store.services[f"{PLACE}/services/{API}"]["traffic"]
    assert [share["percent"] for share in shares] == [95, 5]
    scene.google.metrics.usual = Traffic()
    assert scene.rollout().resume().outcome is Outcome.SUCCEEDED
    assert scene.serves(release(2))


def test_metrics_that_cannot_be_read_are_no_verdict(scene: Scene) -> None:
    scene.run(release(1))
    scene.google.fail("timeSeries", (500, {}))
    with pytest.raises(Held, match="cannot be read"):
        scene.run(release(2))


def test_a_second_rollout_is_refused_and_does_not_touch_the_lock(scene: Scene) -> None:
    scene.run(release(1))
    scene.google.metrics.usual = Traffic(good=0)
    with pytest.raises(Held):
        scene.run(release(2))
    lock = scene.google.objects.live("prod/rollout/lock.json")
    with pytest.raises(Refused, match="the run of r2 has not ended"):
        scene.run(release(3))
    assert scene.google.objects.live("prod/rollout/lock.json") == lock


def test_an_apply_that_moves_traffic_is_undone_and_reported(scene: Scene) -> None:
    scene.run(release(1))
    scene.terraform.moves_traffic = True
    with pytest.raises(StepFailed, match="moved the traffic of beep-api"):
        scene.run(release(2))
    assert scene.serves(release(1))


def test_traffic_that_is_shared_before_the_rollout_is_refused(scene: Scene) -> None:
    scene.run(release(1))
    scene.run(release(2))
    full = f"{PLACE}/services/{WEB}"
    halves = [revision_target(name, 50) for name in scene.run_store.revisions if full in name]
    scene.run_store.set_traffic(full, halves)
    with pytest.raises(Refused, match=r"the traffic of beep-web is shared: 50 % to"):
        scene.run(release(3))


@pytest.mark.parametrize("path", ["services/beep-api?updateMask", f"jobs/{JOB}:run", "upload/"])
def test_a_lost_answer_changes_nothing_of_the_result(scene: Scene, path: str) -> None:
    scene.run(release(1))
    scene.google.lose_answers(path.replace("?", r"\?"), times=3)
    assert scene.run(release(2)).outcome is Outcome.SUCCEEDED
    assert scene.serves(release(2))
    assert len(scene.run_store.executions) == 2


@pytest.mark.parametrize("status", [409, 429, 500])
def test_a_passing_refusal_of_traffic_is_tried_again(scene: Scene, status: int) -> None:
    scene.run(release(1))
    scene.google.fail("PATCH", (status, {"error": {"message": "busy"}}), times=2)
    assert scene.run(release(2)).outcome is Outcome.SUCCEEDED
    assert scene.serves(release(2))


def test_an_environment_may_go_on_without_a_verdict(fake: FakeGoogle) -> None:
    dev = Scene(fake, replace(TARGET, on_inconclusive=Verdict.PASS, needs_approval=False))
    dev.google.metrics.usual = Traffic(good=0)
    dev.rollout().run(release(1), approved=None)
    assert dev.rollout().run(release(2), approved=None).outcome is Outcome.SUCCEEDED
    assert dev.serves(release(2))


def test_the_lock_of_a_running_rollout_is_respected(scene: Scene) -> None:
    scene.run(release(1))
    lock = scene.rollout("a")._lock()
    with pytest.raises(LockHeld, match="a holds the lock until 12:"):
        scene.run(release(2))
    lock.release()
    assert scene.run(release(2)).outcome is Outcome.SUCCEEDED
