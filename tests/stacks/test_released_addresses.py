"""An address that was released does not vanish without a move or a reason."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from problems import ConfigurationError
from review.render import render
from stacks.addresses import (
    Addresses,
    Move,
    Moves,
    Removal,
    problems_of,
    read_moves,
    released_addresses,
    synthesized_addresses,
    vanished,
    write_moved_blocks,
)
from tests.support import ROOT, Stacks, of_type

OLD, NEW = "google_redis_instance.redis_instance", "google_redis_instance.cache_instance"


def _move(before: str, after: str, part: str = "data") -> Move:
    return Move.model_validate({"part": part, "from": before, "to": after})


@pytest.fixture(scope="module")
def released(outdir: Path) -> Addresses:
    """What is synthesized, as if it had been released: other changes are not looked at here."""
    return synthesized_addresses(outdir)


@pytest.fixture
def out(outdir: Path, tmp_path: Path) -> Path:
    """A copy of the synthesized stacks in which Redis has another address."""
    folder = tmp_path / "cdktf.out"
    shutil.copytree(outdir / "stacks", folder / "stacks")
    for path in folder.glob("stacks/*-data/cdk.tf.json"):
        path.write_text(
            path.read_text().replace(
                'redis_instance": {\n      "redis_instance',
                'redis_instance": {\n      "cache_instance',
            )
        )
    return folder


def test_nothing_that_was_released_has_vanished(outdir: Path) -> None:
    lost = vanished(released_addresses(), synthesized_addresses(outdir), read_moves())
    assert [str(problem) for problem in problems_of(lost)] == []


def test_a_rename_without_a_move_is_reported_with_the_command_that_mends_it(
    released: Addresses, out: Path
) -> None:
    lost = tuple(vanished(released, synthesized_addresses(out), Moves()))
    assert {(loss.address, loss.candidate) for loss in lost} == {(OLD, NEW)}
    (first, *_) = problems_of(lost)
    assert f"beep-infra rename {OLD} {NEW}" in first.fix
    assert "Terraform will destroy" in first.what


@pytest.mark.parametrize(
    "moves",
    [
        Moves(moved=(_move(OLD, NEW),)),
        Moves(moved=(_move(OLD, "google_redis_instance.x"), _move("google_redis_instance.x", NEW))),
        Moves(removed=(Removal(stack="*-data", address="google_redis_*", reason="Replaced."),)),
    ],
    ids=["a move", "moves in a row", "a reason"],
)
def test_a_rename_with_a_move_or_a_reason_passes(
    released: Addresses, out: Path, moves: Moves
) -> None:
    assert not tuple(vanished(released, synthesized_addresses(out), moves))


@pytest.mark.parametrize(
    "moves",
    [
        Moves(moved=(_move(OLD, NEW, part="services"),)),
        Moves(moved=(_move(OLD, "google_redis_instance.elsewhere"),)),
        Moves(moved=(_move(OLD, OLD),)),
        Moves(removed=(Removal(stack="dev-data", address=OLD, reason="Gone."),)),
    ],
    ids=["another stack", "to nowhere", "in a circle", "a reason for another environment"],
)
def test_a_move_that_does_not_fit_is_no_excuse(
    released: Addresses, out: Path, moves: Moves
) -> None:
    assert tuple(vanished(released, synthesized_addresses(out), moves))


def test_an_environment_that_was_never_released_has_nothing_to_lose() -> None:
    released: Addresses = {"prod-data": frozenset({OLD})}
    synthesized: Addresses = {"prod-data": frozenset({OLD}), "qa-data": frozenset({NEW})}
    assert not tuple(vanished(released, synthesized, Moves()))


def test_a_move_becomes_a_block_of_the_stacks_that_have_the_new_address(
    out: Path, stacks: Stacks
) -> None:
    before = {path: path.read_text() for path in out.glob("stacks/*/cdk.tf.json")}
    write_moved_blocks(out, Moves(moved=(_move(OLD, NEW),)))
    for path, text in before.items():
        after = path.read_text()
        document = json.loads(after)
        moved = document.pop("moved", None)
        own = json.loads(text)
        if own.pop("moved", None):
            # A move of this project's own, which the copy came with.
            assert after == text
            continue
        assert document == own
        if NEW.partition(".")[2] in of_type(document, NEW.partition(".")[0]):
            assert moved == [{"from": OLD, "to": NEW}]
            assert after.endswith(text[2:])
            assert f"moved {{\n  from = {OLD}\n  to   = {NEW}\n}}" in render(
                after, stack=path.parent.name
            )
        else:
            assert after == text


def test_a_move_from_an_address_that_is_still_there_is_refused(
    outdir: Path, tmp_path: Path
) -> None:
    shutil.copytree(outdir / "stacks", tmp_path / "stacks")
    other = "google_secret_manager_secret_version.redis_url"
    with pytest.raises(ConfigurationError, match="is still an address of prod-data"):
        write_moved_blocks(tmp_path, Moves(moved=(_move(OLD, other),)))


@pytest.mark.parametrize(
    ("moves", "says"),
    [
        ((_move("a.b", "a.c", part="nosuch"),), "is not a part of an environment"),
        ((_move("google_sql_database.old", NEW),), "is of another type"),
        ((_move("google_x.a", "google_x.b"), _move("google_x.b", "google_x.a")), "leads back"),
        ((_move(OLD, "google_redis_instance.nowhere"),), "which no stack of data has"),
    ],
    ids=["an unknown part", "another type", "a circle", "to nowhere"],
)
def test_a_move_that_cannot_be_is_refused_and_none_is_written(
    moves: tuple[Move, ...], says: str, out: Path
) -> None:
    before = {path: path.read_text() for path in out.glob("stacks/*/cdk.tf.json")}
    with pytest.raises(ConfigurationError, match=says):
        write_moved_blocks(out, Moves(moved=(_move(OLD, NEW), *moves)[-len(moves) :]))
    assert before == {path: path.read_text() for path in before}


def test_a_move_of_what_only_some_environments_have_is_no_fault_of_the_others(
    stacks: Stacks, tmp_path: Path
) -> None:
    """By itself dev has no load balancer, and staging may have given its own up."""
    for name in ("dev", "staging"):
        path = tmp_path / name / "stacks" / f"{name}-data" / "cdk.tf.json"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(stacks[f"{name}-data"]))
        text = path.read_text()
        write_moved_blocks(
            tmp_path / name, Moves(moved=(_move(OLD, "google_redis_instance.nowhere"),))
        )
        assert path.read_text() == text


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[[moved]]\npart = 'data'\nto = 'a.b'", r"moved\[0\].from"),
        ("[[moved]]\npart = 'data'\nfrom = ''\nto = 'a.b'", "is empty"),
        ("[[removed]]\nstack = '*'\naddress = 'a.b'\nreason = ' '", "is empty"),
        ("[[renamed]]\na = 1", "renamed"),
        ("moved = 3", "moved"),
        ("[[moved]", "cannot be read"),
        ("\x00", "cannot be read"),
    ],
)
def test_a_file_of_moves_that_is_wrong_is_reported(text: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / "moves.toml"
    path.write_text(text)
    with pytest.raises(ConfigurationError, match=says):
        read_moves(path)


def test_the_check_is_a_command_with_an_exit_code(outdir: Path, out: Path) -> None:
    def check(folder: Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "stacks"],
            cwd=ROOT,
            env={**os.environ, "CDKTF_OUTDIR": str(folder)},
            capture_output=True,
            text=True,
            check=False,
        )

    passed = check(outdir)
    assert (passed.returncode, passed.stdout, passed.stderr) == (0, "", "")
    failed = check(out)
    assert failed.returncode == 1
    assert f"beep-infra rename {OLD} {NEW}" in failed.stderr
