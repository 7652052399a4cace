"""What others install: the wheels hold all that they need, and nothing of this checkout is used."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest

from provider_schema.store import cache_folder
from rehearsal.__main__ import main
from scripts.packages import FOLDER, build
from tests.copies import PIP
from tests.support import ROOT

SHAPES = ROOT / "tests" / "rehearsal" / "shapes"
COMMAND = """
import json, sys
from importlib.metadata import entry_points
(command,) = entry_points(group="console_scripts", name=sys.argv[1])
code = command.load()(sys.argv[2:])
slow = {"cdktf", "jsii", "constructs", "cdktf_cdktf_provider_google"} & set(sys.modules)
print(json.dumps([code, sorted(slow), sys.modules["terraform_json"].__file__]))
"""
LAZY = """
import json, jsii_lazy
status = jsii_lazy.activate("cdktf_cdktf_provider_google")["cdktf_cdktf_provider_google"]
print(json.dumps([status.python, status.node, status.calls, jsii_lazy.__file__]))
"""


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtual environment with the wheels, and what is installed here by a ``.pth`` file."""
    folder = tmp_path_factory.mktemp("packages")
    wheels = [build(name, folder) for name in ("rehearsal", "jsii_lazy")]
    environment = folder / "environment"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment], check=True)
    pip = [str(environment / "bin" / "python"), str(PIP), "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "install", "--no-index", "--no-deps", *wheels], check=True)
    (site,) = environment.glob("lib/python*/site-packages")
    installed = {
        str(metadata.distribution(n).locate_file("")) for n in ("grpcio", "tree-sitter-hcl")
    }
    (site / "installed.pth").write_text("\n".join(installed))
    return environment


def answer(environment: Path, cwd: Path, code: str, *arguments: str) -> list[object]:
    """Run Python code there; return the JSON of its last line of output."""
    done = subprocess.run(
        [environment / "bin" / "python", "-c", code, *arguments],
        cwd=cwd,
        env={"PATH": os.defpath, "PROVIDER_SCHEMA_CACHE": str(cache_folder())},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    result: list[object] = json.loads(done.stdout.splitlines()[-1])
    return result


def test_a_folder_is_rehearsed_without_cdktf_and_without_this_checkout(
    environment: Path, tmp_path: Path
) -> None:
    folder = str(SHAPES / "cloud_sql" / "root")
    code, slow, module = answer(environment, tmp_path, COMMAND, "terraform-rehearsal", folder)
    assert (code, slow) == (0, [])
    assert Path(str(module)).is_relative_to(environment)


def test_a_folder_is_written_as_hcl_there(environment: Path, tmp_path: Path) -> None:
    (tmp_path / "main.tf.json").write_text('{"output": {"a": {"value": "${1 + 1}"}}}')
    answer(environment, tmp_path, COMMAND, "terraform-review", ".")
    assert (tmp_path / "review" / "main.tf").read_text().endswith("value = 1 + 1\n}\n")


def test_bindings_are_lazy_there(environment: Path, tmp_path: Path) -> None:
    *status, module = answer(environment, tmp_path, LAZY)
    assert status == ["lazy", "lazy", "lazy"]
    assert Path(str(module)).is_relative_to(environment)


def test_without_the_bindings_the_command_says_how_to_get_them(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(metadata, "distributions", lambda **_: iter(()))
    assert main([str(SHAPES / "gke")]) == 2
    errors = capsys.readouterr().err
    name = "cdktf-cdktf-provider-google"
    assert errors.startswith(f"rehearsal: {name}, which holds the schema of google, is not")
    assert f"pip install --no-deps {name}" in errors


def test_the_packages_ask_for_what_is_locked() -> None:
    known = (ROOT / "requirements.in").read_text() + (ROOT / "requirements.txt").read_text()
    for path in FOLDER.glob("*/pyproject.toml"):
        for requirement in tomllib.loads(path.read_text())["project"]["dependencies"]:
            assert requirement.replace("'", '"') in known, f"{path}: {requirement}"
