"""The commands, over HTTP, on what rollouts in this process left behind."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from beep_infra.app import app
from beep_infra.output import Refusal
from beep_infra.rollouts import holder, rollout
from delivery.release import Release
from delivery.rollout.clock import SystemClock
from delivery.rollout.errors import Held
from delivery.rollout.outside import Verification
from delivery.rollout.target import STACKS, Target, target_of
from environments import Environment
from tests.delivery.rollout.scene import Scene, image
from tests.google_api.fake import FakeGoogle, service_account_file
from tests.google_api.monitoring import Traffic

TERRAFORM = """#!/bin/sh
[ "$1" = show ] && echo '{}' || true
"""


def release_for(target: Target, number: int, images: int | None = None) -> Release:
    digests = {name: image(name, images or number) for name in target.images}
    built = {name: {"prod": digests.pop(name)} for name in ("web", "todox")}
    return Release(
        release=f"r{number}",
        commit=f"{number:040x}",
        contract_statements={},
        images={**digests, **built},
    )


@pytest.fixture(scope="module")
def server() -> Iterator[FakeGoogle]:
    with FakeGoogle().running() as running:
        yield running


@pytest.fixture(scope="module")
def after_two(server: FakeGoogle, prod: Environment) -> tuple[Scene, bytes]:
    """After r1 and r2. The locks of the scene's clock have expired by that of a process."""
    scene = Scene(server, target_of(prod))
    for number in (1, 2):
        scene.run(release_for(scene.target, number))
    return scene, scene.saved()


@pytest.fixture(scope="module")
def key(server: FakeGoogle, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return service_account_file(tmp_path_factory.mktemp("key") / "key.json", server.endpoint)


@pytest.fixture
def scene(
    after_two: tuple[Scene, bytes], key: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Scene:
    """Of the rollouts, with a script for Terraform that never finds anything to do."""
    script = tmp_path / "terraform"
    script.write_text(TERRAFORM)
    script.chmod(0o700)
    for stack in STACKS:
        (tmp_path / "out/stacks" / f"prod-{stack}").mkdir(parents=True)
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(key))
    monkeypatch.setenv("TERRAFORM", str(script))
    monkeypatch.setenv("CDKTF_OUTDIR", str(tmp_path / "out"))
    monkeypatch.setattr(SystemClock, "sleep", lambda *_: None)
    # Nobody serves the hosts; tests/verify has servers.
    monkeypatch.setattr(Verification, "live", lambda *_: ())
    monkeypatch.setattr(Verification, "verify", lambda *_: ())
    scene, saved = after_two
    scene.restore(saved)
    return scene


def call(server: FakeGoogle, *arguments: str) -> Result:
    name, *rest = arguments
    options = ("--env", "prod", "--endpoint", server.endpoint)
    return CliRunner().invoke(app, ["rollout", name, *rest, *options])


def test_an_operator_looks_goes_back_and_looks_again(scene: Scene, server: FakeGoogle) -> None:
    status = call(server, "status")
    assert status.exit_code == 0
    assert status.stdout.startswith(f"prod serves r2\n    commit {2:040x}\nthe lock is free\n")
    assert "beep-api\n    100 % to beep-api-00002-abc\n" in status.stdout
    assert status.stdout.endswith("r1 is kept to go back to\n")

    planned = call(server, "rollback", "--dry-run")
    assert "would go back to r1\n" in planned.stdout
    assert "    beep-api goes back to beep-api-00001-abc\n" in planned.stdout
    assert scene.serves(release_for(scene.target, 2))

    done = call(server, "rollback")
    assert done.exit_code == 0, done.stderr
    assert "rollback of r1 succeeded\n" in done.stdout
    assert "back beep-api: done\n" in done.stdout
    assert scene.serves(release_for(scene.target, 1))

    status = call(server, "status")
    assert status.stdout.startswith("prod serves r1\n")
    assert "    made and not served: beep-api-00002-abc, of r2\n" in status.stdout
    data = json.loads(call(server, "status", "--json").stdout)
    assert (data["release"], data["open"], data["lock"]) == ("r1", None, None)
    assert all(service["waits"] for service in data["services"])

    history = call(server, "history").stdout.splitlines()
    assert [line for line in history if not line.startswith(" ")] == [
        line for line in history if line.endswith(": succeeded")
    ]
    assert history[0].startswith("3 ")
    assert history[0].endswith(" rollback r1: succeeded")
    entries = json.loads(call(server, "history", "--json").stdout)[0]["entries"]
    assert [entry["state"] for entry in entries[:2]] == ["intent", "done"]

    again = call(server, "rollback")
    assert again.exit_code == 1
    assert again.stderr == "r1 is the first release here\n    fix: release a repaired image\n"


def test_a_release_is_planned_approved_and_run(
    scene: Scene, server: FakeGoogle, tmp_path: Path
) -> None:
    file = tmp_path / "release.json"
    file.write_text(release_for(scene.target, 3, images=2).model_dump_json())
    plan = call(server, "plan", "--release", str(file))
    assert plan.exit_code == 0, plan.stderr
    assert plan.stdout.startswith("prod-foundation: 0 changes\n")
    fingerprint = plan.stdout.rpartition("fingerprint: ")[2].strip()

    missing = call(server, "run", "--release", str(file))
    assert missing.exit_code == 1
    assert "prod takes only what was approved" in missing.stderr
    other = call(server, "run", "--release", str(file), "--approve", "0" * 64)
    assert other.exit_code == 1
    assert "no longer those that were approved" in other.stderr

    done = call(server, "run", "--release", str(file), "--approve", fingerprint)
    assert done.exit_code == 0, done.stderr
    assert "migrate: done\n" in done.stdout
    assert "run of r3 succeeded\n" in done.stdout
    difference = call(server, "diff", "r2", "r3")
    assert difference.exit_code == 1
    assert difference.stdout == f"commit\n    - {2:040x}\n    + {3:040x}\n"
    settled = call(server, "settle", "--dry-run", "--json")
    assert json.loads(settled.stdout)["effects"] == {"prod-migrations": [], "prod-services": []}


def test_another_command_gets_its_own_options_and_gives_its_exit_code(
    scene: Scene, server: FakeGoogle, tmp_path: Path
) -> None:
    script = tmp_path / "deploy"
    script.write_text(f'#!/bin/sh\necho "$@" >{tmp_path}/arguments\nexit 7\n')
    script.chmod(0o700)
    options = ("--env", "prod", "--endpoint", server.endpoint, "--", str(script), "--env", "-x")
    done = CliRunner().invoke(app, ["rollout", "with-lock", *options])
    assert done.exit_code == 7, done.stderr
    assert (tmp_path / "arguments").read_text() == "--env -x\n"
    assert "the lock is free" in call(server, "status").stdout


def test_a_command_that_cannot_start_gives_the_lock_back(
    scene: Scene, server: FakeGoogle, tmp_path: Path
) -> None:
    script = tmp_path / "deploy"
    script.write_bytes(b"\0")
    script.chmod(0o700)
    options = ("--env", "prod", "--endpoint", server.endpoint, "--", str(script))
    done = CliRunner().invoke(app, ["rollout", "with-lock", *options])
    assert isinstance(done.exception, OSError)
    assert "the lock is free" in call(server, "status").stdout


def test_no_command_runs_while_a_rollout_is_held(
    scene: Scene, server: FakeGoogle, tmp_path: Path
) -> None:
    scene.google.metrics.usual = Traffic(good=3)
    with pytest.raises(Held):
        scene.run(release_for(scene.target, 3))
    options = ("--env", "prod", "--endpoint", server.endpoint, "--", "touch", f"{tmp_path}/ran")
    done = CliRunner().invoke(app, ["rollout", "with-lock", *options])
    assert done.exit_code == 1
    assert "the run of r3 has not ended" in done.stderr
    assert not (tmp_path / "ran").exists()


def test_what_has_ended_can_be_neither_resumed_nor_aborted(
    scene: Scene, server: FakeGoogle
) -> None:
    for command in (("resume",), ("abort",), ("abort", "--dry-run")):
        done = call(server, *command)
        assert done.exit_code == 1
        assert done.stderr.startswith("every rollout here has ended\n    fix: ")


def test_a_rollout_that_is_held_has_an_exit_code_of_its_own_and_says_so(
    scene: Scene, server: FakeGoogle
) -> None:
    scene.google.metrics.usual = Traffic(good=3)
    with pytest.raises(Held):
        scene.run(release_for(scene.target, 3))
    status = call(server, "status")
    assert "    at: gate 5\n    held without a verdict: resume," in status.stdout
    assert json.loads(call(server, "status", "--json").stdout)["held"] is True
    with pytest.raises(typer.Exit) as ended, rollout("prod", server.endpoint):
        raise Held("no verdict", "decide")
    assert ended.value.exit_code == 3


def test_a_release_file_that_lacks_images_is_refused_with_all_of_them(
    scene: Scene, server: FakeGoogle, tmp_path: Path
) -> None:
    file = tmp_path / "release.json"
    whole = json.loads(release_for(scene.target, 3).model_dump_json())
    del whole["images"]["api"]
    del whole["images"]["todox"]["prod"]
    file.write_text(json.dumps(whole))
    done = call(server, "plan", "--release", str(file))
    assert isinstance(done.exception, Refusal)
    assert "release.json: 2 problems" in str(done.exception)
    assert "images.todox.prod" in str(done.exception)


def test_a_job_of_github_is_named_with_the_address_of_its_log() -> None:
    variables = {
        "GITHUB_RUN_ID": "7",
        "GITHUB_ACTOR": "somebody",
        "GITHUB_SERVER_URL": "https://example.com",
        "GITHUB_REPOSITORY": "beep/beep",
    }
    job = holder(variables)
    assert (job.name, job.run_url) == ("somebody", "https://example.com/beep/beep/actions/runs/7")
    assert holder({}).run_url is None
