"""The runner of Terraform, with a script that answers as Terraform does."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from delivery.rollout.errors import LockLost, StepFailed
from delivery.rollout.lock import lost
from delivery.rollout.terraform import TerraformRunner

SCRIPT = """#!/bin/sh
echo "$@" "api=$TF_VAR_image_api" >> "$PWD/calls"
case "$1" in
  plan) [ -e broken ] && { echo "Error: no such zone" >&2; exit 1; }
    for argument; do case "$argument" in -out=*) echo plan > "${argument#-out=}";; esac; done
    [ -e changed ] && exit 2 || exit 0 ;;
  show) cat shown.json ;;
  apply) [ -e slow ] && sleep 0.3; touch applied ;;
esac
"""
CHANGE = {"address": "a.b", "change": {"actions": ["update"], "after": {"x": 1}}}


@pytest.fixture
def stack(tmp_path: Path) -> Path:
    folder = tmp_path / "stacks" / "prod-services"
    folder.mkdir(parents=True)
    (folder / "shown.json").write_text("{}")
    return folder


@pytest.fixture
def runner(tmp_path: Path, stack: Path) -> TerraformRunner:
    script = tmp_path / "terraform"
    script.write_text(SCRIPT)
    script.chmod(0o700)
    (tmp_path / "plans").mkdir()
    return TerraformRunner(str(script), tmp_path / "stacks", tmp_path / "plans")


def test_a_plan_is_applied_from_its_file_which_is_then_gone(
    runner: TerraformRunner, stack: Path, tmp_path: Path
) -> None:
    (stack / "changed").touch()
    (stack / "shown.json").write_text(json.dumps({"resource_changes": [CHANGE]}))
    plan = runner.plan("prod-services", {"api": "example.com/api@sha256:1"})
    assert [str(effect) for effect in plan.effects] == ["update a.b"]
    assert not plan.is_empty
    assert plan.file is not None
    assert plan.file.exists()
    runner.apply(plan)
    assert not plan.file.exists()
    calls = (stack / "calls").read_text().splitlines()
    assert [call.split()[0] for call in calls] == ["init", "plan", "show", "apply"]
    assert calls[1].endswith("api=example.com/api@sha256:1")
    assert str(plan.file) in calls[3]


def test_a_plan_without_changes_is_empty(runner: TerraformRunner, stack: Path) -> None:
    assert runner.plan("prod-services", {}).is_empty
    assert runner.plan("prod-services", {}).is_empty
    calls = (stack / "calls").read_text()
    assert calls.count("init") == 1


def test_a_failure_is_told_in_terraforms_words(runner: TerraformRunner, stack: Path) -> None:
    (stack / "broken").touch()
    with pytest.raises(StepFailed, match=r"(?s)terraform plan of prod-services.*no such zone"):
        runner.plan("prod-services", {})


def test_what_is_missing_is_said(runner: TerraformRunner, stack: Path, tmp_path: Path) -> None:
    with pytest.raises(StepFailed, match="make synth"):
        runner.plan("prod-data", {})
    without = TerraformRunner(str(tmp_path / "gone"), tmp_path / "stacks", tmp_path / "plans")
    with pytest.raises(StepFailed, match="TERRAFORM=path"):
        without.plan("prod-services", {})


def test_an_apply_is_not_cut_off_by_what_is_learned_meanwhile(
    runner: TerraformRunner, stack: Path, tmp_path: Path
) -> None:
    (stack / "slow").touch()
    plan = runner.plan("prod-services", {})
    asked = []

    def meanwhile() -> None:
        asked.append((stack / "applied").exists())
        raise lost()

    patient = TerraformRunner(
        str(tmp_path / "terraform"),
        tmp_path / "stacks",
        tmp_path / "plans",
        interval_seconds=0.05,
    )
    with pytest.raises(LockLost):
        patient.apply(plan, meanwhile)
    assert asked == [False], "it is asked no more once it raised"
    assert (stack / "applied").exists()
