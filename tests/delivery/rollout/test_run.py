"""A rollout from its beginning to each of its ends."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from delivery.release import Migrations
from delivery.rollout.errors import Held, LockHeld, Refused, StepFailed
from delivery.rollout.gate import Verdict
from delivery.rollout.journal import Outcome
from delivery.rollout.world import Meanwhile
from results import Result
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
from tests.google_api.fake import FakeGoogle, denied
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
    assert steps[-3:] == ["apply monitoring", "plans", "verify"]
    assert scene.serves(release(2))
    assert scene.left_to_do(release(2)) == []
    assert scene.outside.asked[-2:] == [
        "candidate-api.example.com",
        f"candidate---{WEB}.example.com",
    ]
    assert len(scene.run_store.executions) == 2


def test_no_apply_can_give_a_service_that_was_never_rolled_out_to_a_new_revision(
    scene: Scene,
) -> None:
    rollout = scene.rollout()
    for part in ("services", "migrations"):
        [plan] = rollout.plan(release(1), [part])
        scene.terraform.apply(plan)
    scene.outside.down.add("candidate-api.example.com")
    journal = scene.run(release(2))
    assert journal.outcome is Outcome.ROLLED_BACK
    assert journal.reason == "health: GET https://candidate-api.example.com/: 503"
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


def test_the_end_of_a_failed_migrations_log_is_shown_without_secrets(scene: Scene) -> None:
    scene.run(release(1))
    scene.run_store.broken_images.add(release(2).images_for("prod")["migrations"])
    with pytest.raises(StepFailed):
        scene.run(release(2))
    name = [name.rpartition("/")[2] for name in scene.run_store.executions][-1]
    label = {"run.googleapis.com/execution_name": name}
    long = [{"textPayload": f"line {n}", "labels": label} for n in range(30, 0, -1)]
    entries: list[dict[str, object]] = [
        {"jsonPayload": {"message": 'relation "a" does not exist\n  at 0002_drop.sql:3'}},
        {"textPayload": "cannot connect to postgres://owner:S3cr/t@@10.0.0.1/beep"},
    ]
    other = {"textPayload": "of another execution", "labels": {"x": "run-00001"}}
    scene.google.log_entries[scene.target.project, JOB] = [
        other,
        *({**entry, "labels": label} for entry in entries),
        *long,
    ]
    with pytest.raises(StepFailed) as failed:
        scene.rollout().resume()
    head, *lines = failed.value.what.splitlines()
    assert head.endswith("failed; its log: https://console.example.com/logs")
    assert lines[-3:] == [
        "    cannot connect to postgres://(hidden)@10.0.0.1/beep",
        '    relation "a" does not exist',
        "      at 0002_drop.sql:3",
    ]
    assert (len(lines), lines[0]) == (20, "    line 14")


def test_a_log_that_cannot_be_read_hides_no_failure(scene: Scene) -> None:
    scene.run(release(1))
    scene.run_store.broken_images.add(release(2).images_for("prod")["migrations"])
    scene.google.fail("entries:list", denied("logging.views.access"))
    with pytest.raises(StepFailed, match=r"failed; its log: (.|\n)*the permission logging"):
        scene.run(release(2))


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


DROP = {"0002_drop.sql": ('3: DROP TABLE "a" (drops a table)',)}
TRUNCATE = {"0003.sql": ("1: TRUNCATE b (empties a table)",)}


def test_a_release_that_hides_what_it_takes_away_is_refused_with_file_line_and_statement(
    scene: Scene,
) -> None:
    scene.run(release(1, contract_statements={}))
    hidden = release(2, contract_statements=DROP)
    with pytest.raises(Refused) as refused:
        scene.run(hidden)
    assert "r2 is marked expand, but its migrations take away what r1 may use" in refused.value.what
    assert '\n    0002_drop.sql:3: DROP TABLE "a" (drops a table)' in refused.value.what
    assert '"migrations": "contract"' in refused.value.fix
    assert len(scene.rollout().journals()) == 1
    scene.run(release(2, Migrations.CONTRACT, DROP))
    assert scene.serves(release(2))


def test_what_an_environment_skipped_counts_there_and_what_it_has_does_not(scene: Scene) -> None:
    scene.run(release(1, contract_statements={}))
    with pytest.raises(Refused, match=r"0002_drop\.sql"):
        # Marked in comparison with r2, which never came here.
        scene.run(release(3, contract_statements=DROP))
    scene.run(release(2, Migrations.CONTRACT, DROP))
    scene.run(release(3, contract_statements=DROP))
    with pytest.raises(Refused, match=r"r3 may use, which is served here:\n    0003\.sql:1: TRUN"):
        scene.run(release(4, contract_statements={**DROP, **TRUNCATE}))


def test_in_a_first_release_nobody_uses_what_its_migrations_take_away(scene: Scene) -> None:
    scene.run(release(1, contract_statements=DROP))
    assert scene.serves(release(1))


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


def test_somebody_may_decide_that_a_held_rollout_goes_on_to_its_end(scene: Scene) -> None:
    scene.run(release(1))
    scene.google.metrics.usual = Traffic(good=3)
    with pytest.raises(Held):
        scene.run(release(2))
    began = scene.clock.now()
    journal = scene.rollout("an operator").resume(proceed=True)
    assert journal.outcome is Outcome.SUCCEEDED
    assert scene.serves(release(2))
    for percent in (5, 25, 50, 100):
        evidence = journal.done(f"gate {percent}") or {}
        assert evidence["verdict"] == "none; an operator decided to go on without"
    # Somebody waited already: not for another max_hold at each step.
    assert (scene.clock.now() - began).total_seconds() < 4 * TARGET.timing.max_hold / 2


def test_a_candidate_that_fails_goes_back_whatever_somebody_decided(scene: Scene) -> None:
    scene.run(release(1))
    scene.google.metrics.usual = Traffic(good=3)
    with pytest.raises(Held):
        scene.run(release(2))
    scene.google.metrics.by_revision[f"{API}-00002-abc"] = Traffic(good=900, errors=100)
    assert scene.rollout().resume(proceed=True).outcome is Outcome.ROLLED_BACK
    assert scene.serves(release(1))


def test_nobody_decides_what_is_not_held(scene: Scene) -> None:
    scene.run(release(1))
    scene.run_store.broken_images.add(release(2).images_for("prod")["migrations"])
    with pytest.raises(StepFailed):
        scene.run(release(2))
    with pytest.raises(Refused, match="is held at no gate"):
        scene.rollout().resume(proceed=True)


@pytest.mark.parametrize("shifts", [(100,), (10, 100)])
def test_the_steps_are_those_of_the_environment(fake: FakeGoogle, shifts: tuple[int, ...]) -> None:
    scene = Scene(fake, replace(TARGET, shifts=shifts))
    scene.run(release(1))
    journal = scene.run(release(2))
    gates = dict.fromkeys(e.step for e in journal.entries if e.step.startswith("gate"))
    assert list(gates) == [f"gate {percent}" for percent in shifts]


def test_an_environment_may_go_back_without_a_verdict(fake: FakeGoogle) -> None:
    scene = Scene(fake, replace(TARGET, on_inconclusive=Verdict.FAIL))
    scene.run(release(1))
    scene.google.metrics.usual = Traffic(good=0)
    journal = scene.run(release(2))
    assert journal.outcome is Outcome.ROLLED_BACK
    assert (journal.reason or "").startswith("no verdict: ")
    assert scene.serves(release(1))


def _opens(scene: Scene, title: str, service: str, percent: int = 5) -> None:
    """Let an alert open as soon as the API has a share of the traffic."""

    def intervene(moment: str) -> None:
        if "after PATCH" in moment and not scene.google.metrics.alerts:
            share = scene.run_store.services[f"{PLACE}/services/{API}"]["traffic"][-1]
            if share.get("percent") == percent:
                opened_at = scene.clock.now() + timedelta(minutes=1)
                scene.google.metrics.open_alert(title, opened_at, service=service)

    scene.killer.interventions.append(intervene)


def test_an_alert_on_a_candidate_that_opens_with_its_share_sends_it_back(scene: Scene) -> None:
    scene.run(release(1))
    _opens(scene, "beep-api does not answer", API, percent=25)
    journal = scene.run(release(2))
    assert journal.outcome is Outcome.ROLLED_BACK
    assert 'the alert "beep-api does not answer" is open since 12:' in (journal.reason or "")
    assert "gate 25" in {entry.step for entry in journal.entries}
    assert scene.serves(release(1))


@pytest.mark.parametrize(("service", "changed"), [(API, True), (COLLECTOR, False)])
def test_while_an_alert_of_before_or_of_another_service_is_open_nothing_passes(
    scene: Scene, service: str, changed: bool
) -> None:
    scene.run(release(1))
    wanted = release(2, otel_collector=1)
    if changed:
        scene.google.metrics.open_alert("slow", scene.clock.now(), service=service)
    else:
        _opens(scene, "slow", service)
    with pytest.raises(Held, match='the alert "slow" is open'):
        scene.run(wanted)
    scene.google.metrics.alerts[0]["state"] = "CLOSED"
    assert scene.rollout().resume().outcome is Outcome.SUCCEEDED


def test_alerts_that_are_of_no_service_here_are_no_matter_of_the_gate(scene: Scene) -> None:
    scene.run(release(1))
    began = scene.clock.now()
    scene.google.metrics.open_alert("a certificate expires", began)
    scene.google.metrics.open_alert("another product", began, service="other-api")
    scene.google.metrics.open_alert("no longer", began, service=API)["state"] = "CLOSED"
    assert scene.run(release(2)).outcome is Outcome.SUCCEEDED


def test_an_alert_of_our_own_is_not_overlooked_on_a_later_page(scene: Scene) -> None:
    scene.run(release(1))
    began = scene.clock.now()
    scene.google.metrics.open_alert("ours", began, service=WEB)
    scene.google.metrics.open_alert("another product", began, service="other-api")
    with pytest.raises(Held, match='the alert "ours" is open'):
        scene.run(release(2))


def test_alerts_that_cannot_be_read_are_no_verdict(scene: Scene) -> None:
    scene.run(release(1))
    scene.google.fail("/alerts", denied("monitoring.alerts.list"))
    with pytest.raises(
        Held, match=r"alerts cannot be read: the permission monitoring\.alerts\.list"
    ):
        scene.run(release(2))


def _fails_once_it_serves(scene: Scene, check: str) -> None:
    """Let a check fail from when the last service gives all traffic to its second revision."""

    def intervene(_: str) -> None:
        [*_, share] = scene.run_store.services[f"{PLACE}/services/{COLLECTOR}"]["traffic"]
        if share.get("revision") == f"{COLLECTOR}-00002-abc" and "tag" not in share:
            scene.outside.live_failures = [(check, "api.example.com")]

    scene.killer.interventions.append(intervene)


def test_a_release_that_fails_from_outside_once_it_serves_goes_back(scene: Scene) -> None:
    scene.run(release(1))
    _fails_once_it_serves(scene, "health")
    journal = scene.run(release(2))
    assert journal.outcome is Outcome.ROLLED_BACK
    assert journal.reason == (
        "it serves, and from outside fails what did not before: "
        "health: GET https://api.example.com/"
    )
    assert scene.serves(release(1))


def test_what_no_revision_breaks_is_reported_and_moves_no_user(scene: Scene) -> None:
    scene.run(release(1))
    _fails_once_it_serves(scene, "certificate")
    journal = scene.run(release(2))
    assert (journal.outcome, scene.serves(release(2))) == (Outcome.SUCCEEDED, True)
    assert journal.findings == ("certificate: GET https://api.example.com/: 503",)


def test_what_failed_before_a_release_is_no_reason_to_leave_it(scene: Scene) -> None:
    scene.run(release(1))
    scene.outside.live_failures = [("health", "api.example.com")]
    journal = scene.run(release(2))
    assert (journal.outcome, scene.serves(release(2))) == (Outcome.SUCCEEDED, True)
    assert journal.findings


def test_without_a_way_back_what_fails_from_outside_is_reported(scene: Scene) -> None:
    scene.outside.live_failures = [("health", "api.example.com")]
    first = scene.run(release(1))
    assert (first.outcome, len(first.findings)) == (Outcome.SUCCEEDED, 1)
    scene.outside.live_failures = []
    _fails_once_it_serves(scene, "health")
    second = scene.run(release(2, Migrations.CONTRACT))
    assert (second.outcome, len(second.findings)) == (Outcome.SUCCEEDED, 1)
    assert scene.serves(release(2))


def test_the_lock_does_not_expire_while_the_edge_learns_of_a_service(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    def verify(meanwhile: Meanwhile) -> list[Result]:
        for _ in range(40):
            scene.clock.sleep(60)
            meanwhile()
        with pytest.raises(LockHeld):
            scene.rollout("b")._lock()
        return []

    monkeypatch.setattr(scene.outside, "verify", verify)
    assert scene.run(release(1)).outcome is Outcome.SUCCEEDED


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
