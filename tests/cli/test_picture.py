"""``beep-infra picture`` and ``page`` print or write, and say what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from beep_infra.app import app
from beep_infra.output import Refusal
from scripts.pictures import FOLDER


@pytest.fixture
def synthesized(outdir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CDKTF_OUTDIR", str(outdir))


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, [*arguments])


def refusal(*arguments: str) -> str:
    refused = run(*arguments).exception
    assert isinstance(refused, Refusal)
    return str(refused)


@pytest.mark.usefixtures("synthesized")
def test_mermaid_is_printed_as_it_is_committed() -> None:
    printed = run("picture", "prod", "--mermaid").stdout
    assert f"```mermaid\n{printed}```" in (FOLDER / "prod.md").read_text()


@pytest.mark.usefixtures("synthesized")
def test_the_page_is_written_with_the_picture_that_is_committed(tmp_path: Path) -> None:
    assert run("page", "prod", "-o", str(tmp_path / "prod.html")).exit_code == 0
    assert (FOLDER / "prod.svg").read_text() in (tmp_path / "prod.html").read_text()


@pytest.mark.usefixtures("synthesized")
def test_what_is_wrong_is_refused_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "did you mean prod?" in refusal("picture", "prodd")
    path = tmp_path / "missing" / "prod.txt"
    assert f"{path} cannot be written: No such file" in refusal(
        "picture", "prod", "--mermaid", "-o", str(path)
    )
    monkeypatch.setenv("CDKTF_OUTDIR", str(tmp_path))
    assert "holds no synthesized stacks" in refusal("picture", "prod")
    assert "nothing of prod was synthesized; run make synth" in refusal("page", "prod")
