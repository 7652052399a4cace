"""The packages of a monorepo: which file of which package an import means.

The rules are TypeScript's with ``moduleResolution: bundler``: ``paths`` of the nearest tsconfig,
then ``exports``, ``main`` and ``types`` of the package. Of what is built only the source is read.
Nothing is looked at before an import asks for it.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any

from drift.source import NOT_SEARCHED

MOST_FOLDERS = 20_000
"""Folders that are looked at for packages."""
LARGEST_MANIFEST = 1024 * 1024
"""Bytes of a ``package.json`` or a tsconfig; what is larger is not read."""
_MOST_PARENTS = 40
_DEEPEST = 30
"""Folders below the root of a workspace, tsconfigs that extend one another, nested conditions."""
_PNPM = "pnpm-workspace.yaml"
_OTHER_RUNTIMES = frozenset({"browser", "deno", "edge-light", "react-native", "worker", "workerd"})
"""Conditions of ``exports`` that neither the server nor ``next build`` fulfils first."""
_BUILT = re.compile(r"(?:dist|build|lib|out)/(?:(?:esm|cjs|dts|mjs|types|src)/)*")
_TEXT = r'("(?:\\.|[^"\\])*+(?:"|\Z))'
_COMMENT = re.compile(_TEXT + r"|//[^\n]*|/\*.*?(?:\*/|\Z)", re.DOTALL)
_TRAILING_COMMA = re.compile(_TEXT + r"|,(?=\s*+[}\]])", re.DOTALL)


def candidate_files(base: Path) -> Iterator[Path]:
    """Return the files that an import of a path may mean, in the order of TypeScript."""
    name = base.name
    if name.endswith(".d.ts"):
        yield base.with_name(name.removesuffix(".d.ts") + ".ts")
    elif base.suffix in {".ts", ".tsx", ".mts"}:
        yield base
    elif base.suffix in {".js", ".mjs", ".jsx"}:
        yield base.with_suffix(".ts")
        yield base.with_suffix(".tsx")
        yield base.with_suffix(".mts")
    else:
        if name:
            yield base.with_name(name + ".ts")
            yield base.with_name(name + ".tsx")
        yield base / "index.ts"
        yield base / "index.tsx"


class Workspace:
    """The packages below a root, by the globs that its manifest lists."""

    def __init__(self, root: Path, globs: tuple[str, ...]) -> None:
        self.root = root
        self._globs = globs
        self._mappings: dict[Path, list[tuple[str, list[Path]]]] = {}

    @classmethod
    def around(cls, file: Path) -> Workspace | None:
        """Return the workspace that a file is part of, or None where no parent is a root."""
        for folder in islice(file.resolve().parents, _MOST_PARENTS):
            globs = _globs_of(folder)
            if globs:
                return cls(folder, globs)
            if (folder / ".git").exists():
                # Another repository around this one says nothing about it.
                return None
        return None

    def find(self, specifier: str, importer: Path) -> Path | str:
        """Return the file that an import means, or why there is none."""
        for target in self._mapped(specifier, importer.resolve().parent):
            found = self._first(candidate_files(target))
            if found is not None:
                return found
        parts = specifier.split("/")
        length = 2 if specifier.startswith("@") else 1
        name, below = "/".join(parts[:length]), "/".join(parts[length:])
        folder = self._packages.get(name)
        if folder is None:
            return f"no package {name} is in the workspace around the given files"
        manifest = _read_json(folder / "package.json")
        found = self._first(_files_of_package(folder, manifest, below))
        if found is not None:
            return found
        shown = (folder / "package.json").relative_to(self.root)
        return f"{shown} leads from {specifier} to no TypeScript file"

    def _first(self, candidates: Iterable[Path]) -> Path | None:
        """Return the first file that is there and within the workspace."""
        for path in candidates:
            try:
                if path.is_file() and path.resolve().is_relative_to(self.root):
                    return path
            except (OSError, ValueError):  # such as a name with a null byte
                continue
        return None

    # Packages

    @cached_property
    def _packages(self) -> dict[str, Path]:
        """The folders of the packages by their names; of two with one name the first counts."""
        packages: dict[str, Path] = {}
        excluded = [glob.removeprefix("!") for glob in self._globs if glob.startswith("!")]
        budget = _Budget(MOST_FOLDERS)
        for glob in self._globs:
            if glob.startswith("!"):
                continue
            for folder in _expanded(self.root, _segments(glob), budget, _DEEPEST):
                below = folder.relative_to(self.root).as_posix()
                if any(_matches(below, pattern) for pattern in excluded):
                    continue
                name = _read_json(folder / "package.json").get("name")
                if isinstance(name, str):
                    packages.setdefault(name, folder)
        return packages

    # tsconfig

    def _mapped(self, specifier: str, folder: Path) -> Iterator[Path]:
        """Yield where the ``paths`` of the tsconfigs around a folder lead, the nearest first."""
        for parent in (folder, *folder.parents):
            if not parent.is_relative_to(self.root):
                return
            if parent not in self._mappings:
                self._mappings[parent] = list(_mappings_in(parent))
            matching = [
                (len(pattern.partition("*")[0]), targets, caught)
                for pattern, targets in self._mappings[parent]
                if (caught := _caught(pattern, specifier)) is not None
            ]
            for _, targets, caught in sorted(matching, key=lambda match: -match[0]):
                for target in targets:
                    yield Path(str(target).replace("*", caught))


class _Budget:
    def __init__(self, steps: int) -> None:
        self.left = steps


def _globs_of(folder: Path) -> tuple[str, ...]:
    listed: Any = _read_json(folder / "package.json").get("workspaces")
    if isinstance(listed, dict):
        listed = listed.get("packages")
    if not isinstance(listed, list):
        listed = _pnpm_packages(folder / _PNPM)
    return tuple(glob for glob in listed if isinstance(glob, str))


def _pnpm_packages(path: Path) -> list[str]:
    """Return the list ``packages`` of a pnpm workspace; its YAML has one entry a line."""
    globs: list[str] = []
    is_inside = False
    for line in _read_text(path).splitlines():
        entry = re.fullmatch(r"""\s*-\s+(['"]?)([^'"#]+?)\1\s*(?:#.*)?""", line)
        if re.match(r"\S", line) and not line.startswith(("-", "#")):
            is_inside = re.match(r"packages\s*:", line) is not None
        elif is_inside and entry:
            globs.append(entry[2])
    return globs


def _segments(glob: str) -> list[str]:
    return [segment for segment in glob.split("/") if segment not in {"", "."}]


def _expanded(folder: Path, segments: list[str], budget: _Budget, depth: int) -> Iterator[Path]:
    """Yield the folders that a glob means; symbolic links are not followed."""
    if not segments:
        yield folder
        return
    head, *rest = segments
    if depth == 0 or budget.left <= 0 or head == "..":
        return
    if head == "**":
        yield from _expanded(folder, rest, budget, depth)
    for name in _folders_in(folder, budget):
        if head == "**":
            yield from _expanded(folder / name, segments, budget, depth - 1)
        elif fnmatchcase(name, head):
            yield from _expanded(folder / name, rest, budget, depth - 1)


def _folders_in(folder: Path, budget: _Budget) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            names = [e.name for e in entries if e.is_dir(follow_symlinks=False)]
    except OSError:
        return []
    budget.left -= len(names)
    return sorted(n for n in names if n not in NOT_SEARCHED and not n.startswith("."))


def _matches(path: str, glob: str) -> bool:
    """Tell whether a glob, of which ``**`` stands for any folders, means a path."""
    pattern = "/".join(_segments(glob)).replace("**/", "*").replace("**", "*")
    return fnmatchcase(path, pattern)


def _files_of_package(folder: Path, manifest: Mapping[str, Any], below: str) -> Iterator[Path]:
    """Yield the files that may hold what a package exports under a path."""
    exports = manifest.get("exports")
    if exports is not None:
        targets = _targets_of(exports, f"./{below}" if below else ".")
    elif below:
        targets = iter((below, f"src/{below}"))
    else:
        mains = (manifest.get(key) for key in ("source", "module", "main", "types", "typings"))
        targets = iter((*(m for m in mains if isinstance(m, str)), "src/index", "index"))
    for target in targets:
        base = target.removeprefix("./")
        built = _BUILT.match(base)
        if ".." in base.split("/"):
            continue
        if built is not None:
            yield from candidate_files(folder / "src" / base[built.end() :])
        yield from candidate_files(folder / base)


def _targets_of(exports: Any, key: str) -> Iterator[str]:
    by_key = exports if isinstance(exports, dict) else {".": exports}
    if not any(str(name).startswith(".") for name in by_key):
        by_key = {".": exports}
    if key in by_key:
        yield from _strings(by_key[key], "", _DEEPEST)
        return
    matching = [
        (len(pattern.partition("*")[0]), value, caught)
        for pattern, value in by_key.items()
        if "*" in pattern and (caught := _caught(pattern, key)) is not None
    ]
    for _, value, caught in sorted(matching, key=lambda match: -match[0])[:1]:
        yield from _strings(value, caught, _DEEPEST)


def _strings(value: Any, caught: str, depth: int) -> Iterator[str]:
    """Yield the targets of one entry of ``exports``, in the order of its conditions."""
    if depth == 0:
        return
    if isinstance(value, str):
        yield value.replace("*", caught)
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item, caught, depth - 1)
    elif isinstance(value, dict):
        for condition, target in value.items():
            if condition not in _OTHER_RUNTIMES:
                yield from _strings(target, caught, depth - 1)


def _caught(pattern: str, text: str) -> str | None:
    """Return what the ``*`` of a pattern stands for in a text, or None where it does not match."""
    before, star, after = pattern.partition("*")
    if not star:
        return "" if pattern == text else None
    if len(text) < len(before) + len(after):
        return None
    if not (text.startswith(before) and text.endswith(after)):
        return None
    return text[len(before) : len(text) - len(after)]


def _mappings_in(folder: Path) -> Iterator[tuple[str, list[Path]]]:
    """Yield the ``paths`` of the tsconfigs in a folder: ``tsconfig.json`` first."""
    try:
        names = [name for name in os.listdir(folder) if fnmatchcase(name, "tsconfig*.json")]
    except OSError:
        return
    for name in sorted(names, key=lambda name: (name != "tsconfig.json", name)):
        yield from _options(folder / name, _DEEPEST)[1].items()


def _options(config: Path, depth: int) -> tuple[Path | None, dict[str, list[Path]]]:
    """Return ``baseUrl`` and ``paths`` of a config, with those of the configs that it extends.

    Paths start from ``baseUrl``, and without one from the config that states them.
    """
    base: Path | None = None
    paths: dict[str, list[Path]] = {}
    document = _read_json(config)
    extended = document.get("extends")
    for parent in extended if isinstance(extended, list) else [extended]:
        if isinstance(parent, str) and parent.startswith(".") and depth > 0:
            path = config.parent / parent
            inherited = path if path.suffix == ".json" else path.with_name(path.name + ".json")
            base, paths = _options(inherited, depth - 1)
    options = document.get("compilerOptions")
    if isinstance(options, dict):
        if isinstance(options.get("baseUrl"), str):
            base = config.parent / options["baseUrl"]
        if isinstance(options.get("paths"), dict):
            paths = {
                pattern: [
                    (base or config.parent) / target
                    for target in targets
                    if isinstance(target, str)
                ]
                for pattern, targets in options["paths"].items()
                if isinstance(targets, list)
            }
    return base, paths


def _read_text(path: Path) -> str:
    """Return the text of a file; empty where it cannot be read or is too large."""
    try:
        if not path.is_file() or path.stat().st_size > LARGEST_MANIFEST:
            return ""
        return path.read_text(encoding="utf-8-sig")
    except (OSError, ValueError):
        return ""


def _read_json(path: Path) -> Mapping[str, Any]:
    """Return the object in a JSON file with or without comments; empty where there is none."""
    text = _read_text(path)
    for pattern in (_COMMENT, _TRAILING_COMMA):
        text = pattern.sub(lambda match: match[1] or "", text)
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}
