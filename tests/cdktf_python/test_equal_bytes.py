"""What is synthesized in Python is what Node synthesizes, to the byte.

``tests/lazy/test_lazy_google.py`` compares all stacks of the repository with the stock bindings.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.lazy.fresh import Files, files_in
from tests.support import ROOT


def written(program: str, folder: Path, switch: str) -> Files:
    """Run a program in a fresh process; return what it writes."""
    subprocess.run(
        [sys.executable, "-O", "-m", "tests.cdktf_python.programs", program, str(folder)],
        cwd=ROOT,
        env={**os.environ, "JSII_LAZY": switch},
        check=True,
    )
    return files_in(folder)


@pytest.mark.parametrize("program", ["odd_values", "every_mode"])
def test_python_writes_what_node_writes(program: str, tmp_path: Path) -> None:
    by_node = written(program, tmp_path / "node", "node")
    in_python = written(program, tmp_path / "python", "")
    assert any(name.endswith("/cdk.tf.json") for name in by_node)
    assert in_python.keys() == by_node.keys()
    for name, content in by_node.items():
        assert in_python[name].decode() == content.decode(), name
