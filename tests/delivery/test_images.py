"""The files that images are built from: pinned, without a secret, with the contract's inputs."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest

from environments import Configuration
from envschema import Side, contract
from envschema.services import applications
from envschema.versions import Version
from tests.constructs_lib.postgres.server import OWNER_PASSWORD, Server, fresh
from tests.support import NODE, ROOT

__all__ = ["fresh"]

IMAGES = ROOT / "delivery" / "images"
FILES = {path.stem: path.read_text() for path in sorted(IMAGES.glob("*.Dockerfile"))}
EACH_FILE = pytest.mark.parametrize("text", FILES.values(), ids=FILES)


def _arguments(text: str) -> set[str]:
    return set(re.findall(r"^ARG (\S+)", text, re.MULTILINE))


def test_there_is_a_file_for_each_image_that_is_built() -> None:
    assert FILES.keys() == {"api", "web", "migrations"}


def test_the_arguments_of_a_web_application_are_what_its_build_is_given(
    configuration: Configuration,
) -> None:
    declared = _arguments(FILES["web"]) - {"APP"}
    # An environment pins one version of the applications; the file serves all of them.
    assert declared == {
        name
        for version in Version
        for name, variable in contract(version).items()
        if variable.side is Side.CLIENT
    }
    given = {
        (environment.settings.environment, app): bound.build_arguments().keys()
        for environment in configuration.environments
        for app, bound in environment.apps.items()
    }
    with_inputs = {key: names for key, names in given.items() if names}
    assert {app for _, app in with_inputs} == {"web", "todox"}
    for (_, app), names in with_inputs.items():
        assert names <= declared, app
    version = configuration.environments[0].settings.version
    assert with_inputs["dev", "web"] == {
        name for name, variable in contract(version).items() if variable.side is Side.CLIENT
    }


def test_what_is_the_same_for_every_environment_has_no_argument() -> None:
    for name in ("api", "migrations"):
        assert _arguments(FILES[name]) == set()


@EACH_FILE
def test_no_argument_and_no_variable_is_a_secret(text: str) -> None:
    secrets = {
        name
        for version in Version
        for name, variable in contract(version).items()
        if variable.secret and variable.side is Side.SERVER
    }
    assert len(secrets) > 20
    assert not [name for name in secrets if name in text]


@EACH_FILE
def test_every_stage_begins_with_a_digest_or_with_another_stage(text: str) -> None:
    stages = re.findall(r"^FROM (\S+)(?: AS (\w+))?$", text, re.MULTILINE)
    assert len(stages) >= 3
    names = {name for _, name in stages if name}
    for base, _ in stages:
        assert base in names or re.fullmatch(r"[\w./:-]+@sha256:[0-9a-f]{64}", base), base


@EACH_FILE
def test_nothing_runs_as_root_and_no_process_can_change_its_own_code(text: str) -> None:
    last = text.rpartition("\nFROM ")[2]
    assert re.findall(r"^USER (.+)$", last, re.MULTILINE) == ["1000:1000"]
    assert last.index("USER") < last.index("CMD")
    assert "--chown" not in text


def test_a_build_sees_neither_secrets_nor_what_a_developer_has_made() -> None:
    ignored = {path.name: path.read_text() for path in IMAGES.glob("*.dockerignore")}
    assert ignored.keys() == {f"{name}.Dockerfile.dockerignore" for name in FILES}
    (text,) = set(ignored.values())
    assert {".git", "**/.env*", "**/*.pem", "**/node_modules"} <= set(text.splitlines())


def test_every_application_is_a_file_with_its_folder() -> None:
    assert "apps/server" in FILES["api"]
    assert "apps/${APP}" in FILES["web"]
    assert {s.name for s in applications()} == {"api", "web", "todox", "marketing"}


# The lock of the migrations


Run = subprocess.Popen[str]


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A package with the scripts, beside the pg that the image has."""
    for name in ("with-lock.mjs", "use-lock.mjs"):
        shutil.copy(IMAGES / name, tmp_path)
    (tmp_path / "node_modules").symlink_to((ROOT / "node_modules").resolve())
    return tmp_path


@pytest.fixture
def runs() -> Iterator[list[Run]]:
    started: list[Run] = []
    yield started
    for run in started:
        run.kill()
        run.wait()
        for pipe in (run.stdout, run.stderr):
            assert pipe is not None
            pipe.close()


def _start(package: Path, server: Server, runs: list[Run], script: str) -> Run:
    """Run a script of a shell under the lock."""
    url = f"postgresql://beep_owner:{OWNER_PASSWORD}@127.0.0.1:{server.port}/beep"
    run = subprocess.Popen(
        [NODE, package / "with-lock.mjs", "/bin/sh", "-c", script],
        cwd=package,
        env={"PATH": os.environ["PATH"], "DB_PG_URL": url},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    runs.append(run)
    return run


def _line(pipe: IO[str] | None) -> str:
    assert pipe is not None
    return pipe.readline().strip()


HOLDERS = "FROM pg_locks WHERE locktype = 'advisory'"


def _wait_for(server: Server, question: str, answer: str) -> None:
    end = time.monotonic() + 20
    while server.as_superuser(question) != answer:
        assert time.monotonic() < end, question
        time.sleep(0.05)


def test_two_migrations_of_a_database_run_one_after_the_other(
    package: Path, fresh: Server, runs: list[Run]
) -> None:
    log = package / "log"
    steps = f"echo begin >> {log}; echo begun; while test -e {log}.hold; do sleep 0.05; done"
    hold = package / "log.hold"
    hold.touch()
    first = _start(package, fresh, runs, f"{steps}; echo end >> {log}")
    assert _line(first.stdout) == "begun"
    second = _start(package, fresh, runs, f"{steps}; echo end >> {log}")
    _wait_for(fresh, f"SELECT count(*) {HOLDERS} AND NOT granted", "1")
    hold.unlink()
    assert [first.wait(20), second.wait(20)] == [0, 0]
    assert log.read_text().split() == ["begin", "end"] * 2
    _wait_for(fresh, f"SELECT count(*) {HOLDERS}", "0")


def test_a_migration_ends_with_the_status_of_its_command_and_frees_the_lock(
    package: Path, fresh: Server, runs: list[Run]
) -> None:
    assert _start(package, fresh, runs, "exit 7").wait(20) == 7
    stopped = _start(package, fresh, runs, "echo begun; exec sleep 30")
    assert _line(stopped.stdout) == "begun"
    # As Cloud Run ends a job whose time is up.
    stopped.send_signal(signal.SIGTERM)
    assert stopped.wait(20) == 1
    assert _start(package, fresh, runs, "true").wait(20) == 0


def test_a_migration_that_has_lost_its_lock_is_stopped(
    package: Path, fresh: Server, runs: list[Run]
) -> None:
    begun = time.monotonic()
    run = _start(package, fresh, runs, "echo begun; exec sleep 30")
    assert _line(run.stdout) == "begun"
    fresh.as_superuser(f"SELECT pg_terminate_backend(pid) {HOLDERS}")
    assert run.wait(20) == 1
    assert "the migration is stopped" in _line(run.stderr)
    assert time.monotonic() - begun < 20


def test_without_the_lock_no_migration_begins_and_no_address_is_printed(
    package: Path, fresh: Server, runs: list[Run]
) -> None:
    holder = _start(package, fresh, runs, "echo begun; exec sleep 30")
    assert _line(holder.stdout) == "begun"
    waiting = _start(package, fresh, runs, "echo begun")
    _wait_for(fresh, f"SELECT count(*) {HOLDERS} AND NOT granted", "1")
    fresh.as_superuser(f"SELECT pg_cancel_backend(pid) {HOLDERS} AND NOT granted")
    out, err = waiting.communicate(timeout=20)
    assert (waiting.returncode, out) == (1, "")
    assert err == "with-lock: no lock on the database: 57014\n"


def test_the_script_of_the_package_takes_the_lock(package: Path) -> None:
    manifest = package / "package.json"
    manifest.write_text('{"scripts": {"db:migrate": "drizzle-kit migrate", "build": "tsc"}}')
    subprocess.run([NODE, "use-lock.mjs"], cwd=package, check=True, capture_output=True)
    assert '"db:migrate": "node with-lock.mjs bun run db:migrate:unlocked"' in manifest.read_text()
    assert '"db:migrate:unlocked": "drizzle-kit migrate"' in manifest.read_text()
    manifest.write_text('{"scripts": {}}')
    done = subprocess.run([NODE, "use-lock.mjs"], cwd=package, check=False, capture_output=True)
    assert done.returncode != 0
