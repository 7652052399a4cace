"""The command ``make rehearse``: it succeeds, fails, and is killed."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from tests.support import ROOT

NODE = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"


def rehearsal(*arguments: str, temporary: Path) -> subprocess.Popen[str]:
    # A shell's background jobs ignore SIGINT, and their children would inherit that; a handler is
    # not inherited. What preexec_fn would do after a fork gets in the way of gRPC's threads.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return start(arguments, temporary)
    finally:
        signal.signal(signal.SIGINT, before)


def start(arguments: Sequence[str], temporary: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "rehearsal", *arguments],
        cwd=ROOT,
        env={**os.environ, "PATH": NODE, "TMPDIR": str(temporary)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def temporary() -> Iterator[Path]:
    """A temporary folder whose path is short enough for a socket: at most 107 bytes in all."""
    with tempfile.TemporaryDirectory(prefix="r") as folder:
        yield Path(folder)


def test_an_environment_passes_and_leaves_nothing_behind(outdir: Path, temporary: Path) -> None:
    running = rehearsal("--env", "dev", "--out", str(outdir), temporary=temporary)
    output, errors = running.communicate(timeout=200)
    assert running.returncode == 0, errors
    rows = {row.split()[0]: row for row in output.splitlines()[1:7]}
    parts = ("foundation", "budget", "data", "migrations", "services", "monitoring")
    assert list(rows) == [f"dev-{part}" for part in parts]
    assert all(row.rstrip().endswith("ok") for row in rows.values()), output
    assert "cdktf deploy dev-data" in output
    assert "exception: google_redis_instance.redis_instance auth_string" in output
    assert list(temporary.iterdir()) == []


def test_a_failure_is_reported_with_the_construct_and_the_line_that_creates_it(
    outdir: Path, temporary: Path, tmp_path: Path
) -> None:
    shutil.copytree(outdir, tmp_path / "out")
    path = tmp_path / "out" / "stacks" / "prod-data" / "cdk.tf.json"
    configuration = json.loads(path.read_text())
    configuration["resource"]["google_redis_instance"]["redis_instance"]["tier"] = "GOLD"
    path.write_text(json.dumps(configuration, indent=2))
    out = str(tmp_path / "out")
    running = rehearsal("--stack", "prod-data", "--skip-deploy", "--out", out, temporary=temporary)
    output, errors = running.communicate(timeout=60)
    assert running.returncode == 1
    assert "expected tier to be one of" in errors
    created = "is the construct prod-data/redis/instance, created at constructs_lib/redis/redis.py:"
    assert f"google_redis_instance.redis_instance {created}" in errors
    assert "called by stacks/data.py:" in errors
    assert "FAILED in validate" in output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--stack", "prod-dat"), "no stack prod-dat; there are bootstrap,"),
        (("--terraform", "terrafrom"), "no executable terrafrom"),
        (("--from", "nowhere", "--stack", "prod-data"), "no revision nowhere"),
    ],
)
def test_what_cannot_be_rehearsed_is_refused_in_one_line(
    outdir: Path, temporary: Path, arguments: tuple[str, ...], message: str
) -> None:
    running = rehearsal(*arguments, "--out", str(outdir), temporary=temporary)
    _, errors = running.communicate(timeout=60)
    assert running.returncode == 2
    assert message in errors
    assert len(errors.splitlines()) == 1


def test_a_temporary_folder_too_deep_for_a_socket_is_refused_in_one_line(
    outdir: Path, tmp_path: Path
) -> None:
    deep = tmp_path / ("d" * 100)
    deep.mkdir()
    running = rehearsal("--stack", "prod-data", "--out", str(outdir), temporary=deep)
    _, errors = running.communicate(timeout=60)
    assert running.returncode == 2
    assert "bytes too long for the unix sockets" in errors
    assert len(errors.splitlines()) == 1
    assert list(deep.iterdir()) == []


STACK = ("--stack", "prod-data")
POINTS = {
    "at the start": "rehearsal-*",
    "while Terraform applies": "rehearsal-*/*/prod-data/terraform.tfstate",
    "while two stacks are rehearsed": "rehearsal-*/*/dev-*/rehearsal.tfplan",
    "while cdktf deploys": "rehearsal-*/deploy/cdktf.out/stacks/prod-data/.terraform",
}


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="processes are read in /proc")
@pytest.mark.parametrize(
    ("chosen", "point", "number"),
    [
        (STACK, "at the start", signal.SIGINT),
        (STACK, "at the start", signal.SIGKILL),
        (STACK, "while Terraform applies", signal.SIGINT),
        (STACK, "while Terraform applies", signal.SIGKILL),
        (("--env", "dev"), "while two stacks are rehearsed", signal.SIGTERM),
        (STACK, "while cdktf deploys", signal.SIGTERM),
        (STACK, "while cdktf deploys", signal.SIGKILL),
    ],
)
def test_a_killed_rehearsal_leaves_no_process_no_socket_and_no_file(
    outdir: Path, temporary: Path, chosen: tuple[str, ...], point: str, number: signal.Signals
) -> None:
    running = rehearsal(*chosen, "--out", str(outdir), temporary=temporary)
    wait_until(lambda: any(temporary.glob(POINTS[point])), "the kill point")
    before = files(outdir)
    assert running.poll() is None
    running.send_signal(number)
    running.communicate(timeout=20)
    assert running.returncode in (128 + number, -number)
    wait_until(lambda: not processes_of(temporary), "processes to end")
    # If it is killed before its guard has started, it may leave an empty folder.
    wait_until(lambda: not any(p.is_file() or p.is_socket() for p in temporary.rglob("*")), "files")
    if point != "at the start":
        assert list(temporary.iterdir()) == []
    assert files(outdir) == before


def wait_until(condition: Callable[[], object], what: str, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.01)


def processes_of(temporary: Path) -> list[str]:
    """Return the commands of processes that were started with this temporary folder."""
    mark = f"TMPDIR={temporary}".encode()
    commands = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (process / "environ").read_bytes():
                commands.append((process / "cmdline").read_bytes().decode())
        except OSError:
            continue  # ended meanwhile, or of another user
    return commands


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))
