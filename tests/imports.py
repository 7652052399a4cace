"""What the project's modules import, directly or through one another, read from their source."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Set
from pathlib import Path

Imports = Mapping[str, frozenset[str]]
"""By module: what it imports. A module of the project has its full name, any other its first."""


def direct_imports(root: Path, packages: tuple[str, ...]) -> Imports:
    """Read the packages, and the modules that stand beside them in ``root``.

    An import counts wherever it stands, inside a function as well.
    """
    paths = {_module_name(path, root): path for path in root.glob("*.py")}
    for package in packages:
        paths |= {_module_name(path, root): path for path in (root / package).rglob("*.py")}
    return {
        module: frozenset(_imports_of(path, paths.keys())) - {module}
        for module, path in paths.items()
    }


def chains(imports: Imports, start: str) -> dict[str, str]:
    """Return all that a module reaches, each with the shortest way to it: ``a > b > c``."""
    ways = {start: start}
    waiting = [start]
    while waiting:
        module = waiting.pop(0)
        for imported in sorted(imports.get(module, frozenset()) - ways.keys()):
            ways[imported] = f"{ways[module]} > {imported}"
            waiting.append(imported)
    del ways[start]
    return ways


def _module_name(path: Path, root: Path) -> str:
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imports_of(path: Path, modules: Set[str]) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield from _modules_run_by(alias.name, modules)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: a relative import"
            for alias in node.names:
                yield from _modules_run_by(f"{node.module}.{alias.name}", modules)


def _modules_run_by(name: str, modules: Set[str]) -> Iterator[str]:
    """Yield the modules that importing a name runs: those of the packages around it as well."""
    parts = name.split(".")
    if parts[0] not in modules:
        yield parts[0]
    for length in range(1, len(parts) + 1):
        if (module := ".".join(parts[:length])) in modules:
            yield module
