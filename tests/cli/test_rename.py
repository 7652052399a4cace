"""``rename`` as people call it; the guide of its name does a whole rename, with real syntheses."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.copies import copy_of_repository, run_in

OLD, NEW = "google_redis_instance.redis_instance", "google_redis_instance.redis_cache"


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_of_repository(tmp_path_factory.mktemp("rename"))


@pytest.fixture
def renamed(outdir: Path, tmp_path: Path) -> Path:
    """What is synthesized when the instance of Redis has another construct id."""
    shutil.copytree(outdir / "stacks", tmp_path / "stacks")
    for path in tmp_path.glob("stacks/*-data/cdk.tf.json"):
        path.write_text(path.read_text().replace('"redis_instance": {', '"redis_cache": {'))
    return tmp_path


def test_moves_are_printed_or_written_and_never_twice(copy: Path, renamed: Path) -> None:
    moves = copy / "stacks" / "moves.toml"
    before = moves.read_text()
    entry = f'[[moved]]\npart = "data"\nfrom = "{OLD}"\nto = "{NEW}"\n'
    dry = run_in(copy, "beep-infra", "rename", OLD, NEW, "--dry-run", outdir=renamed)
    assert (dry.returncode, dry.stdout) == (0, entry)
    assert moves.read_text() == before

    written = run_in(copy, "beep-infra", "rename", OLD, NEW, outdir=renamed)
    assert written.returncode == 0, written.stderr
    assert f"data: {OLD} -> {NEW}" in written.stdout
    assert moves.read_text() == f"{before}\n{entry}"

    again = run_in(copy, "beep-infra", "rename", OLD, NEW, outdir=renamed)
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
def test_a_rename_that_cannot_be_is_refused(
    old: str, new: str, says: str, copy: Path, outdir: Path
) -> None:
    refusal = run_in(copy, "beep-infra", "rename", old, new, outdir=outdir)
    assert refusal.returncode == 2
    assert says in refusal.stderr
    assert "Traceback" not in refusal.stderr


def test_before_anything_is_synthesized_it_says_so(copy: Path, tmp_path: Path) -> None:
    refusal = run_in(copy, "beep-infra", "rename", "a", "b", outdir=tmp_path)
    assert refusal.returncode == 2
    assert "run make synth first" in refusal.stderr
