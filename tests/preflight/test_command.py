"""``preflight`` as people and pipelines start it: a process of its own, over HTTP."""

from __future__ import annotations

import json
import shutil
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from beep_infra.app import app
from beep_infra.output import Refusal
from beep_infra.report import print_table
from environments import load
from preflight.checks import CHECKS
from results import Result, Status, failed, passed
from tests.copies import copy_of_repository, run_in
from tests.google_api.fake import TOKEN, FakeGoogle, service_account_file
from tests.preflight.conftest import own_names, sound_world, tool


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout whose environments have names of their own, with tools that are new enough."""
    copy = copy_of_repository(tmp_path_factory.mktemp("preflight"))
    own_names(copy / "environments")
    tools = copy / ".tools"
    tools.mkdir()
    tool(tools, "terraform", """echo '{"terraform_version": "1.11.4"}'""")
    tool(tools, "gcloud", """echo '{"Google Cloud SDK": "528.0.0", "beta": "2025.06.20"}'""")
    return copy


@pytest.fixture
def fake(
    server: FakeGoogle, copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> FakeGoogle:
    key = service_account_file(tmp_path / "key.json", server.endpoint)
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(key))
    server.world = sound_world(load(copy / "environments"))
    server.seen.clear()
    return server


def _synthesized(outdir: Path, folder: Path) -> Path:
    """Return a copy of the stacks that is newer than the settings."""
    shutil.copytree(outdir / "stacks", folder / "stacks", copy_function=shutil.copyfile)
    return folder


def test_a_sound_environment_passes_and_a_fault_ends_with_1_and_its_fix(
    copy: Path, fake: FakeGoogle, outdir: Path, tmp_path: Path
) -> None:
    stacks = _synthesized(outdir, tmp_path)
    command = ("beep-infra", "preflight", "prod", "--endpoint", fake.endpoint)
    sound = run_in(copy, *command, outdir=stacks)
    assert sound.returncode == 0, sound.stdout + sound.stderr
    assert sound.stdout.endswith(" passed\n")
    assert "0 failed, 0 warnings, 0 not checked" in sound.stdout
    assert "\npass: credentials: service account deploy-dev@beep-shared-sample" in sound.stdout
    # Names, colours and borders are for people at a terminal.
    assert "\x1b" not in sound.stdout
    assert f"Bearer {TOKEN}" in {s.authorization for s in fake.seen}

    fake.world.currency = "EUR"
    fake.world.fail("/networks/default", (403, {"error": {"message": f"not with {TOKEN}"}}))
    broken = run_in(copy, *command, "--json", outdir=stacks)
    assert broken.returncode == 1, broken.stderr
    results = json.loads(broken.stdout)["results"]
    (budget,) = [r for r in results if r["status"] == "failure"]
    assert budget["check"] == "budget"
    assert budget["fix"] == [
        'in environments/prod.toml: budget.currency = "EUR", and an amount in EUR'
    ]
    (network,) = [r for r in results if r["status"] == "not checked"]
    assert network["check"] == "default network"
    # What follows a check that could not be done was done.
    assert {r["check"] for r in results} == {check.name for check in CHECKS}
    for output in (sound.stdout, sound.stderr, broken.stdout, broken.stderr):
        assert TOKEN not in output
        assert "Traceback" not in output


def test_offline_nothing_is_asked_and_nothing_else_is_said(
    copy: Path, fake: FakeGoogle, outdir: Path, tmp_path: Path
) -> None:
    stacks = _synthesized(outdir, tmp_path)
    done = run_in(
        copy, "beep-infra", "preflight", "dev", "--offline", "--json",
        "--endpoint", fake.endpoint, outdir=stacks,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    names = {r["check"] for r in json.loads(done.stdout)["results"]}
    assert names == {check.name for check in CHECKS if check.is_offline}
    assert fake.seen == []


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["stagin"], 'there is no environment "stagin"; did you mean staging?'),
        (["dev", "--endpoint", "https://example.com"], "--endpoint: https://example.com is not on"),
    ],
)
def test_wrong_use_is_refused_with_a_reason(arguments: list[str], says: str) -> None:
    result = CliRunner().invoke(app, ["preflight", *arguments])
    assert isinstance(result.exception, Refusal)
    assert says in str(result.exception)
    assert result.output == ""


def test_a_command_below_the_table_can_be_copied_whole() -> None:
    fix = "gcloud services enable " + " ".join(f"api{n}.googleapis.com" for n in range(20))
    results: list[Result] = [
        failed("services", "off", needed="on", fix=fix),
        passed("billing", "[bold]paid[/bold] by ABCDEF"),
    ]
    console = Console(
        width=60, force_terminal=True, color_system=None, record=True, file=StringIO()
    )
    print_table(console, results)
    text = console.export_text()
    assert f"\n{fix}\n" in text
    assert "[bold]paid[/bold] by ABCDEF" in text
    assert Status.FAILURE.value in text
