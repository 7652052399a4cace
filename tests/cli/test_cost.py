"""``beep-infra cost`` reads what was synthesized, and fails where a budget is too small."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from beep_infra.app import app
from beep_infra.output import Refusal
from tests.support import ENVIRONMENTS


@pytest.fixture
def synthesized(outdir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the stacks, which the command reads and a test may change."""
    copy = tmp_path / "out"
    shutil.copytree(outdir / "stacks", copy / "stacks")
    monkeypatch.setenv("CDKTF_OUTDIR", str(copy))
    return copy


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["cost", *arguments])


def test_every_environment_is_listed_unless_some_are_named(synthesized: Path) -> None:
    everything = json.loads(run("--json").stdout)["environments"]
    assert {e["environment"] for e in everything} == {"bootstrap", *ENVIRONMENTS}
    named = json.loads(run("prod", "bootstrap", "--json").stdout)["environments"]
    assert [e["environment"] for e in named] == ["prod", "bootstrap"]


def test_a_budget_below_the_estimate_is_a_finding(synthesized: Path) -> None:
    assert run("prod").exit_code == 0
    path = synthesized / "stacks" / "prod-budget" / "cdk.tf.json"
    path.write_text(path.read_text().replace('"units": "2500"', '"units": "25"'))
    result = run("prod")
    assert result.exit_code == 1
    assert "the budget is too small: 25 USD" in result.stdout


def test_another_folder_is_compared_with(synthesized: Path, outdir: Path) -> None:
    path = synthesized / "stacks" / "prod-data" / "cdk.tf.json"
    path.write_text(path.read_text().replace('"memory_size_gb": 5', '"memory_size_gb": 10'))
    result = run("prod", "--from", str(outdir))
    assert f"+197.10 against {outdir} (+14%)" in result.stdout


def test_a_revision_or_an_environment_that_is_not_there_is_refused(synthesized: Path) -> None:
    for arguments, says in (
        (("--from", "no-such-revision"), "no revision no-such-revision"),
        (("prodd",), "did you mean prod?"),
    ):
        refusal = run(*arguments).exception
        assert isinstance(refusal, Refusal)
        assert says in str(refusal)
