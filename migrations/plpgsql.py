"""The statements of a ``DO`` block, with the conditions and exception handlers around them.

Only what decides whether a statement runs, and who catches its error, is read: blocks, ``IF``,
``CASE``, loops and ``EXECUTE``. Postgres itself checks the rest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from migrations.words import Statement, UnreadableSqlError, Word, WordKind, split, words_of

_MAX_DEPTH = 50
_ENDS = {"END", "EXCEPTION", "WHEN", "ELSE", "ELSIF", "ELSEIF"}
"""What ends a list of statements. A statement begins with none of them."""
_LOOPS = {"LOOP", "WHILE", "FOR", "FOREACH"}
_UNKNOWN = " NAME "
"""Stands for what a dynamic statement computes."""


@dataclass(frozen=True, slots=True)
class Branch:
    """Statements that run under a condition; without words: perhaps, or repeatedly."""

    condition: tuple[Word, ...]
    body: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Handler:
    """What runs after an error of the block."""

    conditions: frozenset[str]
    """Names of conditions and SQLSTATEs, in lower case."""
    body: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """``BEGIN ... EXCEPTION ... END``."""

    body: tuple[Node, ...]
    handlers: tuple[Handler, ...]


Node = Statement | Branch | Block


def parse(body: str, line: int) -> Block:
    """Return the outermost block of a body that begins at a line.

    Raises ``UnreadableSqlError`` for texts that never end, and for blocks that are nested deeper
    than anybody would write.
    """
    return _Parser(tuple(words_of(body, line))).block(0)


class _Parser:
    def __init__(self, words: tuple[Word, ...]) -> None:
        self._words = words
        self._at = 0

    def block(self, depth: int) -> Block:
        self._until("BEGIN")
        body = self._statements(depth)
        handlers = []
        if self._take("EXCEPTION"):
            while self._take("WHEN"):
                names = {word.name.lower() for word in self._until("THEN")} - {"or", "sqlstate"}
                handlers.append(Handler(frozenset(names), self._statements(depth)))
        self._end()
        return Block(body, tuple(handlers))

    def _statements(self, depth: int) -> tuple[Node, ...]:
        if depth > _MAX_DEPTH:
            line = self._words[min(self._at, len(self._words) - 1)].line
            raise UnreadableSqlError(line, f"blocks are nested deeper than {_MAX_DEPTH}")
        nodes: list[Node] = []
        while self._at < len(self._words) and self._peek() not in _ENDS:
            nodes += self._statement(depth + 1)
        return tuple(nodes)

    def _statement(self, depth: int) -> Iterator[Node]:
        if self._words[self._at].raw == "<":
            while self._take_sign("<"):
                pass
            self._at += 1
            while self._take_sign(">"):
                pass
        elif self._peek() in {"DECLARE", "BEGIN"}:
            yield self.block(depth)
        elif self._peek() in {"IF", "CASE"}:
            yield from self._branches(depth, is_case=self._peek() == "CASE")
        elif self._peek() in _LOOPS:
            self._until("LOOP")
            yield Branch((), self._statements(depth))
            self._end()
        else:
            words = self._until(";")
            if words and words[0].keyword == "EXECUTE":
                yield from _dynamic(words)
            elif words:
                yield Statement(words)

    def _branches(self, depth: int, *, is_case: bool) -> Iterator[Branch]:
        self._at += 1
        if is_case:
            self._until("WHEN")
        yield Branch(self._until("THEN"), self._statements(depth))
        while self._peek() in {"ELSIF", "ELSEIF", "WHEN"}:
            self._at += 1
            yield Branch(self._until("THEN"), self._statements(depth))
        if self._take("ELSE"):
            yield Branch((), self._statements(depth))
        self._end()

    def _peek(self) -> str:
        return self._words[self._at].keyword if self._at < len(self._words) else ""

    def _take(self, keyword: str) -> bool:
        is_next = self._peek() == keyword
        self._at += is_next
        return is_next

    def _take_sign(self, sign: str) -> bool:
        is_next = self._at < len(self._words) and self._words[self._at].raw == sign
        self._at += is_next
        return is_next

    def _until(self, end: str) -> tuple[Word, ...]:
        """Return the words before a keyword or semicolon, and pass it.

        One in parentheses does not count, nor does it for PL/pgSQL.
        """
        start, depth = self._at, 0
        while self._at < len(self._words):
            word = self._words[self._at]
            self._at += 1
            if depth == 0 and end in {word.keyword, word.raw}:
                return self._words[start : self._at - 1]
            depth += (word.raw == "(") - (word.raw == ")")
        return self._words[start:]

    def _end(self) -> None:
        """Pass ``END IF;``, ``END label;`` and the like."""
        if self._take("END"):
            while self._at < len(self._words) and not self._take_sign(";"):
                self._at += 1


def _dynamic(words: tuple[Word, ...]) -> Iterator[Statement]:
    """Yield the statements of ``EXECUTE``, as far as texts in it say them."""
    sql, operand, depth = "", list[Word](), 0
    for word in words[1:]:
        depth += (word.raw == "(") - (word.raw == ")")
        if depth == 0 and word.keyword in {"INTO", "USING"}:
            break
        if depth == 0 and word.raw == "||":
            sql, operand = sql + _known(operand), []
        else:
            operand.append(word)
    try:
        yield from split(words_of(sql + _known(operand), words[0].line))
    except UnreadableSqlError:
        # A part of it is computed, so what is missing may be there.
        return


def _known(operand: list[Word]) -> str:
    """Return the text of an operand; ``format`` fills names into its first text."""
    if len(operand) == 1 and operand[0].kind is WordKind.TEXT:
        return operand[0].text
    is_format = len(operand) > 2 and operand[0].keyword == "FORMAT"
    if is_format and operand[2].kind is WordKind.TEXT:
        return re.sub(r"%(\d+\$)?-?\d*[ILs]", _UNKNOWN, operand[2].text)
    return _UNKNOWN
