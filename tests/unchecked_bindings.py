"""The bindings as ``python -O`` loads them, while the tests themselves keep their assertions.

Generated code checks the type of each argument at run time, which takes half of the time of a
synthesis; mypy has checked them before.
"""

from __future__ import annotations

import marshal
import os
import py_compile
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from importlib.util import cache_from_source
from pathlib import Path
from types import CodeType, ModuleType

_PACKAGES = ("cdktf", "constructs", "cdktf_cdktf_provider_google")
_HEADER_BYTES = 16
"""Before the code in a file of cached bytecode."""


class _Loader(SourceFileLoader):
    def get_code(self, fullname: str) -> CodeType:
        """Return the code without assertions; its cache is that of ``python -O``."""
        cached = Path(cache_from_source(self.path, optimization=1))
        if not cached.exists():
            # Beside it first, since other processes may do the same.
            own = cached.with_suffix(f".{os.getpid()}")
            py_compile.compile(self.path, cfile=str(own), doraise=True, optimize=1)
            own.replace(cached)
        code: CodeType = marshal.loads(cached.read_bytes()[_HEADER_BYTES:])
        return code


class _Finder(MetaPathFinder):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname.partition(".")[0] not in _PACKAGES or fullname == _PACKAGES[-1]:
            return None  # the last is loaded by jsii_lazy, which knows ordinary loaders only
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and type(spec.loader) is SourceFileLoader:
            spec.loader = _Loader(spec.loader.name, spec.loader.path)
        return spec


def load() -> None:
    """Let the bindings be loaded so from now on, in this process."""
    sys.meta_path.insert(0, _Finder())
    os.environ.setdefault("JSII_LAZY", "ahead")
