"""Reading TypeScript files into syntax trees, with positions as an editor shows them."""

from __future__ import annotations

import os
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from functools import cache, cached_property
from pathlib import Path
from typing import NamedTuple

import tree_sitter_typescript
from tree_sitter import Language, Node, Parser

SCHEMA_FILES = ("ServerEnv.ts", "ClientEnv.ts")
LARGEST_BYTES = 2 * 1024 * 1024
"""A schema of 5,000 lines has a tenth of that; what is larger is generated, or no schema."""

NOT_SEARCHED = frozenset({"node_modules", "dist", "build", "coverage"})
_MOST_SYNTAX_ERRORS = 5
_CONTINUES = re.compile(rb"[\x80-\xbf]")
"""The bytes that continue a character of UTF-8."""
_IDENTIFIER = re.compile(rb"(?<![\w$])[A-Za-z_$][\w$]*")


class SourceError(Exception):
    """A path that cannot be read as TypeScript at all: what, and what to do."""

    def __init__(self, path: Path, what: str, fix: str) -> None:
        self.path = path
        self.what = what
        self.fix = fix
        super().__init__(f"{path}: {what}; {fix}")


class Position(NamedTuple):
    """A place in a file; line and column count from 1, the column in characters."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        """Render as editors and compilers write it."""
        return f"{self.file}:{self.line}:{self.column}"


class Source:
    """One parsed file."""

    def __init__(self, path: Path, text: bytes) -> None:
        self.path = path
        self.text = text
        self._name = str(path)
        self._is_ascii = text.isascii()
        self._lines: list[bytes] = []
        self._wide: dict[int, list[int]] = {}

    @cached_property
    def root(self) -> Node:
        """The syntax tree; a file that is only searched for a name is never parsed."""
        return _parser(self.path.suffix).parse(self.text).root_node

    def position(self, node: Node) -> Position:
        """Return where a node begins."""
        return self.position_at(*node.start_point)

    def position_at(self, row: int, byte_column: int) -> Position:
        """Return the position of a row and a byte in it, both from 0."""
        column = byte_column
        if not self._is_ascii:
            # Collected once for a line: a minified file has everything in one line.
            if row not in self._wide:
                self._lines = self._lines or self.text.split(b"\n")
                self._wide[row] = [hit.start() for hit in _CONTINUES.finditer(self._lines[row])]
            column -= bisect_left(self._wide[row], byte_column)
        return Position(self._name, row + 1, column + 1)

    def syntax_errors(self) -> list[Position]:
        """Return where the text is no TypeScript: the first few places, outermost only."""
        if not self.root.has_error:
            return []
        errors: list[Position] = []
        pending = [self.root]
        while pending and len(errors) < _MOST_SYNTAX_ERRORS:
            node = pending.pop()
            if node.is_error or node.is_missing:
                errors.append(self.position(node))
            elif node.has_error:
                pending.extend(reversed(node.children))
        return errors


def text_of(node: Node) -> str:
    """Return the source text of a node."""
    return (node.text or b"").decode("utf-8")


def identifiers_in(text: bytes) -> Iterator[tuple[int, bytes]]:
    """Return every word that may be an identifier, with the byte where it begins.

    Keywords and the words of strings and comments are among them. Only ASCII words are: no name
    of Effect has another letter.
    """
    return ((hit.start(), hit[0]) for hit in _IDENTIFIER.finditer(text))


def parts(node: Node) -> Iterator[Node]:
    """Return the named children of a node that are no comments."""
    return (child for child in node.named_children if child.type != "comment")


def find(paths: Iterable[Path]) -> list[Path]:
    """Return the given files, and the schema files below the given directories.

    Raises SourceError for a path that is not there and for a directory without a schema file.
    """
    files: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            below = sorted(_below(path))
            if not below:
                names = " or ".join(SCHEMA_FILES)
                raise SourceError(path, f"holds no {names}", "give the files themselves")
            files.update(dict.fromkeys(below))
        elif path.exists():
            files[path] = None
        else:
            raise SourceError(path, "is not there", "give a TypeScript file or a directory")
    return list(files)


def read_source(path: Path) -> Source:
    """Read and parse one file. Raises SourceError where it is no text of a readable size."""
    try:
        if not path.is_file():
            raise SourceError(path, "is no regular file", "give a TypeScript file")
        with path.open("rb") as file:
            text = file.read(LARGEST_BYTES + 1)
    except OSError as error:
        what = f"cannot be read: {error.strerror}"
        raise SourceError(path, what, "give a file you may read") from None
    if len(text) > LARGEST_BYTES:
        what = f"is larger than {LARGEST_BYTES // 1024} KiB"
        raise SourceError(path, what, "give the file that holds the schema")
    text = text.removeprefix(b"\xef\xbb\xbf")
    try:
        text.decode("utf-8")
    except UnicodeDecodeError as error:
        line = text.count(b"\n", 0, error.start) + 1
        raise SourceError(path, f"is not UTF-8 (line {line})", "save it as UTF-8") from None
    return Source(path, text)


def _below(directory: Path) -> Iterator[Path]:
    for folder, directories, names in os.walk(directory):
        directories[:] = [
            name for name in directories if name not in NOT_SEARCHED and not name.startswith(".")
        ]
        yield from (Path(folder, name) for name in names if name in SCHEMA_FILES)


@cache
def _parser(suffix: str) -> Parser:
    if suffix in {".tsx", ".jsx"}:
        return Parser(Language(tree_sitter_typescript.language_tsx()))
    return Parser(Language(tree_sitter_typescript.language_typescript()))
