"""The app as people and pipelines start it: in processes of its own."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from constructs_lib.bindings import UNPACKED
from tests.support import PARTS, ROOT, STACKS, Edit, edited

SOURCES = (
    "main.py",
    "files.py",
    "problems.py",
    "terraform_json.py",
    "cdktf.json",
    "constructs_lib",
    "environments",
    "envschema",
    "cdktf_python",
    "jsii_lazy",
    "stacks",
)


def _environment(**changes: str) -> dict[str, str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "PATH": path, "CHECKPOINT_DISABLE": "1", **changes}


def _checkout(folder: Path, *edits: Edit) -> Path:
    """Return a copy of the app whose environment files are changed."""
    folder.mkdir()
    for name in SOURCES:
        source = ROOT / name
        if source.is_dir():
            # With the cached bytecode, which stays valid: copies have the times of their originals.
            shutil.copytree(source, folder / name)
        else:
            shutil.copy(source, folder / name)
    for path in edited(folder.parent, *edits).glob("*.toml"):
        shutil.copy(path, folder / "environments")
    (folder / ".venv").symlink_to(Path(sys.executable).parent.parent)
    return folder


def _bytes(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def _synthesize(outdir: Path, cwd: Path, **changes: str) -> dict[str, bytes]:
    subprocess.run(
        [sys.executable, "-O", str(ROOT / "main.py")],
        env=_environment(CDKTF_OUTDIR=str(outdir), **changes),
        cwd=cwd,
        check=True,
        capture_output=True,
    )
    return _bytes(outdir)


@pytest.fixture(scope="module")
def cdktf() -> str:
    command = ROOT / "node_modules" / ".bin" / "cdktf"
    assert command.exists(), "run make setup"
    return str(command)


def _run_cdktf(
    cdktf: str, cwd: Path, *arguments: str, **changes: str
) -> subprocess.CompletedProcess[str]:
    # Without a home, where the real one has the packages that Node unpacked before.
    unpacked = os.environ.get("JSII_RUNTIME_PACKAGE_CACHE_ROOT") or str(UNPACKED)
    return subprocess.run(
        [cdktf, *arguments],
        env=_environment(
            CI="1",
            HOME=os.devnull,
            CDKTF_DISABLE_PLUGIN_CACHE_ENV="1",
            JSII_RUNTIME_PACKAGE_CACHE_ROOT=unpacked,
            **changes,
        ),
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


@pytest.fixture(scope="module")
def checkout(cdktf: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the app in which `cdktf synth` has run: most of its time is cdktf starting."""
    checkout = _checkout(tmp_path_factory.mktemp("first") / "app")
    good = _run_cdktf(cdktf, checkout, "synth", PYTHONHASHSEED="1", TZ="UTC", LC_ALL="C")
    assert good.returncode == 0, good.stdout + good.stderr
    return checkout


@pytest.fixture(scope="module")
def first(checkout: Path) -> dict[str, bytes]:
    """What the app writes."""
    return _bytes(checkout / "cdktf.out")


def test_two_runs_give_the_same_bytes_whatever_is_around_them(
    first: dict[str, bytes], tmp_path: Path
) -> None:
    second = _synthesize(
        tmp_path / "b", tmp_path, PYTHONHASHSEED="4242", TZ="Asia/Tokyo", LC_ALL="C.UTF-8"
    )
    assert len([name for name in first if name.endswith("cdk.tf.json")]) == len(STACKS)
    assert first == second


def test_no_synthesized_file_names_a_path_of_the_machine(
    first: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory
) -> None:
    for name, content in first.items():
        text = content.decode()
        assert str(tmp_path_factory.getbasetemp()) not in text, name
        assert str(ROOT) not in text, name
        assert str(Path.home()) not in text, name


def test_a_bad_environment_file_ends_the_app_before_it_writes(tmp_path: Path) -> None:
    checkout = _checkout(tmp_path / "app", ("prod", "enable_redis = true", "enable_redis = 1"))
    done = subprocess.run(
        [sys.executable, "main.py"],
        env=_environment(),
        cwd=checkout,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("environments/prod.toml: 1 problem\n\nenable_redis = 1\n")
    assert done.stderr.endswith("\nNothing was synthesized.\n")
    assert "Traceback" not in done.stderr
    assert not (checkout / "cdktf.out").exists()


def test_cdktf_synth_writes_all_stacks_and_a_later_failure_leaves_them(
    cdktf: str, checkout: Path, first: dict[str, bytes]
) -> None:
    manifest = json.loads(first["manifest.json"])
    assert manifest["stacks"].keys() == set(STACKS)
    assert manifest["stacks"]["prod-services"]["dependencies"] == ["prod-migrations"]

    path = checkout / "environments" / "prod.toml"
    path.write_text(path.read_text().replace("enable_redis = true", "enable_redis = 1"))
    bad = _run_cdktf(cdktf, checkout, "synth")
    assert bad.returncode == 1
    assert "enable_redis = 1" in bad.stderr + bad.stdout
    assert "Traceback" not in bad.stderr + bad.stdout
    assert _bytes(checkout / "cdktf.out") == first


def test_cdktf_list_names_every_stack(cdktf: str, tmp_path: Path) -> None:
    done = _run_cdktf(cdktf, _checkout(tmp_path / "app"), "list")
    assert done.returncode == 0, done.stdout + done.stderr
    endings = ("bootstrap", "-aws", *(f"-{part}" for part in PARTS))
    names = {word for word in re.findall(r"[\w-]+", done.stdout) if word.endswith(endings)}
    assert names == set(STACKS)
