"""The modules of ``drift`` import one another in one direction only."""

from __future__ import annotations

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import drift

PACKAGE = Path(drift.__file__).parent
LAYERS = (
    "source",
    "reads journal workspace",
    "values",
    "contents known",
    "configs literals",
    "effect_config effect_schema effect_other",
    "decoding foreign",
    "members",
    "functions expressions imports",
    "interpreter modules",
    "unvisited facts",
    "reader deviations",
    "report renames",
    "comparison declare render",
)
"""The modules of ``drift``, the floor first: each line imports from the lines above it only."""


def imports_of(tree: ast.Module, modules: set[str]) -> set[str]:
    """Return the modules of ``drift`` that a module imports, at any depth of its code."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parent = "drift" if node.level else ""
            origin = ".".join(filter(None, [parent, node.module]))
            members = {f"{origin}.{alias.name}" for alias in node.names}
            # `from drift import values` takes a module, not a name that the package declares.
            names |= members & modules or {origin}
    return names & modules


def import_cycle(texts: dict[str, str]) -> list[str] | None:
    """Return the modules of an import cycle, each before what it imports, or None."""
    graph = {name: sorted(imports_of(ast.parse(text), {*texts})) for name, text in texts.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        cycle: list[str] = error.args[1]
        return cycle[::-1]
    return None


def texts_of_drift() -> dict[str, str]:
    files = [path for path in PACKAGE.rglob("*.py") if path.name != "__init__.py"]
    names = (".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts) for path in files)
    texts = dict(zip(names, (path.read_text() for path in files), strict=True))
    return texts | {"drift": (PACKAGE / "__init__.py").read_text()}


def test_no_modules_of_drift_import_one_another_in_a_circle() -> None:
    cycle = import_cycle(texts_of_drift())
    assert cycle is None, f"import cycle: {' -> '.join(cycle)}"


def test_a_module_of_drift_imports_only_from_the_layers_below_it() -> None:
    layers = {"drift": len(LAYERS)}
    layers |= {f"drift.{name}": i for i, line in enumerate(LAYERS) for name in line.split()}
    texts = texts_of_drift()
    assert sorted(texts) == sorted(layers), "a module has no layer: add it to LAYERS"
    for name, text in texts.items():
        for imported in imports_of(ast.parse(text), set(texts)):
            assert layers[imported] < layers[name], f"{name} imports {imported}"


def test_imports_in_functions_and_for_type_checking_count() -> None:
    texts = {
        "drift.a": "from drift import b",
        "drift.b": "if TYPE_CHECKING:\n    from .c import Name",
        "drift.c": "def f():\n    import drift.a",
    }
    cycle = import_cycle(texts)
    assert cycle is not None
    assert {*cycle} == {*texts}
    assert import_cycle(texts | {"drift.c": ""}) is None


def test_no_function_of_drift_imports_anything() -> None:
    for name, text in texts_of_drift().items():
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
                inner = [n for n in ast.walk(node) if isinstance(n, (ast.Import, ast.ImportFrom))]
                assert not inner, f"{name}: an import in a function, line {inner[0].lineno}"
