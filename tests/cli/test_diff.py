"""``beep-infra diff`` compares two folders or revisions, and fails where data would be lost."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from beep_infra.app import app
from beep_infra.output import Refusal


@pytest.fixture
def edited(outdir: Path, tmp_path: Path) -> Path:
    """A copy of the stacks of prod, which a test may change."""
    copy = tmp_path / "out"
    for name in ("prod-data", "prod-services"):
        shutil.copytree(outdir / "stacks" / name, copy / "stacks" / name)
    return copy


@pytest.fixture
def before(edited: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(edited, tmp_path / "before"))


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["diff", *map(str, arguments)])


def replace(folder: Path, stack: str, old: str, new: str) -> None:
    path = folder / "stacks" / stack / "cdk.tf.json"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_a_pipe_gets_markdown_and_a_program_json(before: Path, edited: Path) -> None:
    replace(edited, "prod-data", '"memory_size_gb": 5', '"memory_size_gb": 10')
    result = run(before, edited)
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith(f"### What {edited} does to {before}\n")
    assert "+ prod: +197.10 USD a month" in result.stdout
    document = json.loads(run(before, edited, "--json").stdout)
    assert document["stacks"] == ["prod-data"]
    assert document["fingerprint"][:16] in result.stdout
    assert [cost["environment"] for cost in document["costs"]] == ["prod"]


def test_losing_data_is_a_finding(before: Path, edited: Path) -> None:
    replace(edited, "prod-data", '"region": "us-central1"', '"region": "us-east1"')
    result = run(before, edited)
    assert result.exit_code == 1
    assert "google_sql_database_instance.postgres_instance is replaced" in result.stdout


def test_a_revision_that_is_not_there_is_refused(edited: Path) -> None:
    refusal = run("no-such-revision", edited).exception
    assert isinstance(refusal, Refusal)
    assert "no revision no-such-revision" in str(refusal)
