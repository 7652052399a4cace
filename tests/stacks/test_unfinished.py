"""A synthesis that is interrupted or killed leaves the stacks as they were."""

from __future__ import annotations

import os
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from environments import Configuration
from stacks import app
from stacks.addresses import Moves


@pytest.fixture(scope="module")
def shared(configuration: Configuration) -> Configuration:
    """The bootstrap alone, which is synthesized in a moment."""
    return replace(configuration, environments=())


def _bytes(folder: Path) -> dict[str, bytes]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def test_an_interruption_before_the_moves_are_written_changes_no_stack(
    shared: Configuration, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app.synthesize(shared, tmp_path, Moves())
    path = tmp_path / "stacks" / "bootstrap" / "cdk.tf.json"
    path.write_text("{}")
    before = _bytes(tmp_path)
    seen: list[Path] = []

    def interrupt(folder: Path, _: Moves) -> None:
        seen.extend(folder.rglob("cdk.tf.json"))
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(app, "write_moved_blocks", interrupt)
        with pytest.raises(KeyboardInterrupt):
            app.synthesize(shared, tmp_path, Moves())
    assert len(seen) == 1
    assert _bytes(tmp_path) == before
    app.synthesize(shared, tmp_path, Moves())
    assert path.read_text() != "{}"


def test_what_a_killed_synthesis_left_is_removed_and_no_other(
    shared: Configuration, tmp_path: Path
) -> None:
    ended = subprocess.Popen(["true"])
    ended.wait()
    left, running = (tmp_path / f".unfinished.{n}.x" for n in (ended.pid, os.getpid()))
    for folder in (left, running):
        folder.mkdir()
        (folder / "cdk.tf.json").write_text("{")
    app.synthesize(shared, tmp_path, Moves())
    assert not left.exists()
    assert running.exists()
