"""A refactoring is compared with the revision before it, byte by byte."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from scripts import compare


@pytest.fixture
def compared(outdir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """Two outputs with the same bytes: that of a revision, and that of today."""
    before, today = tmp_path / "before", tmp_path / "today"
    for folder in (before, today):
        shutil.copytree(outdir / "stacks", folder / "stacks")
    monkeypatch.setattr(compare, "synthesize_revision", lambda *_: before)
    monkeypatch.setattr(sys, "argv", ["compare", "main", "--out", str(today)])
    return before, today


def test_the_same_bytes_are_said_to_be_the_same(
    compared: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    count = len(list((compared[0] / "stacks").iterdir()))
    assert compare.main() == 0
    assert capsys.readouterr().out == (f"{count} of {count} stacks are the same bytes as in main\n")


@pytest.mark.parametrize("change", ["a value", "blanks", "a stack that is gone"])
def test_each_difference_is_shown_and_fails(
    change: str, compared: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    path = compared[1] / "stacks" / "prod-data" / "cdk.tf.json"
    match change:
        case "a value":
            path.write_text(path.read_text().replace('"STANDARD_HA"', '"BASIC"'))
        case "blanks":
            path.write_text(path.read_text() + "\n")
        case _:
            shutil.rmtree(path.parent)
    assert compare.main() == 1
    printed = capsys.readouterr().out
    assert "@@ prod-data\n" in printed
    if change == "a value":
        assert '-        "tier": "STANDARD_HA",' in printed
        assert '+        "tier": "BASIC",' in printed


def test_a_revision_that_does_not_exist_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["compare", "no-such-revision"])
    assert compare.main() == 2
    assert "no revision no-such-revision" in capsys.readouterr().err
