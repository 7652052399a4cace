"""One load and one synthesis of the real environment files for the whole session."""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest

import tests.bindings  # noqa: F401  # first: before a test imports cdktf
from environments import Configuration, Environment, load
from tests.lazy.fresh import Stock, run_stock
from tests.support import ROOT, Stacks, read, synthesized

if TYPE_CHECKING:
    from tests.constructs_lib.postgres.server import Server

# What is imported and collected stays until the end: to look for garbage in it finds none.
gc.disable()

# For a long search: pytest --hypothesis-profile=long. A test that states its own count keeps it.
hypothesis.settings.register_profile("long", max_examples=10_000, deadline=None)

_IN_MEMORY = pytest.StashKey[Path]()

_LONGEST_FIRST = (
    "tests/rehearsal/test_command.py",
    "tests/test_guides.py",
    "tests/lazy/test_lazy_google.py",
    "tests/demo/test_demo.py",
    "tests/review/test_equal_plans.py",
    "tests/stacks/test_command_line.py",
    "tests/verify/test_checks.py",
    "tests/rehearsal/test_upgrade.py",
    "tests/delivery/rollout/test_kill.py",
    "tests/rehearsal/test_faults.py",
    "tests/constructs_lib/cloud_run/test_every_service.py",
    "tests/lazy/test_lazy_node.py",
    "tests/test_installation.py",
    "tests/envfile/test_rules.py",
    "tests/policy/test_scan.py",
    "tests/cli/test_command.py",
)


def _folder_in_memory() -> Path | None:
    """Return a new folder for temporary files, where memory has enough room for them.

    Those of a run that is no longer there are removed.
    """
    memory = Path("/dev/shm")
    if not memory.is_dir() or os.statvfs(memory).f_flag & os.ST_NOEXEC:
        return None
    prefix = f"beep-infra-tests-{os.getuid()}-"
    for folder in memory.glob(f"{prefix}*"):
        if not Path("/proc", folder.name.removeprefix(prefix)).exists():
            shutil.rmtree(folder, ignore_errors=True)
    room = os.statvfs(memory)
    if room.f_bavail * room.f_frsize < 2 * 1024**3:
        return None
    folder = memory / f"{prefix}{os.getpid()}"
    # Postgres, which runs as another user, goes through it.
    folder.mkdir(mode=0o711)
    return folder


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Let a run of all tests write its temporary files to memory: on a disk, a tenth of the time.

    They are there until the next run, or removed if all tests pass.
    """
    if config.getoption("numprocesses", None) and "TMPDIR" not in os.environ:
        folder = _folder_in_memory()
        if folder is not None:
            os.environ["TMPDIR"] = tempfile.tempdir = str(folder)
            config.stash[_IN_MEMORY] = folder


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    folder = session.config.stash.get(_IN_MEMORY, None)
    if folder is not None and exitstatus == pytest.ExitCode.OK:
        shutil.rmtree(folder, ignore_errors=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest files: each stays in one process, and the last must not be long."""
    order = {name: position for position, name in enumerate(_LONGEST_FIRST)}
    items.sort(key=lambda item: order.get(item.nodeid.partition("::")[0], len(order)))


def pytest_collection_finish() -> None:
    """Collect garbage from here on, and only that of the tests: rarely, as they make little."""
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)
    gc.enable()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what was left out, a line for each reason."""
    skipped = terminalreporter.getreports("skipped")
    reasons = Counter(str(r.longrepr[2]).removeprefix("Skipped: ") for r in skipped)
    for reason, count in reasons.items():
        terminalreporter.write_line(f"left out {count}: {reason}")


@pytest.fixture(scope="session")
def configuration() -> Configuration:
    return load(ROOT / "environments")


@pytest.fixture(scope="session")
def prod(configuration: Configuration) -> Environment:
    return next(e for e in configuration.environments if e.settings.environment == "prod")


@pytest.fixture(scope="session")
def outdir(configuration: Configuration, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cdktf.out")
    synthesized(configuration, folder)
    return folder


@pytest.fixture(scope="session")
def stacks(outdir: Path) -> Stacks:
    return read(outdir)


@pytest.fixture(scope="session")
def cluster() -> Iterator[Server]:
    """A real Postgres; a test leaves nothing there."""
    from tests.constructs_lib.postgres.server import running

    with running() as server:
        yield server


@pytest.fixture(scope="session")
def stock(tmp_path_factory: pytest.TempPathFactory) -> Stock:
    """What the bindings synthesize when they are not lazy."""
    return run_stock(tmp_path_factory.mktemp("stock"))
