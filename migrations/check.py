"""The check of a folder of migrations against the database of an environment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from migrations.database import Database
from migrations.plpgsql import Block, Branch, Handler, Node, parse
from migrations.rules import (
    DUPLICATE_OBJECT,
    INSUFFICIENT_PRIVILEGE,
    Refusal,
    created,
    language_of,
    refusal,
)
from migrations.words import Statement, UnreadableSqlError, Word, WordKind, statements

_SQLSTATES = {
    "insufficient_privilege": INSUFFICIENT_PRIVILEGE,
    "duplicate_object": DUPLICATE_OBJECT,
    "undefined_object": "42704",
    "feature_not_supported": "0a000",
    "active_sql_transaction": "25001",
    "invalid_transaction_state": "25000",
    "syntax_error_or_access_rule_violation": "42000",
}
"""postgresql.org/docs/17/errcodes-appendix.html; one that ends in 000 stands for its class."""

_CATALOGUES = {"PG_ROLES", "PG_USER", "PG_EXTENSION"}


class UnreadableFileError(Exception):
    """A file that is no SQL; says which, and the line."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A refused statement and its file."""

    file: str
    refusal: Refusal


@dataclass(frozen=True, slots=True)
class Report:
    """What a check found, in the order of the files."""

    database: Database
    files: tuple[str, ...]
    findings: tuple[Finding, ...]


def check(texts: Mapping[str, str], database: Database) -> Report:
    """Check the texts of files, by name and in the order in which they run.

    Raises ``UnreadableFileError`` for the first that is no SQL.
    """
    findings: list[Finding] = []
    for name, text in texts.items():
        try:
            findings += (Finding(name, refused) for refused in _file(text, database))
        except UnreadableSqlError as error:
            raise UnreadableFileError(f"{name}:{error.line}: {error.what}") from None
    return Report(database, tuple(texts), tuple(findings))


def _file(text: str, database: Database) -> Iterator[Refusal]:
    for statement in statements(text):
        refused = refusal(statement, database)
        if refused is not None:
            yield refused
        elif (body := body_of(statement)) is not None:
            yield from _block(parse(body.text, body.line), database, frozenset())


def body_of(statement: Statement) -> Word | None:
    """Return what a ``DO`` runs, if it is PL/pgSQL."""
    if statement.keywords[0] != "DO" or language_of(statement) not in {None, "plpgsql"}:
        return None
    words = zip(statement.words, statement.words[1:], strict=False)
    return next((w for b, w in words if w.kind is WordKind.TEXT and b.keyword != "LANGUAGE"), None)


def _nodes(nodes: Iterable[Node], database: Database, absent: frozenset[str]) -> Iterator[Refusal]:
    """Yield what is refused; names in ``absent`` have been looked for in vain."""
    for node in nodes:
        match node:
            case Statement():
                target = created(node)
                is_reached = target is None or not (target[1] in absent and database.has(*target))
                refused = refusal(node, database) if is_reached else None
                if refused is not None:
                    yield refused
            case Branch():
                yield from _nodes(node.body, database, absent | _looked_for(node))
            case Block():
                yield from _block(node, database, absent)


def _block(block: Block, database: Database, absent: frozenset[str]) -> Iterator[Refusal]:
    """Yield what leaves the block as an error.

    A handler runs when something refused reaches it. One of other errors may run at any time.
    """
    refused = list(_nodes(block.body, database, absent))
    reached = [handler for handler in block.handlers if _handles_more(handler)]
    for error in refused:
        handler = next((h for h in block.handlers if _catches(h, error.sqlstate)), None)
        if handler is None:
            yield error
        elif handler not in reached:
            reached.append(handler)
    for handler in block.handlers:
        if handler in reached:
            yield from _nodes(handler.body, database, absent)


def _looked_for(branch: Branch) -> frozenset[str]:
    """Return the names of ``IF NOT EXISTS (SELECT ... FROM pg_roles WHERE rolname = 'name')``."""
    keywords = [word.keyword for word in branch.condition]
    if keywords[:2] != ["NOT", "EXISTS"] or not _CATALOGUES & {*keywords}:
        return frozenset()
    return frozenset(word.text for word in branch.condition if word.kind is WordKind.TEXT)


def _catches(handler: Handler, sqlstate: str | None) -> bool:
    if "others" in handler.conditions:
        return True
    if sqlstate is None:
        return False
    state = sqlstate.lower()
    caught = {_SQLSTATES.get(condition, condition).lower() for condition in handler.conditions}
    return state in caught or f"{state[:2]}000" in caught


def _handles_more(handler: Handler) -> bool:
    """Tell whether errors reach a handler that are none of a refusal."""
    return not handler.conditions <= {*_SQLSTATES, *_SQLSTATES.values(), "others"}
