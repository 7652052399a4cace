"""The provider's schema is the lowest layer: review and rehearsal import it, and it neither."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest

from tests.support import ROOT

Imports = Mapping[str, set[str]]
"""The packages and top-level modules that a package or top-level module imports, by its name."""


def imports(root: Path, *packages: str) -> Imports:
    """Return which of the project's own packages these import, directly or indirectly.

    Only what they reach is read: parsing all of the sources, with the tests, takes seconds.
    """
    sources = {path.stem: [path] for path in root.glob("*.py")}
    sources |= {path.parent.name: [*path.parent.rglob("*.py")] for path in root.glob("*/*.py")}

    @cache
    def direct(package: str) -> set[str]:
        return {name for path in sources[package] for name in _imported(path)} & sources.keys()

    return {package: _reachable(direct, package) for package in packages}


def _imported(path: Path) -> Iterator[str]:
    """Yield the top-level names that a file imports, those inside functions as well."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module.partition(".")[0]


def _reachable(direct: Callable[[str], set[str]], start: str) -> set[str]:
    reached: set[str] = set()
    waiting = [start]
    while waiting:
        new = direct(waiting.pop()) - reached
        reached |= new
        waiting += new
    return reached


@pytest.fixture(scope="module")
def project_imports() -> Imports:
    return imports(ROOT, "review", "rehearsal", "provider_schema")


def test_review_and_rehearsal_import_the_schema(project_imports: Imports) -> None:
    assert "provider_schema" in project_imports["review"]
    assert "provider_schema" in project_imports["rehearsal"]


def test_the_schema_imports_neither_review_nor_rehearsal(project_imports: Imports) -> None:
    assert not project_imports["provider_schema"] & {"review", "rehearsal"}


def test_review_and_rehearsal_do_not_import_each_other_in_a_circle(
    project_imports: Imports,
) -> None:
    is_circular = (
        "rehearsal" in project_imports["review"] and "review" in project_imports["rehearsal"]
    )
    assert not is_circular


def test_imports_inside_functions_and_indirect_imports_count(tmp_path: Path) -> None:
    for name, text in {
        "lowest": "def late() -> None:\n    from middle.part import x\n",
        "middle": "import top.part\n",
        "top": "import json\n",
    }.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("")
        (tmp_path / name / "part.py").write_text(text)
    expected = {"lowest": {"middle", "top"}, "middle": {"top"}, "top": set()}
    assert imports(tmp_path, "lowest", "middle", "top") == expected
