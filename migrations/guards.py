"""SQL that works with every engine, in place of what one of them refuses.

``tests/migrations/test_real_postgres.py`` runs it as the owner on Cloud SQL, as the owner on a
machine, and as a superuser.
"""

from __future__ import annotations

from migrations.words import Statement, Word


def role(statement: Statement, denied: frozenset[str]) -> str:
    """Return a block that leaves denied attributes out where the database denies them.

    It looks for the role first: Postgres checks rights before it notices a role that exists, so the
    handler would meet that role, and nothing catches the error of a handler.
    """
    kept = _without(statement, denied)
    action = statement.keywords[0]
    body = _if_absent(statement) if action == "CREATE" else f"  {statement.sql};\n"
    has_options = len(kept.words) > 3
    instead = f"{kept.sql};" if has_options or action == "CREATE" else "NULL;"
    return (
        f"DO $$\nBEGIN\n{body}EXCEPTION\n  WHEN insufficient_privilege THEN\n    {instead}\nEND $$;"
    )


def absent_role(statement: Statement) -> str:
    """Return a block that creates a role only where there is none of its name."""
    return f"DO $$\nBEGIN\n{_if_absent(statement)}END $$;"


def _if_absent(statement: Statement) -> str:
    literal = statement.words[2].name.replace("'", "''")
    return (
        f"  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{literal}') THEN\n"
        f"    {statement.sql};\n"
        "  END IF;\n"
    )


def _without(statement: Statement, denied: frozenset[str]) -> Statement:
    words: list[Word] = [
        *statement.words[:3],
        *(word for word in statement.words[3:] if word.keyword not in denied),
    ]
    if words[-1].keyword == "WITH":
        words.pop()
    return Statement(tuple(words))
