"""The seam to CDK Terrain: its packages are those of cdktf under other names.

The sources import ``cdktf`` and ``cdktf_cdktf_provider_google``. With ``BEEP_BINDINGS=cdktn``,
those imports get ``cdktn`` and ``cdktn_provider_google``: the same sources synthesize on either,
and mypy checks them against one.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module, metadata
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import NamedTuple

VARIABLE = "BEEP_BINDINGS"


class Bindings(NamedTuple):
    """The import names of a core and of its bindings of the google provider."""

    core: str
    google: str


CDKTF = Bindings("cdktf", "cdktf_cdktf_provider_google")
CDKTN = Bindings("cdktn", "cdktn_provider_google")
_KNOWN: Mapping[str, Bindings] = {bindings.core: bindings for bindings in (CDKTF, CDKTN)}
_FIRST_BINDINGS_OF: Mapping[int, int] = {7: 18, 8: 21}
"""By major version of the google provider: the first of ``cdktn-provider-google`` made from it."""


class UnknownBindingsError(ValueError):
    """The environment variable names bindings that are not known."""


def requested() -> Bindings:
    """Return the bindings that the environment variable names, which are cdktf's without it.

    Raises UnknownBindingsError.
    """
    name = os.environ.get(VARIABLE) or CDKTF.core
    if name not in _KNOWN:
        raise UnknownBindingsError(
            f"{VARIABLE} is {name}, which names no bindings\n"
            f"    allowed: {', '.join(_KNOWN)}\n"
            f"    fix: unset {VARIABLE}, or set it to one of these"
        )
    return _KNOWN[name]


def has_google(major: int) -> bool:
    """Tell whether the requested bindings are of this version of the google provider, or newer."""
    if requested() is CDKTF:
        return False
    version = metadata.version(CDKTN.google.replace("_", "-"))
    return int(version.partition(".")[0]) >= _FIRST_BINDINGS_OF[major]


def answer_imports(bindings: Bindings) -> None:
    """Answer imports of cdktf's names with these bindings.

    Call it before the first import of either. With cdktf's own there is nothing to do.
    """
    if bindings is not CDKTF:
        # First: the finder of paths would load a submodule a second time, under the old name.
        sys.meta_path.insert(0, _Renamed(dict(zip(CDKTF, bindings, strict=True))))


class _Renamed(MetaPathFinder, Loader):
    """Answers an import of a package, or of a module in it, with the module of the new name."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = names

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        package, dot, rest = fullname.partition(".")
        if package not in self._names:
            return None
        return ModuleSpec(fullname, self, origin=f"{self._names[package]}{dot}{rest}")

    def exec_module(self, module: ModuleType) -> None:
        """Put the module of the new name in the place of this one, which stays empty."""
        assert module.__spec__ is not None
        assert module.__spec__.origin is not None
        sys.modules[module.__name__] = import_module(module.__spec__.origin)
