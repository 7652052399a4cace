"""The committed review files, and how they are written."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import provider_schema.store
from provider_schema.bindings import modules
from review import ReviewError, render, write
from tests.support import ROOT, Stacks

COMMITTED = ROOT / "cdktf.out" / "review"
EMPTY = json.dumps({"terraform": {"required_version": ">= 1.11"}})


def _out(folder: Path, **stacks: str) -> Path:
    """Write an output folder with these stacks."""
    manifest = {}
    for name, text in stacks.items():
        path = folder / "stacks" / name / "cdk.tf.json"
        path.parent.mkdir(parents=True)
        path.write_text(text)
        manifest[name] = {"synthesizedStackPath": f"stacks/{name}/cdk.tf.json"}
    (folder / "manifest.json").write_text(json.dumps({"stacks": manifest}))
    return folder


def test_the_committed_files_are_what_the_stacks_render_to(stacks: Stacks) -> None:
    rendered = {f"{name}.tf": render(json.dumps(s), stack=name) for name, s in stacks.items()}
    committed = {path.name: path.read_text() for path in COMMITTED.iterdir()}
    assert committed.keys() == rendered.keys(), "run make synth and commit cdktf.out/review"
    outdated = [name for name in rendered if committed[name] != rendered[name]]
    assert not outdated, "run make synth and commit cdktf.out/review"


def test_the_archive_of_the_bindings_is_read_once_for_all_stacks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads: list[Path] = []

    def counted(tarball: Path) -> Iterator[tuple[str, list[bytes]]]:
        reads.append(tarball)
        yield from modules(tarball)

    def with_one(kind: str, **arguments: str) -> str:
        return json.dumps({"resource": {kind: {"x": arguments}}})

    monkeypatch.setenv("PROVIDER_SCHEMA_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(provider_schema.store, "modules", counted)
    out = tmp_path / "out"
    out.mkdir()
    zone = with_one("google_dns_managed_zone", name="z", dns_name="example.com.")
    write(_out(out, one=with_one("google_pubsub_topic", name="t"), two=zone))
    assert len(reads) == 1
    assert {path.name for path in (out / "review").iterdir()} == {"one.tf", "two.tf"}


def test_an_unchanged_file_is_not_written_again(tmp_path: Path) -> None:
    out = _out(tmp_path, one=EMPTY, two=EMPTY)
    write(out)
    unchanged, stale = out / "review" / "one.tf", out / "review" / "two.tf"
    stale.write_text("stale")
    for path in (unchanged, stale):
        os.utime(path, (0, 0))
    before = unchanged.stat()
    write(out)
    assert (unchanged.stat().st_mtime, unchanged.stat().st_ino) == (0, before.st_ino)
    assert stale.stat().st_mtime > 0
    assert stale.read_text() == render(EMPTY, stack="two")


def test_the_file_of_a_stack_that_is_gone_is_removed(tmp_path: Path) -> None:
    write(_out(tmp_path, one=EMPTY, two=EMPTY))
    shutil.rmtree(tmp_path / "stacks")
    (tmp_path / "review" / "notes.md").touch()
    write(_out(tmp_path, one=EMPTY))
    assert sorted(p.name for p in (tmp_path / "review").iterdir()) == ["notes.md", "one.tf"]


def test_a_stack_that_is_refused_leaves_every_file_as_it_was(tmp_path: Path) -> None:
    out = _out(tmp_path, one=EMPTY, two='{"action": {"m": {}}}')
    with pytest.raises(ReviewError, match="two: cannot write the section action"):
        write(out)
    assert not (out / "review").exists()


def test_a_failing_write_leaves_the_old_file_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = _out(tmp_path, one=EMPTY)
    (out / "review").mkdir()
    (out / "review" / "one.tf").write_text("old")

    def fail(*_: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="the disk is full"):
        write(out)
    assert [path.read_text() for path in (out / "review").iterdir()] == ["old"]


def test_a_file_can_be_read_by_others(tmp_path: Path) -> None:
    mask = os.umask(0o022)
    try:
        write(_out(tmp_path, one=EMPTY))
    finally:
        os.umask(mask)
    assert (tmp_path / "review" / "one.tf").stat().st_mode & 0o777 == 0o644


def _command(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "review", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_command_is_silent_on_success(tmp_path: Path) -> None:
    done = _command(str(_out(tmp_path, one=EMPTY)))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (tmp_path / "review" / "one.tf").exists()


def test_the_command_reports_a_mistake_in_one_line(tmp_path: Path) -> None:
    missing = _command(str(tmp_path / "none"))
    assert missing.returncode == 1
    assert (
        missing.stderr
        == f"review: {tmp_path}/none has no manifest.json, no *.tf.json and no *.tf\n"
    )
    refused = _command(str(_out(tmp_path, one='{"action": {"m": {}}}')))
    assert (refused.returncode, refused.stderr) == (
        1,
        "review: one: cannot write the section action\n",
    )
