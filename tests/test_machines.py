"""What people's machines are like: folders with spaces, no home, no place for temporary files."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import rehearsal.terraform
import scripts.synth
from constructs_lib.temporary_folder import temporary_folder_problem
from rehearsal.terraform import write_launcher
from tests.support import ENVIRONMENTS, ROOT

ODD = "it's a höme $HOME/`beep` infra"


def _run(*command: str, cwd: Path = ROOT, **changes: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=cwd,
        env={**os.environ, **changes},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def odd(tmp_path: Path) -> Path:
    folder = tmp_path / ODD
    folder.mkdir(parents=True)
    return folder


def test_the_pinned_terraform_runs_in_any_folder(
    odd: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in (".venv", "rehearsal"):
        (odd / name).symlink_to(ROOT / name)
    monkeypatch.setattr(sys, "executable", str(odd / ".venv" / "bin" / "python"))
    monkeypatch.setattr(rehearsal.terraform, "__file__", str(odd / "rehearsal" / "terraform.py"))
    done = _run(str(write_launcher(odd)), "validate", "it's no folder", cwd=odd)
    assert "Module directory it's no folder does not exist" in done.stderr


def test_the_command_runs_in_any_folder(odd: Path) -> None:
    (odd / "scripts").mkdir()
    (odd / "scripts" / "beep-infra").write_bytes((ROOT / "scripts" / "beep-infra").read_bytes())
    (odd / "scripts" / "beep-infra").chmod(0o755)
    for name in (".venv", "beep_infra", "problems.py"):
        (odd / name).symlink_to(ROOT / name)
    (odd / "bin").symlink_to("scripts")
    done = _run(str(odd / "bin" / "beep-infra"), "--help", cwd=odd)
    assert "preflight" in done.stdout, done.stderr


def test_make_finds_its_tools_in_any_folder(odd: Path) -> None:
    (odd / "Makefile").symlink_to(ROOT / "Makefile")
    tool = odd / ".venv" / "bin" / "python"
    tool.parent.mkdir(parents=True)
    tool.write_text('#!/bin/sh\necho "$@"\n')
    tool.chmod(0o755)
    (tool.parent / "beep-infra").touch()
    (odd / "node_modules").mkdir()
    for name in ("requirements.txt", "package-lock.json", ".venv/.node"):
        (odd / name).touch()
    for name in (".venv", "node_modules"):
        (odd / name / ".installed").touch()
    done = _run("make", "synth", cwd=odd)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "-O -m scripts.synth --cdktf\n"


def test_the_command_line_of_cdktf_is_that_beside_python_and_its_failure_is_shown(
    odd: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    bin_ = odd / "bin"
    bin_.mkdir()
    monkeypatch.setattr(sys, "executable", str(bin_ / "python"))
    monkeypatch.setattr(sys, "argv", ["synth", "--cdktf"])
    monkeypatch.setenv("PATH", os.environ["PATH"].replace(f"{ROOT}/.venv/bin", ""))
    monkeypatch.chdir(odd)
    with pytest.raises(SystemExit, match="make setup"):
        scripts.synth.main()
    (bin_ / "cdktf").write_text('#!/bin/sh\necho "$PATH" "$@"\nexit 3\n')
    (bin_ / "cdktf").chmod(0o755)
    with pytest.raises(SystemExit) as ended:
        scripts.synth.main()
    assert ended.value.code == 1
    shown = capsys.readouterr().out
    assert shown.startswith(f"{bin_}:")
    assert shown.endswith(" synth\n")


@pytest.mark.parametrize(
    "arguments",
    ["synth ENV=nosuch", "rehearse ENV=nosuch", "synth ENV=prod", "policy STACK=x", "ENV=prod"],
)
def test_make_refuses_a_part_that_is_none_or_is_not_looked_at(arguments: str) -> None:
    done = _run("make", "--dry-run", *arguments.split())
    assert done.returncode == 2
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert all(name in line for name in ENVIRONMENTS)


def test_make_rehearses_a_part_and_ignores_the_variable_of_a_shell() -> None:
    done = _run("make", "--dry-run", "rehearse", "ENV=prod", "STACK=prod-data")
    assert '-m rehearsal --env "prod" --stack "prod-data"' in done.stdout
    assert _run("make", "--dry-run", "synth", ENV="/etc/profile").returncode == 0


def test_synthesis_needs_no_home() -> None:
    shown = _run("make", "--silent", "--eval=variables: ; @env", "variables", HOME=os.devnull)
    assert "CDKTF_DISABLE_PLUGIN_CACHE_ENV=1\n" in shown.stdout
    code = (
        "import os, constructs_lib.bindings\n"
        "print(os.environ.get('JSII_RUNTIME_PACKAGE_CACHE_ROOT'))"
    )
    done = _run(sys.executable, "-c", code, HOME=os.devnull, JSII_RUNTIME_PACKAGE_CACHE_ROOT="")
    assert done.stdout == f"{Path(sys.prefix) / 'jsii-packages'}\n", done.stderr


def test_a_temporary_folder_that_is_none_is_said_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("TMPDIR", "TMP", "TEMP"):
        monkeypatch.delenv(name, raising=False)
    assert temporary_folder_problem() is None
    monkeypatch.setenv("TMP", str(tmp_path))
    assert temporary_folder_problem() is None
    for folder in (tmp_path / "nosuch", Path(os.devnull)):
        monkeypatch.setenv("TMPDIR", str(folder))
        problem = temporary_folder_problem()
        assert problem == (
            f"TMPDIR is {folder}, and no files can be written there: "
            "make the folder, or unset TMPDIR"
        )
    message = f"{problem}\n\nNothing was synthesized.\n"
    for command in (("main.py",), ("-O", "-m", "scripts.synth", "--cdktf")):
        done = _run(sys.executable, *command, TMPDIR=os.devnull)
        assert (done.returncode, done.stdout, done.stderr) == (1, "", message)
