"""The benchmark's own programs, as far as they show without an hour of runs."""

from __future__ import annotations

import ast
from pathlib import Path

from bench import __main__ as bench


def test_the_minimal_stack_on_cdk_terrain_names_its_packages_and_no_others(tmp_path: Path) -> None:
    peers = bench._peers(Path("python"), tmp_path)
    assert [case.name for case in peers] == [
        "CDK Terrain, minimal stack, stock",
        "CDK Terrain, minimal stack, Node lazily",
    ]
    tree = ast.parse((tmp_path / bench.MINIMAL.name).read_text())
    imported = {
        alias.name for n in ast.walk(tree) if isinstance(n, ast.Import) for alias in n.names
    }
    imported |= {str(n.module) for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in imported} == {
        "os", "cdktf_python", "jsii_lazy", "cdktn", "cdktn_provider_google",
    }  # fmt: skip
