"""One load and one synthesis of the real environment files for the whole session."""

from __future__ import annotations

from pathlib import Path

import pytest

import constructs_lib.bindings  # noqa: F401  (first: it says which Node runs, before a test imports cdktf)
from environments import Configuration, Environment, load
from tests.lazy.fresh import Stock, run_stock
from tests.support import ROOT, Stacks, read, synthesized


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
def stock(tmp_path_factory: pytest.TempPathFactory) -> Stock:
    """What the bindings synthesize when they are not lazy."""
    return run_stock(tmp_path_factory.mktemp("stock"))
