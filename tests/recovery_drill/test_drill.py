"""A drill: what it asks for, what it says, and that its instance never stays."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from beep_infra.app import app
from beep_infra.output import Refusal
from environments import Environment
from google_api import GoogleError
from tests.google_api.fake import FakeGoogle, denied, error, service_account_file
from tests.recovery_drill.conftest import PERSON, SOURCE, Canned, backup, drilling

OF_A_DRILL = {"settings": {"userLabels": {"beep-drill": "prod"}}}


def left_over(google: FakeGoogle) -> list[str]:
    return [name for name in google.world.sql.instances if name != SOURCE]


def canned(google: FakeGoogle) -> Canned:
    database = google.world.sql.database
    assert isinstance(database, Canned)
    return database


def test_the_newest_backup_that_succeeded_is_restored_to_an_instance_like_the_first(
    prod: Environment, google: FakeGoogle
) -> None:
    before = copy.deepcopy(google.world.sql.instances)
    created = []

    def watch(call: str) -> None:
        for name in left_over(google):
            created.append(google.world.sql.instances[name])

    done = drilling(prod, google, watch).run()
    assert google.world.sql.instances == before
    assert (done.backup.number, done.backup_age_minutes // 60) == ("3", 6)
    assert done.log_lag_minutes in {3, 4}
    assert done.findings == []
    assert list(done.seconds) == ["create", "restore", "read"]
    assert done.contents is not None
    assert [(t.name, t.rows) for t in done.contents.tables] == [
        ("public.notes", 3),
        ("public.plans", 0),
    ]
    settings = created[0]["settings"]
    assert settings["dataDiskSizeGb"] == "140"
    assert settings["availabilityType"] == "ZONAL"
    assert settings["ipConfiguration"]["ipv4Enabled"] is False
    assert {"name": "max_connections", "value": "400"} in settings["databaseFlags"]


def run_to_the_end(prod: Environment, google: FakeGoogle) -> int:
    calls = 0

    def count(_: str) -> None:
        nonlocal calls
        calls += 1

    drilling(prod, google, count).run()
    return calls


@pytest.mark.parametrize("is_killed", [False, True], ids=["interrupted", "killed"])
def test_wherever_a_drill_ends_nothing_of_it_stays(
    is_killed: bool, prod: Environment, google: FakeGoogle
) -> None:
    """Interrupted, it goes on to remove its instance; killed, the next drill does."""
    for end in range(run_to_the_end(prod, google)):
        calls = 0

        def stop(call: str, end: int = end) -> None:
            nonlocal calls
            calls += 1
            if calls - 1 == end or (is_killed and calls > end):
                raise KeyboardInterrupt(call)

        with pytest.raises(KeyboardInterrupt) as ended:
            drilling(prod, google, stop).run()
        if not is_killed and "DELETE" not in str(ended.value):
            assert left_over(google) == [], ended.value
        assert drilling(prod, google).run().findings == []
        assert left_over(google) == []


@pytest.mark.parametrize("kind", ["CREATE", "RESTORE_VOLUME", "CREATE_USER"])
def test_an_operation_that_fails_fails_the_drill_and_removes_the_instance(
    kind: str, prod: Environment, google: FakeGoogle
) -> None:
    google.world.sql.failing_operation = kind
    with pytest.raises(GoogleError, match=f"{kind} failed: it broke"):
        drilling(prod, google).run()
    assert left_over(google) == []


def test_a_user_that_is_refused_at_first_is_waited_for(
    prod: Environment, google: FakeGoogle
) -> None:
    google.world.fail("executeSql", error(400, "authentication failed for user"), times=2)
    google.world.fail("executeSql", denied("cloudsql.instances.executeSql"), times=2)
    assert drilling(prod, google).run().findings == []


@pytest.mark.parametrize("lost", ["POST .*/instances$", "POST .*/restoreBackup$", "^DELETE"])
def test_an_answer_that_is_lost_leaves_nothing_behind(
    lost: str, prod: Environment, google: FakeGoogle
) -> None:
    google.world.lose_answers(lost)
    if lost == "^DELETE":
        assert drilling(prod, google).run().findings == []
    else:
        with pytest.raises(GoogleError, match="does not answer"):
            drilling(prod, google).run()
    assert left_over(google) == []


def test_an_instance_that_is_busy_is_removed_once_it_is_not(
    prod: Environment, google: FakeGoogle
) -> None:
    google.world.fail("^DELETE", error(409, "another operation is in progress"), times=3)
    assert drilling(prod, google).run().findings == []
    assert left_over(google) == []


def test_an_instance_that_cannot_be_removed_is_named(prod: Environment, google: FakeGoogle) -> None:
    google.world.fail("^DELETE", denied("cloudsql.instances.delete"))
    with pytest.raises(GoogleError, match=r"beep-prod-drill-\S+ is not removed: the permission"):
        drilling(prod, google).run()


def test_nothing_is_removed_that_is_no_drills(prod: Environment, google: FakeGoogle) -> None:
    google.world.sql.instances["beep-prod-restored"] = {"name": "beep-prod-restored", **OF_A_DRILL}
    with pytest.raises(GoogleError, match="beep-prod-restored has the label"):
        drilling(prod, google).run()
    assert left_over(google) == ["beep-prod-restored"]


@pytest.mark.parametrize(
    ("text", "rows", "says"),
    [
        ("FROM pg_extension", [["plpgsql"]], "the extension vector is missing"),
        ("FROM pg_roles", [["beep_owner", "f"]], "the role beep_readonly is missing"),
        (
            "FROM pg_roles",
            [[r, "t"] for r in ("beep_owner", "beep_app", "beep_app_b", "beep_readonly")],
            "row-level security does not bind beep_app_b",
        ),
        ("FROM pg_class", [], "there is no table"),
        ("count(*) FROM public.notes", [["0"]], "every table is empty"),
        (
            "FROM pg_class",
            [['["public.notes", 0, true]']],
            "no table has a policy",
        ),
        (
            "FROM pg_class",
            [['["public.notes", 1, false]']],
            "public.notes has policies, and row-level security is off",
        ),
    ],
)
def test_what_the_applications_could_not_work_with_is_a_finding(
    text: str, rows: list[list[str]], says: str, prod: Environment, google: FakeGoogle
) -> None:
    canned(google).rows[text] = rows
    assert any(says in finding for finding in drilling(prod, google).run().findings)


def test_what_is_promised_is_held_against_what_was_seen(
    prod: Environment, google: FakeGoogle
) -> None:
    google.world.sql.backups[SOURCE] = [backup(1, 30)]
    late = datetime.now(UTC) - timedelta(minutes=20)
    google.world.sql.latest_recovery_time = late.isoformat()
    hours = iter(range(100))
    slow = replace(drilling(prod, google), clock=lambda: 2.0 * 3600 * next(hours))
    findings = "\n".join(slow.run().findings)
    assert "the newest backup is 1801 minutes old" in findings
    assert "recovery.rows.rto_minutes = 240: the restore alone took 360 minutes" in findings
    assert "recovery.rows.rpo_minutes = 5: the log is 21 minutes behind" in findings
    assert "recovery.database.rto_minutes" not in findings


def test_an_instance_without_a_backup_is_a_refusal(prod: Environment, google: FakeGoogle) -> None:
    google.world.sql.backups[SOURCE] = [backup(4, 1, "FAILED")]
    with pytest.raises(GoogleError, match="has no backup that succeeded"):
        drilling(prod, google).run()


def test_the_command_reports_and_has_the_exit_code_of_what_it_found(
    google: FakeGoogle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = FakeGoogle()
    fake.world = google.world
    with fake.running():
        key = service_account_file(tmp_path / "key.json", fake.endpoint)
        monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(key))
        monkeypatch.setattr("time.sleep", lambda _: None)
        line = ["recovery", "drill", "prod", "--as", PERSON, "--endpoint", fake.endpoint]
        refused = CliRunner().invoke(app, line)
        assert isinstance(refused.exception, Refusal)
        assert "use --yes" in str(refused.exception)
        done = CliRunner().invoke(app, [*line, "--yes"])
        assert done.exit_code == 0, done.output
        assert "  public.notes: 3 rows, 1 policies\n" in done.output
        canned(fake).rows["FROM pg_extension"] = []
        report = CliRunner().invoke(app, [*line, "--yes", "--json"])
        assert report.exit_code == 1
        assert json.loads(report.stdout)["findings"] == ["the extension vector is missing"]
    for environment, says in (("dev", "no database on Cloud SQL"), ("prodd", "did you mean prod")):
        line = ["recovery", "drill", environment, "--as", PERSON, "--yes"]
        assert says in str(CliRunner().invoke(app, line).exception)
