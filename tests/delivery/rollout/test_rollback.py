"""The way back: fast, without Terraform, and against whoever holds the lock."""

from __future__ import annotations

import pytest

from delivery.release import Migrations
from delivery.rollout.errors import Held, LockHeld, LockLost, Refused
from delivery.rollout.forward import SETTLED
from delivery.rollout.journal import Kind, Outcome
from delivery.rollout.plan import fingerprint
from delivery.rollout.status import status_of
from tests.delivery.rollout.scene import API, NAMES, PLACE, WEB, Scene, release
from tests.google_api.fake import Project, SecretVersion, denied
from tests.google_api.monitoring import Traffic


def test_a_rollback_is_one_write_for_each_service_and_no_terraform(scene: Scene) -> None:
    scene.run(release(1))
    scene.run(release(2))
    applies, writes = list(scene.terraform.applies), scene.run_store.writes_of_traffic
    journal = scene.rollout().rollback()
    assert scene.serves(release(1))
    assert (journal.kind, journal.outcome) == (Kind.ROLLBACK, Outcome.SUCCEEDED)
    assert scene.terraform.applies == applies
    assert scene.run_store.writes_of_traffic == writes + len(NAMES)
    assert scene.left_to_do(release(2)) == []


def test_a_rollback_after_a_rollback_goes_further_back(scene: Scene) -> None:
    for number in (1, 2, 3):
        scene.run(release(number))
    scene.rollout().rollback()
    assert scene.serves(release(2))
    scene.rollout().rollback()
    assert scene.serves(release(1))
    with pytest.raises(Refused, match="r1 is the first release here"):
        scene.rollout().rollback()


def test_a_rollback_goes_to_the_release_that_is_named(scene: Scene) -> None:
    for number in (1, 2, 3):
        scene.run(release(number))
    with pytest.raises(Refused, match=r"r9 to this environment; fix: take one of: r3, r2, r1"):
        scene.rollout().rollback(to="r9")
    scene.rollout().rollback(to="r1")
    assert scene.serves(release(1))
    scene.rollout().rollback(to="r3")
    assert scene.serves(release(3))


def test_the_release_after_a_rollback_begins_from_what_is_served(scene: Scene) -> None:
    scene.run(release(1))
    scene.run(release(2))
    scene.rollout().rollback()
    journal = scene.run(release(3))
    assert (journal.done("pin") or {})[API] == f"{API}-00001-abc"
    assert scene.serves(release(3))
    # Not to r2, from which somebody went back.
    scene.rollout().rollback()
    assert scene.serves(release(1))


def test_nothing_goes_back_past_a_contract_migration_unless_it_is_forced(scene: Scene) -> None:
    scene.run(release(1))
    scene.run(release(2, Migrations.CONTRACT))
    scene.run(release(3))
    assert scene.rollout().rollback().release.release == "r2"
    with pytest.raises(Refused, match="the migrations of r2 removed"):
        scene.rollout().rollback()
    assert scene.serves(release(2))
    scene.rollout().rollback(force=True)
    assert scene.serves(release(1))


@pytest.mark.parametrize("state", ["gone", "not ready"])
def test_a_revision_that_cannot_serve_is_no_destination(scene: Scene, state: str) -> None:
    scene.run(release(1))
    scene.run(release(2))
    revision = f"{PLACE}/services/{API}/revisions/{API}-00001-abc"
    if state == "gone":
        del scene.run_store.revisions[revision]
    else:
        [condition] = scene.run_store.revisions[revision]["conditions"]
        condition["state"] = "CONDITION_FAILED"
    with pytest.raises(Refused, match=f"{API}-00001-abc of {API} is {state}"):
        scene.rollout().rollback()
    assert scene.serves(release(2))


def _reads(scene: Scene, revision: str, secret_id: str, number: int) -> None:
    """Let a revision read a version of a secret, which has two, in a variable or in a file."""
    name = revision.rpartition("-0")[0]
    project = scene.google.projects.setdefault(scene.target.project, Project(number=1))
    project.secrets.setdefault(secret_id, [SecretVersion(b"1"), SecretVersion(b"2")])
    resource = scene.run_store.revisions[f"{PLACE}/services/{name}/revisions/{revision}"]
    if name == API:
        reference = {"secret": f"projects/1/secrets/{secret_id}", "version": str(number)}
        variable = {"name": "X", "valueSource": {"secretKeyRef": reference}}
        resource["containers"] = [*resource["containers"], {"image": "x", "env": [variable]}]
    else:
        items = [{"path": "x", "version": str(number)}]
        resource["volumes"] = [{"name": "x", "secret": {"secret": secret_id, "items": items}}]


@pytest.mark.parametrize("service", [API, WEB])
def test_a_revision_whose_secret_is_disabled_is_no_destination_until_it_is_enabled(
    scene: Scene, service: str
) -> None:
    scene.run(release(1))
    scene.run(release(2))
    _reads(scene, f"{service}-00001-abc", "beep-key", 1)
    _reads(scene, f"{service}-00002-abc", "beep-key", 2)
    [first, _] = scene.google.projects[scene.target.project].secrets["beep-key"]
    first.state = "DISABLED"
    holder = scene.rollout("another")._lock()
    with pytest.raises(Refused) as refused:
        scene.rollout().rollback(break_lock=True)
    assert refused.value.what == (
        f"version 1 of beep-key is disabled, and {service} would start no instance"
    )
    assert refused.value.fix == (
        "gcloud secrets versions enable 1 --secret=beep-key --project=beep-prod-sample"
    )
    holder.confirm()
    assert scene.serves(release(2))
    first.state = "ENABLED"
    scene.rollout().rollback(break_lock=True)
    assert scene.serves(release(1))


def test_what_is_destroyed_is_said_to_be_gone_for_good_and_force_goes_back_all_the_same(
    scene: Scene,
) -> None:
    for number in (1, 2, 3):
        scene.run(release(number))
    for service in (API, WEB):
        _reads(scene, f"{service}-00002-abc", "beep-key", 1)
    _reads(scene, f"{API}-00002-abc", "beep-other", 3)
    scene.google.projects[scene.target.project].secrets["beep-key"][0].state = "DESTROYED"
    with pytest.raises(Refused) as refused:
        scene.rollout().rollback()
    assert refused.value.what == (
        "version 1 of beep-key is destroyed, and beep-api, beep-web would start no instance; "
        "version 3 of beep-other is gone, and beep-api would start no instance"
    )
    assert "nothing brings version 1 of beep-key back: go back to another release (--to)" in (
        refused.value.fix
    )
    scene.rollout().rollback(to="r1")
    assert scene.serves(release(1))
    scene.rollout().rollback(to="r2", force=True)
    assert scene.serves(release(2))


def test_what_is_kept_is_what_two_rollbacks_go_to_with_the_secrets_that_they_read(
    scene: Scene,
) -> None:
    for number in (1, 2, 3, 4):
        scene.run(release(number))
    _reads(scene, f"{API}-00004-abc", "beep-key", 2)
    _reads(scene, f"{API}-00003-abc", "beep-key", 2)
    _reads(scene, f"{API}-00002-abc", "beep-key", 1)
    del scene.run_store.revisions[f"{PLACE}/services/{WEB}/revisions/{WEB}-00002-abc"]
    third, second = status_of(scene.rollout()).kept
    assert (third.release, third.gone, third.secrets) == ("r3", (), ())
    assert (second.release, second.gone) == ("r2", (f"{WEB}-00002-abc",))
    assert second.secrets == ("version 1 of beep-key",)
    scene.rollout().rollback()
    assert [kept.release for kept in status_of(scene.rollout()).kept] == ["r2", "r1"]


def test_secrets_that_cannot_be_looked_at_keep_nobody_from_going_back(scene: Scene) -> None:
    scene.run(release(1))
    scene.run(release(2))
    _reads(scene, f"{API}-00001-abc", "beep-key", 1)
    scene.google.fail("secretmanager", denied("secretmanager.versions.get"))
    rollout = scene.rollout()
    rollout.rollback()
    assert scene.serves(release(1))
    [note] = scene.heard(rollout).notes
    assert "beep-key can be read is not known: the permission secretmanager.versions.get" in note


def test_a_candidate_that_fails_goes_back_without_a_look_at_secrets(scene: Scene) -> None:
    scene.run(release(1))
    _reads(scene, f"{API}-00001-abc", "beep-key", 1)
    scene.google.projects[scene.target.project].secrets["beep-key"][0].state = "DISABLED"
    scene.google.metrics.by_revision[f"{API}-00002-abc"] = Traffic(good=900, errors=100)
    assert scene.run(release(2)).outcome is Outcome.ROLLED_BACK
    assert scene.serves(release(1))


def test_a_rollback_ends_a_rollout_that_waits(scene: Scene) -> None:
    scene.run(release(1))
    scene.google.metrics.usual = Traffic(good=0)
    with pytest.raises(Held):
        scene.run(release(2))
    scene.rollout().rollback()
    assert scene.serves(release(1))
    outcomes = [journal.outcome for journal in scene.rollout().journals()]
    assert outcomes == [Outcome.SUCCEEDED, Outcome.REPLACED, Outcome.SUCCEEDED]


def test_a_rollback_takes_the_lock_from_a_rollout_that_then_stops(scene: Scene) -> None:
    """Also where the other is just about to write: it read before, and writes after."""
    scene.run(release(1))
    approved = scene.approved(release(2))
    rescuer = scene.rollout("rescuer")
    taken: list[str] = []

    def intervene(moment: str) -> None:
        if "before PATCH" in moment and not taken and _shares_of_api(scene) == [95, 5]:
            taken.append(moment)
            with pytest.raises(LockHeld, match="somebody holds the lock"):
                rescuer.rollback()
            rescuer.rollback(break_lock=True)

    scene.killer.interventions.append(intervene)
    with pytest.raises(LockLost, match="another process took the lock over"):
        scene.rollout().run(release(2), approved=approved)
    assert taken
    assert scene.serves(release(1))


def _shares_of_api(scene: Scene) -> list[int]:
    traffic = scene.run_store.services.get(f"{PLACE}/services/{API}", {}).get("traffic", [])
    return [share.get("percent", 0) for share in traffic]


def test_a_settlement_brings_the_templates_back_and_moves_no_user(scene: Scene) -> None:
    scene.run(release(1))
    scene.run(release(2))
    scene.rollout().rollback()
    before = scene.cloud_run.service(API)
    assert scene.left_to_do(release(1), SETTLED) != []
    approved = fingerprint(scene.rollout().plan(release(1), SETTLED))
    scene.rollout().settle(approved=approved)
    after = scene.cloud_run.service(API)
    assert before is not None
    assert after is not None
    assert after.traffic == before.traffic
    assert after.latest_created == f"{API}-00003-abc"
    assert scene.left_to_do(release(1)) == []
    scene.run(release(3))
    scene.rollout().rollback()
    assert scene.serves(release(1))


def test_an_abort_gives_the_traffic_back_and_is_only_for_what_is_open(scene: Scene) -> None:
    scene.run(release(1))
    with pytest.raises(Refused, match="every rollout here has ended"):
        scene.rollout().abort()
    scene.google.metrics.usual = Traffic(good=0)
    with pytest.raises(Held):
        scene.run(release(2))
    assert scene.rollout().abort().outcome is Outcome.ABORTED
    assert scene.serves(release(1))
    scene.google.metrics.usual = Traffic()
    assert scene.run(release(3)).outcome is Outcome.SUCCEEDED


def test_without_a_release_that_was_rolled_out_there_is_no_way_back(scene: Scene) -> None:
    with pytest.raises(Refused, match="no earlier release is known"):
        scene.rollout().rollback()
