"""SQL as words: what Postgres reads as one name, text or sign, with its line.

sqlglot's tokenizer knows dollar quotes, nested comments, ``E''`` strings and quoted names. It reads
them as Postgres does with ``standard_conforming_strings = on``, its default.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import ClassVar

from sqlglot.dialects.postgres import Postgres
from sqlglot.errors import TokenError
from sqlglot.tokenizer_core import TokenType

BREAKPOINT = "--> statement-breakpoint"
"""Where drizzle cuts a file; it sends each part by itself, in one transaction."""

_LONGEST_BRIEF = 100
_TEXTS = {
    TokenType.STRING,
    TokenType.NATIONAL_STRING,
    TokenType.BYTE_STRING,
    TokenType.UNICODE_STRING,
    TokenType.HEREDOC_STRING,
}


class UnreadableSqlError(Exception):
    """Text that Postgres cannot read as SQL either; names the line, and quotes no value."""

    def __init__(self, line: int, what: str) -> None:
        self.line, self.what = line, what
        super().__init__(f"line {line}: {what}")


class WordKind(Enum):
    """What a word is to Postgres."""

    NAME = auto()
    """A keyword or an unquoted name."""
    QUOTED = auto()
    TEXT = auto()
    SIGN = auto()


@dataclass(frozen=True, slots=True)
class Word:
    """A word of SQL."""

    kind: WordKind
    text: str
    """Without quotes and with escapes resolved."""
    raw: str
    """As it is written."""
    line: int
    is_spaced: bool
    """Whether a blank, a line break or a comment is before it."""

    @property
    def keyword(self) -> str:
        """The word in capitals, where it can be a keyword; else nothing."""
        return self.raw.upper() if self.kind is WordKind.NAME else ""

    @property
    def name(self) -> str:
        """The word as the name of something: unquoted ones are lower-case."""
        return self.text if self.kind is not WordKind.NAME else self.raw.lower()


@dataclass(frozen=True, slots=True)
class Statement:
    """The words of a statement, without the semicolon; never empty."""

    words: tuple[Word, ...]

    @property
    def line(self) -> int:
        """The line of its first word."""
        return self.words[0].line

    @property
    def keywords(self) -> tuple[str, ...]:
        """Its words in capitals; an empty text for each that is no keyword."""
        return tuple(word.keyword for word in self.words)

    @property
    def sql(self) -> str:
        """The statement in one line, without comments, passwords and commands of a shell."""
        parts: list[str] = []
        for previous, word in zip((None, *self.words), self.words, strict=False):
            may_be_secret = previous is not None and previous.keyword in {"PASSWORD", "PROGRAM"}
            is_text = word.kind is WordKind.TEXT
            raw = "'...'" if is_text and may_be_secret else " ".join(word.raw.split())
            parts.append(f" {raw}" if word.is_spaced and parts else raw)
        return "".join(parts)

    @property
    def brief(self) -> str:
        """The statement in one line of a hundred characters at most."""
        sql = self.sql
        return sql if len(sql) <= _LONGEST_BRIEF else f"{sql[: _LONGEST_BRIEF - 3]}..."


class _Tokenizer(Postgres.Tokenizer):
    # Of what sqlglot does not parse, such as DO, it would keep the rest as one text.
    COMMANDS: ClassVar[set[TokenType]] = set()


_TOKENIZER = _Tokenizer(dialect=Postgres())


def words_of(sql: str, line: int = 1) -> Iterator[Word]:
    """Yield the words of SQL that begins at a line.

    Raises ``UnreadableSqlError`` for a text, a name or a comment that never ends.
    """
    try:
        # Without a line end, sqlglot does not say where a quote in the last column begins.
        tokens = _TOKENIZER.tokenize(f"{sql}\n")
    except TokenError as error:
        raise _unreadable(sql, line, error) from None
    end = 0
    for token in tokens:
        line += sql.count("\n", end, token.start)
        raw = sql[token.start : token.end + 1]
        word = Word(_kind(token.token_type, raw), token.text, raw, line, token.start > end)
        if word.kind is WordKind.NAME and any(character.isspace() for character in raw):
            # sqlglot joins a few keywords.
            for part in raw.split():
                yield replace(word, text=part, raw=part, is_spaced=True)
        else:
            yield word
        line += raw.count("\n")
        end = token.end + 1


def _kind(token_type: TokenType, raw: str) -> WordKind:
    if token_type in _TEXTS:
        return WordKind.TEXT
    if raw[0] == '"':
        return WordKind.QUOTED
    return WordKind.NAME if raw[0].isalpha() or raw[0] == "_" else WordKind.SIGN


def _unreadable(sql: str, line: int, error: TokenError) -> UnreadableSqlError:
    """Say where it begins. sqlglot names the end of the file, and the beginning as an offset."""
    cause = re.fullmatch(r"(?:Missing (\S+)|Numeric .*) from \d+:(\d+)", str(error.__cause__))
    if cause is None:
        return UnreadableSqlError(line + sql.count("\n"), "a comment before this line never ends")
    start = line + sql.count("\n", 0, int(cause[2]))
    if cause[1] is None:
        return UnreadableSqlError(start, "what begins with x' or b' here holds no such digits")
    return UnreadableSqlError(start, f"what begins with {cause[1]} here never ends")


def statements(sql: str) -> Iterator[Statement]:
    """Yield the statements of a file as drizzle sends them; raises ``UnreadableSqlError``.

    A line that begins with a backslash, for psql, is a statement of its own.
    """
    line = 1
    for part in sql.split(BREAKPOINT):
        yield from split(words_of(part, line))
        line += part.count("\n")


def split(words: Iterator[Word]) -> Iterator[Statement]:
    """Yield the statements that semicolons end."""
    statement: list[Word] = []
    for word in words:
        is_psql_line = bool(statement) and statement[0].raw == "\\"
        if word.raw == ";" or word.raw == "\\" or (is_psql_line and word.line > statement[0].line):
            if statement:
                yield Statement(tuple(statement))
            statement = []
        if word.raw != ";":
            statement.append(word)
    if statement:
        yield Statement(tuple(statement))
