"""Loads generated bindings without what only editors and type checkers read.

Most of a generated module is documentation, annotations, and checks of types: evaluating them takes
longer than what the module is imported for. Its code is compiled without them, once, and kept in a
file of its own beside Python's. mypy reads the sources, and so sees everything.
"""

from __future__ import annotations

import ast
import marshal
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from importlib.util import cache_from_source
from pathlib import Path
from types import CodeType, ModuleType

_OPTIMIZATION = "lean2"
"""A part of the name of the kept files. Increase the number when the code changes."""
_STUBS = "_typecheckingstub__"
_CHECKER = "typeguard"
"""What older versions of jsii let each module import and ask for its version, for its checks."""
_OF_CHECKS = frozenset({"TYPEGUARD_MAJOR_VERSION", "check_type"})


class _Leaner(ast.NodeTransformer):
    """Removes annotations, casts, the functions that only hold annotations, and what checks use.

    The checks themselves are not compiled: they are below ``if __debug__``.
    """

    def visit_Import(self, node: ast.Import) -> ast.AST | None:
        """Leave the library of the checks where it is."""
        node.names = [alias for alias in node.names if alias.name != _CHECKER]
        return node if node.names else None

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.AST | None:
        """Remove what asks for its version."""
        return None if node.module == "importlib.metadata" else node

    def visit_Assign(self, node: ast.Assign) -> ast.AST | None:
        """Remove the version."""
        match node.targets:
            case [ast.Name(id=name)] if name in _OF_CHECKS:
                return None
        return self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST | None:
        """Remove a stub or a check; take the annotations off any other function."""
        if node.name.startswith(_STUBS) or node.name in _OF_CHECKS:
            return None
        node.returns = None
        parameters = node.args
        for parameter in (*parameters.posonlyargs, *parameters.args, *parameters.kwonlyargs):
            parameter.annotation = None
        for rest in (parameters.vararg, parameters.kwarg):
            if rest is not None:
                rest.annotation = None
        return self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """Write ``typing.cast(type, value)`` as the value."""
        self.generic_visit(node)
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id="typing"), attr="cast"), args=[_, value]
            ):
                return value
        return node


class _Loader(SourceFileLoader):
    def get_code(self, fullname: str) -> CodeType:
        """Return the lean code, from its file where that is newer than the source."""
        source = Path(self.path)
        about = source.stat()
        key = f"{about.st_mtime_ns} {about.st_size}\n".encode()
        kept = Path(cache_from_source(self.path, optimization=_OPTIMIZATION))
        try:
            content = kept.read_bytes()
        except OSError:
            content = b""
        if content.startswith(key):
            with suppress(EOFError, ValueError, TypeError):
                code: CodeType = marshal.loads(content[len(key) :])
                return code
        tree = _Leaner().visit(ast.parse(source.read_bytes()))
        code = compile(tree, self.path, "exec", dont_inherit=True, optimize=2)
        _keep(kept, key + marshal.dumps(code))
        return code


def _keep(file: Path, content: bytes) -> None:
    """Write a file whole, whoever else does the same; do without where that is not allowed."""
    if sys.dont_write_bytecode:
        return
    own = file.with_suffix(f".{os.getpid()}")
    try:
        file.parent.mkdir(exist_ok=True)
        own.write_bytes(content)
        own.replace(file)
    except OSError:
        own.unlink(missing_ok=True)


class _Finder(MetaPathFinder):
    def __init__(self, packages: Sequence[str]) -> None:
        self._packages = packages

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Answer for the packages, except for an ``__init__`` for which somebody else answers."""
        if fullname.partition(".")[0] not in self._packages:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and type(spec.loader) is SourceFileLoader:
            spec.loader = _Loader(spec.loader.name, spec.loader.path)
        return spec


def install(packages: Sequence[str]) -> None:
    """Load these packages so from now on, in this process."""
    # Behind those who answer for a single package, such as jsii_lazy, and before Python's own.
    place = next((i for i, f in enumerate(sys.meta_path) if f is PathFinder), len(sys.meta_path))
    sys.meta_path.insert(place, _Finder(packages))
