"""The Python half: run a package's `__init__` without its imports of submodules."""

import ast
import importlib
import importlib.util
import os
import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

# Below this many submodules there is nothing to gain, so the package is left alone.
FEWEST_SUBMODULES = 20


class StepAside(Exception):
    """The package does not look as expected; the message says in what."""


@dataclass(frozen=True)
class Found:
    """An installed jsii package that is not imported yet."""

    spec: ModuleSpec
    loader: SourceFileLoader
    folders: tuple[Path, ...]
    npm_name: str


def find(package: str) -> Found:
    """Look the package up without importing it; raises StepAside."""
    if package in sys.modules:
        raise StepAside("already imported")
    try:
        spec = importlib.util.find_spec(package)
    except (ImportError, ValueError) as error:
        raise StepAside(f"cannot be looked up: {error}") from error
    if spec is None:
        raise StepAside("not installed")
    # Only the stock loader is replaced: another one (zip file, editable install, instrumentation)
    # has its own reasons.
    if type(spec.loader) is not SourceFileLoader or not spec.submodule_search_locations:
        raise StepAside("not an ordinary package with source")
    folders = tuple(Path(folder) for folder in spec.submodule_search_locations)
    return Found(spec, spec.loader, folders, _npm_name(folders))


def make_lazy(found: Found) -> str | None:
    """Let the next import of the package be a lazy one; otherwise return the reason why not."""
    try:
        tree, submodules = _split(found)
        types = _types_on_demand()
    except StepAside as reason:
        return str(reason)
    code = compile(tree, found.loader.path, "exec", dont_inherit=True)
    found.spec.loader = _LazyLoader(found, code, submodules, types)
    if _finder not in sys.meta_path:
        sys.meta_path.insert(0, _finder)
    _finder.specs[found.spec.name] = found.spec
    return None


def _npm_name(folders: Iterable[Path]) -> str:
    """The name of the jsii assembly, which is the name of the npm package and begins each fqn."""
    for folder in folders:
        try:
            text = (folder / "_jsii" / "__init__.py").read_text(encoding="utf-8")
        except (OSError, ValueError):
            continue
        if match := re.search(r"""JSIIAssembly\.load\(\s*["']([^"']+)["']""", text):
            return match[1]
    raise StepAside("no jsii assembly in it")


def _split(found: Found) -> tuple[ast.Module, tuple[str, ...]]:
    """The `__init__` without its imports of submodules, and the names of these submodules."""
    try:
        tree = ast.parse(found.loader.get_data(found.loader.path))
    except (OSError, SyntaxError, ValueError, RecursionError, SystemError) as error:
        # SystemError: CPython 3.11 counts its recursion wrong when parsing is interrupted.
        raise StepAside(f"its __init__ cannot be read: {error}") from error
    kept = [node for node in tree.body if not _is_eager(node)]
    eager = tree.body[len(kept) :]
    submodules = tuple(alias.name for node in eager for alias in getattr(node, "names", ()))
    if any(isinstance(node, ast.FunctionDef) and node.name == "__getattr__" for node in kept):
        raise StepAside("has a __getattr__ of its own")
    # What follows an import might use it, so the imports have to be the end of the file.
    if not all(_is_eager(node) for node in eager):
        raise StepAside("its imports of submodules are not the last statements")
    if len(submodules) < FEWEST_SUBMODULES:
        raise StepAside(f"its __init__ imports fewer than {FEWEST_SUBMODULES} submodules")
    present = {name for folder in found.folders for name in os.listdir(folder)}
    if not all(name in present or f"{name}.py" in present for name in submodules):
        raise StepAside("its __init__ imports names that are no submodules")
    if not __debug__:
        kept = [node for node in kept if not _loads_the_checker(node)]
    tree.body = kept
    return tree, submodules


def _is_eager(node: ast.stmt) -> bool:
    """Whether the statement is `from . import name`."""
    return (
        isinstance(node, ast.ImportFrom)
        and node.level == 1
        and node.module is None
        and all(alias.asname is None and alias.name != "*" for alias in node.names)
    )


def _loads_the_checker(node: ast.stmt) -> bool:
    """Whether the statement is `import typeguard`, which takes longer than all of the package.

    Checks of arguments use it, and those are below `if __debug__`.
    """
    return isinstance(node, ast.Import) and [alias.name for alias in node.names] == ["typeguard"]


def _types_on_demand() -> dict[str, str]:
    """The map of jsii from a submodule's fqn to its Python module.

    Through it jsii imports the class of an object that comes from Node, when nobody did before.
    A jsii without it knows only classes imported already: with it, all must be imported.
    """
    try:
        types: Any = importlib.import_module("jsii._reference_map")._submodule_fqn_map
    except (ImportError, AttributeError) as error:
        raise StepAside(f"this jsii cannot import types on demand: {error}") from error
    return types  # type: ignore[no-any-return]  # jsii carries no types here


def _camel(name: str) -> str:
    """The npm name of a submodule: `pubsub_topic` is `pubsubTopic` there."""
    first, *others = name.split("_")
    return first + "".join(other[:1].upper() + other[1:] for other in others)


class _LazyLoader(SourceFileLoader):
    """Loads the package as its own loader would, with the shortened `__init__`."""

    def __init__(
        self, found: Found, code: CodeType, submodules: tuple[str, ...], types: dict[str, str]
    ) -> None:
        super().__init__(found.loader.name, found.loader.path)
        self._npm_name = found.npm_name
        self._code = code
        self._submodules = frozenset(submodules)
        self._types = types

    def get_code(self, fullname: str) -> CodeType:
        """Return code that was compiled in memory: no cache file is read or written."""
        return self._code

    def exec_module(self, module: ModuleType) -> None:
        """Run the `__init__`, then let the submodules be found by name."""
        # On a reload the module has answers already, and the `__init__` has to run without them.
        for hook in ("__getattr__", "__dir__"):
            vars(module).pop(hook, None)
        super().exec_module(module)
        name = module.__name__
        for submodule in self._submodules:
            self._types[f"{self._npm_name}.{_camel(submodule)}"] = f"{name}.{submodule}"
        # jsii's packages end in publication.publish(), which puts another module in this place.
        for target in (module, sys.modules[name]):
            self._answer_for_submodules(target)

    def _answer_for_submodules(self, module: ModuleType) -> None:
        def __getattr__(attribute: str) -> Any:
            if attribute in self._submodules:
                return importlib.import_module(f"{module.__name__}.{attribute}")
            raise AttributeError(f"module {module.__name__!r} has no attribute {attribute!r}")

        def __dir__() -> list[str]:
            return sorted(self._submodules.union(vars(module)) - {"__getattr__", "__dir__"})

        vars(module).update(__getattr__=__getattr__, __dir__=__dir__)


class _Finder(MetaPathFinder):
    """Answers for the lazy packages and for nothing else."""

    def __init__(self) -> None:
        self.specs: dict[str, ModuleSpec] = {}

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        return self.specs.get(fullname)


_finder = _Finder()
