"""What is synthesized in Python is what Node synthesizes, to the byte.

``tests/lazy/test_lazy_google.py`` compares all stacks of the repository with the stock bindings.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.lazy.fresh import files_in
from tests.support import ROOT


def written(folder: Path, switch: str) -> Path:
    """Run the programs in a fresh process; return where they write."""
    subprocess.run(
        [sys.executable, "-O", "-m", "tests.cdktf_python.programs", str(folder)],
        cwd=ROOT,
        env={**os.environ, "JSII_LAZY": switch},
        check=True,
    )
    return folder


@pytest.fixture(scope="module")
def by_node(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("node"), "node")


@pytest.fixture(scope="module")
def in_python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("python"), "")


@pytest.mark.parametrize("program", ["odd_values", "every_mode"])
def test_python_writes_what_node_writes(program: str, by_node: Path, in_python: Path) -> None:
    expected, found = files_in(by_node / program), files_in(in_python / program)
    assert any(name.endswith("/cdk.tf.json") for name in expected)
    assert found.keys() == expected.keys()
    for name, content in expected.items():
        assert found[name].decode() == content.decode(), name
