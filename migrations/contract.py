"""Which statements of migrations take away what the version before may use: the contract of
expand and contract.

While migrations run, and after a rollback, the version before works on the new schema. What adds is
no danger to it. What removes, renames or narrows is, unless the same file made the thing: a file
runs as a whole, so that nobody has used it yet. What cannot be known counts as a danger: whether
the version before uses a column, or what type a column had.

Not read: the bodies of functions, and what changes rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from migrations.check import UnreadableFileError, body_of
from migrations.plpgsql import Block, Node, parse
from migrations.words import Statement, UnreadableSqlError, Word, WordKind, statements

Name = tuple[str, ...]
"""With its schema, unless that is ``public``."""
Thing = tuple[str, Name]
"""Its kind, as ``TABLE``, and its name."""

_KINDS_OF_TWO_WORDS = {"MATERIALIZED", "FOREIGN", "EVENT", "TEXT", "ACCESS", "OPERATOR"}
_REPLACEABLE = {"VIEW", "MATERIALIZED VIEW", "FUNCTION", "PROCEDURE", "TRIGGER", "POLICY", "RULE"}
"""A file that drops one and then creates it again changes it."""
_HARMLESS_DROPS = {"STATISTICS", "EVENT TRIGGER"}
_BEFORE_A_NAME = {"IF", "NOT", "EXISTS", "ONLY", "CONCURRENTLY", "COLUMN"}
_CONSTRAINTS = {"CONSTRAINT", "UNIQUE", "CHECK", "PRIMARY", "FOREIGN", "EXCLUDE"}
_SERIAL = {"SERIAL", "BIGSERIAL", "SMALLSERIAL"}


@dataclass(frozen=True, slots=True)
class Contract:
    """A statement that takes something away."""

    file: str
    statement: Statement
    why: str

    def __str__(self) -> str:
        """As a list has it: place, statement and reason."""
        return f"{self.file}:{self.statement.line}: {self.statement.brief} ({self.why})"


def contracts(texts: Mapping[str, str]) -> list[Contract]:
    """Return the statements of files that take something away, in the order in which they run.

    Raises UnreadableFileError for the first file that is no SQL.
    """
    known = _Known()
    return [
        Contract(name, statement, why)
        for name, text in texts.items()
        for statement, why in _of_file(name, text, known)
    ]


def by_file(listed: Iterable[Contract]) -> dict[str, list[str]]:
    """Return the lines and statements by file, as a release names them."""
    files: dict[str, list[str]] = {}
    for contract in listed:
        text = f"{contract.statement.line}: {contract.statement.brief} ({contract.why})"
        files.setdefault(contract.file, []).append(text)
    return files


@dataclass(slots=True)
class _Known:
    """What the statements before made."""

    plain_indexes: set[str] = field(default_factory=set)
    """They are no target of ON CONFLICT."""
    plain_constraints: set[str] = field(default_factory=set)
    """Foreign keys and checks: without one, more is allowed than before."""
    things: set[Thing] = field(default_factory=set)
    """Made by this file."""
    columns: set[tuple[Name, str]] = field(default_factory=set)
    """Added by this file to tables of before."""

    def has_new_table(self, name: Name | None) -> bool:
        """Tell whether this file made a table."""
        return name is not None and bool({("TABLE", name), ("FOREIGN TABLE", name)} & self.things)


def _of_file(name: str, text: str, known: _Known) -> Iterator[tuple[Statement, str]]:
    known.things.clear()
    known.columns.clear()
    try:
        every = list(_flat(statements(text)))
    except UnreadableSqlError as error:
        raise UnreadableFileError(f"{name}:{error.line}: {error.what}") from None
    created = [_created(statement) for statement in every]
    for position, statement in enumerate(every):
        why = _why(statement, known, created[position + 1 :])
        if why is not None:
            yield statement, why
        _learn(statement, created[position], known)


def _flat(nodes: Iterable[Node]) -> Iterator[Statement]:
    """Yield every statement, also those of blocks, whatever their conditions."""
    for node in nodes:
        match node:
            case Statement():
                body = body_of(node)
                if body is None:
                    yield node
                else:
                    yield from _flat([parse(body.text, body.line)])
            case Block():
                yield from _flat(node.body)
                for handler in node.handlers:
                    yield from _flat(handler.body)
            case _:
                yield from _flat(node.body)


def _why(statement: Statement, known: _Known, created_later: Sequence[Thing | None]) -> str | None:
    """Return what a statement takes away, if it does."""
    keywords = statement.keywords
    match keywords[0]:
        case "DROP":
            return _drop(statement, known, created_later)
        case "ALTER":
            return _alter(statement, known)
        case "TRUNCATE":
            return "empties a table"
        case "REVOKE":
            return "takes rights away"
        case "CREATE" if keywords[1:2] == ("UNIQUE",):
            return _unique_index(statement, known)
        case "CREATE" if keywords[1:2] == ("POLICY",) and "RESTRICTIVE" in keywords:
            table = _name_after(statement.words, "ON")
            return None if known.has_new_table(table) else "hides rows"
    return None


def _drop(statement: Statement, known: _Known, created_later: Sequence[Thing | None]) -> str | None:
    kind, rest = _kind(statement.words[1:])
    if kind in _HARMLESS_DROPS:
        return None
    names = _names(rest)
    if kind == "INDEX":
        is_plain = all(name[-1] in known.plain_indexes for name in names)
        return None if is_plain else "drops an index that may be unique: ON CONFLICT needs it"
    if all((kind, name) in known.things for name in names):
        return None
    if kind in _REPLACEABLE and all((kind, name) in created_later for name in names):
        return None
    return f"drops a {kind.lower()}" if kind else "drops something"


def _alter(statement: Statement, known: _Known) -> str | None:
    kind, rest = _kind(statement.words[1:])
    keywords = {word.keyword for word in rest}
    if kind == "DEFAULT":
        return "takes rights away" if "REVOKE" in keywords else None
    names = _names(rest[: _end_of_name(rest)])
    if not names or (kind, names[0]) in known.things:
        return None
    if kind in {"TABLE", "FOREIGN TABLE"}:
        actions = _split(rest[_end_of_name(rest) :])
        return next(filter(None, (_action(names[0], a, known) for a in actions)), None)
    if kind == "INDEX":
        return None
    if kind == "POLICY":
        return "changes who sees which rows"
    if "RENAME" in keywords:
        return f"renames a {kind.lower()}, or a part of it"
    if {"SET", "SCHEMA"} <= keywords:
        return f"moves a {kind.lower()} to another schema"
    if kind == "TYPE" and keywords & {"DROP", "ALTER"}:
        return "changes a type"
    if kind == "DOMAIN" and (
        "ADD" in keywords or {"SET", "NOT", "NULL"} <= keywords or {"DROP", "DEFAULT"} <= keywords
    ):
        return "narrows a type"
    return None


def _action(table: Name, words: Sequence[Word], known: _Known) -> str | None:
    """Return what an action of ALTER TABLE takes away, if it does."""
    keywords = tuple(word.keyword for word in words)
    match keywords:
        case ("ADD", keyword, *_) if keyword in _CONSTRAINTS:
            return _constraint(table, words, known)
        case ("ADD", *_):
            return _added_column(words)
        case ("DROP", "CONSTRAINT", *_):
            names = _names(words[2:])
            is_plain = all(name[-1] in known.plain_constraints for name in names)
            return None if is_plain else "drops a constraint that ON CONFLICT may need"
        case ("DROP", *_):
            column = _column(words[1:])
            return None if (table, column) in known.columns else "drops a column"
        case ("ALTER", "CONSTRAINT", *_):
            return None
        case ("ALTER", *_):
            column = _column(words[1:])
            return None if (table, column) in known.columns else _altered_column(words)
        case ("RENAME", *_):
            return "renames a table, or a part of it"
        case ("SET", "SCHEMA", *_):
            return "moves a table to another schema"
        case ("ENABLE" | "FORCE", "ROW", *_):
            return "hides rows that no policy shows"
        case ("DETACH", *_):
            return "takes rows out of a table"
        case ("DISABLE", "TRIGGER" | "RULE", *_):
            return "stops what the table does by itself"
    return None


def _constraint(table: Name, words: Sequence[Word], known: _Known) -> str | None:
    """Return why a constraint refuses what was allowed, unless its columns are new."""
    for position, word in enumerate(words):
        if word.keyword in {"UNIQUE", "FOREIGN"}:
            columns = _in_parentheses(words[position:])
            if columns and all((table, column) in known.columns for column in columns):
                return None
    return "refuses rows that were allowed before"


def _added_column(words: Sequence[Word]) -> str | None:
    keywords = [word.keyword for word in words]
    fills_itself = not {*keywords}.isdisjoint({"DEFAULT", "GENERATED"} | _SERIAL)
    must_be_filled = ("NOT", "NULL") in pairwise(keywords) or "PRIMARY" in keywords
    if must_be_filled and not fills_itself:
        return "adds a column that must be filled, which the version before does not do"
    return None


def _altered_column(words: Sequence[Word]) -> str | None:
    keywords = [word.keyword for word in words]
    pairs = {*pairwise(keywords)}
    if "TYPE" in keywords:
        return "changes the type of a column"
    if ("SET", "NOT") in pairs:
        return "refuses NULL in a column"
    if ("DROP", "DEFAULT") in pairs or ("DROP", "IDENTITY") in pairs:
        return "no longer fills a column"
    if ("ADD", "GENERATED") in pairs or ("SET", "GENERATED") in pairs:
        return "fills a column by itself, and may refuse other values"
    return None


def _unique_index(statement: Statement, known: _Known) -> str | None:
    table = _name_after(statement.words, "ON")
    columns = _in_parentheses(statement.words)
    is_new = all((table, column) in known.columns for column in columns)
    if known.has_new_table(table) or (columns and is_new):
        return None
    return "refuses rows that were allowed before"


def _created(statement: Statement) -> Thing | None:
    """Return the kind and the name of what a statement creates."""
    if statement.keywords[0] != "CREATE":
        return None
    before = {"OR", "REPLACE", "UNIQUE", "TEMPORARY", "TEMP", "UNLOGGED", "RECURSIVE", "CONSTRAINT"}
    words = [word for word in statement.words[1:4] if word.keyword not in before]
    kind, rest = _kind([*words, *statement.words[4:]])
    names = _names(rest[: _end_of_name(rest)])
    return (kind, names[0]) if names else None


def _learn(statement: Statement, created: Thing | None, known: _Known) -> None:
    keywords = statement.keywords
    if created is not None:
        kind, name = created
        if kind == "INDEX":
            if "UNIQUE" not in keywords:
                known.plain_indexes.add(name[-1])
        elif kind not in _REPLACEABLE or "REPLACE" not in keywords:
            known.things.add(created)
    if keywords[:2] != ("ALTER", "TABLE"):
        _learn_constraints(statement.words, known)
        return
    rest = statement.words[2:]
    end = _end_of_name(rest)
    names = _names(rest[:end])
    for action in _split(rest[end:]):
        _learn_constraints(action, known)
        match [word.keyword for word in action]:
            case ["ADD", keyword, *_] if names and keyword not in _CONSTRAINTS:
                known.columns.add((names[0], _column(action[1:])))


def _learn_constraints(words: Sequence[Word], known: _Known) -> None:
    for position, word in enumerate(words[:-2]):
        if word.keyword == "CONSTRAINT" and words[position + 2].keyword in {"FOREIGN", "CHECK"}:
            known.plain_constraints.add(words[position + 1].name)


def _kind(words: Sequence[Word]) -> tuple[str, Sequence[Word]]:
    """Return what a statement is about, as ``TABLE``, and the words behind."""
    if not words:
        return "", words
    if words[0].keyword in _KINDS_OF_TWO_WORDS and len(words) > 1:
        return f"{words[0].keyword} {words[1].keyword}", words[2:]
    return words[0].keyword, words[1:]


def _end_of_name(words: Sequence[Word]) -> int:
    """Return how many words the name takes, with what may stand before it."""
    end = 0
    while end < len(words) and words[end].keyword in _BEFORE_A_NAME:
        end += 1
    end += 1
    while end < len(words) and words[end].raw == ".":
        end += 2
    return end


def _names(words: Sequence[Word]) -> list[Name]:
    """Return the names of a list, up to the first word that belongs to none."""
    names: list[Name] = []
    at = 0
    while at < len(words):
        end = at + _end_of_name(words[at:])
        parts = [w.name for w in words[at:end] if w.keyword not in _BEFORE_A_NAME and w.raw != "."]
        if parts:
            names.append(tuple(parts[1:] if parts[0] == "public" and len(parts) > 1 else parts))
        if end >= len(words) or words[end].raw != ",":
            break
        at = end + 1
    return names


def _name_after(words: Sequence[Word], keyword: str) -> Name | None:
    for position, word in enumerate(words):
        if word.keyword == keyword:
            rest = words[position + 1 :]
            names = _names(rest[: _end_of_name(rest)])
            return names[0] if names else None
    return None


def _column(words: Sequence[Word]) -> str:
    rest = [word for word in words if word.keyword not in _BEFORE_A_NAME]
    return rest[0].name if rest else ""


def _in_parentheses(words: Sequence[Word]) -> list[str]:
    """Return the columns of the first list in parentheses; an empty list for expressions."""
    columns: list[str] = []
    depth = 0
    for word in words:
        depth += (word.raw == "(") - (word.raw == ")")
        if depth == 0 and word.raw == ")":
            return columns
        if depth > 1:
            return []
        if depth == 1 and word.kind in {WordKind.NAME, WordKind.QUOTED}:
            columns.append(word.name)
    return columns


def _split(words: Sequence[Word]) -> list[Sequence[Word]]:
    """Return the actions of ALTER TABLE, which commas separate."""
    actions: list[Sequence[Word]] = []
    start = depth = 0
    for position, word in enumerate(words):
        depth += (word.raw == "(") - (word.raw == ")")
        if word.raw == "," and depth == 0:
            actions.append(words[start:position])
            start = position + 1
    actions.append(words[start:])
    return [action for action in actions if action]
