"""``rename`` on a copy of the repository: a construct is renamed, and nothing is destroyed."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.copies import copy_of_repository, run_in

REDIS = "constructs_lib/redis/redis.py"
OLD, NEW = "google_redis_instance.redis_instance", "google_redis_instance.redis_cache"


@pytest.fixture(scope="module")
def renamed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy in which the instance of Redis has another construct id, synthesized."""
    copy = copy_of_repository(tmp_path_factory.mktemp("rename"))
    path = copy / REDIS
    path.write_text(path.read_text().replace('            "instance",\n', '            "cache",\n'))
    synth = run_in(copy, "python", "-O", "main.py")
    assert synth.returncode == 0, synth.stderr
    return copy


def test_a_rename_is_one_command_and_the_next_synth_has_the_blocks(renamed: Path) -> None:
    check = run_in(renamed, "python", "-m", "stacks")
    assert check.returncode == 1
    assert f"beep-infra rename {OLD} {NEW}" in check.stderr

    dry = run_in(renamed, "beep-infra", "rename", OLD, NEW, "--dry-run")
    moves = renamed / "stacks" / "moves.toml"
    assert dry.stdout == f'[[moved]]\npart = "data"\nfrom = "{OLD}"\nto = "{NEW}"\n'
    assert NEW not in moves.read_text()

    written = run_in(renamed, "beep-infra", "rename", OLD, NEW)
    assert written.returncode == 0, written.stderr
    assert f"data: {OLD} -> {NEW}" in written.stdout
    assert "1 move written to stacks/moves.toml" in written.stdout

    assert run_in(renamed, "python", "-m", "stacks").returncode == 0
    assert run_in(renamed, "python", "-O", "main.py").returncode == 0
    for path in (renamed / "cdktf.out" / "stacks").glob("*-data/cdk.tf.json"):
        assert json.loads(path.read_text())["moved"] == [{"from": OLD, "to": NEW}]

    again = run_in(renamed, "beep-infra", "rename", OLD, NEW)
    assert again.returncode == 2
    assert "or it has a move" in again.stderr


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("google_nothing.x", "google_nothing.y", "no released address holds google_nothing.x"),
        ("same", "same", "OLD and NEW are both same"),
        ("cloud_run_beep_web", "cloud_run_beep_app", "is still synthesized"),
    ],
)
def test_a_rename_that_cannot_be_is_refused(old: str, new: str, says: str, renamed: Path) -> None:
    refusal = run_in(renamed, "beep-infra", "rename", old, new)
    assert refusal.returncode == 2
    assert says in refusal.stderr
    assert re.search("Traceback", refusal.stderr) is None


def test_before_anything_is_synthesized_it_says_so(renamed: Path, tmp_path: Path) -> None:
    refusal = run_in(renamed, "beep-infra", "rename", "a", "b", outdir=tmp_path)
    assert refusal.returncode == 2
    assert "run make synth first" in refusal.stderr
