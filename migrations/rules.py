"""What a database refuses its owner, and what to write instead.

The SQLSTATEs are those of Postgres 16, on which ``tests/migrations/test_real_postgres.py`` runs
each kind of statement that plain Postgres can show.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from migrations import guards
from migrations.database import Database, Engine
from migrations.extensions import CLOUD_SQL, CLOUD_SQL_FLAGS, TRUSTED, UNTRUSTED
from migrations.words import Statement, Word, WordKind
from problems import did_you_mean

INSUFFICIENT_PRIVILEGE = "42501"
DUPLICATE_OBJECT = "42710"
_UNDEFINED_OBJECT = "42704"
_UNAVAILABLE = "0A000"
_IN_TRANSACTION = "25001"
"""Before any right is checked: these statements may stand in no transaction and no block."""

_OWNER_IS_NO_SUPERUSER = "the owner, who runs the migrations, is no superuser"
_UNTRUSTED_LANGUAGES = {"c", "internal"}
_ABSENT_LANGUAGES = {"plperlu", "plpython2u", "plpython3u", "plpythonu", "pltclu"}


class Kind(StrEnum):
    """What a finding is about."""

    ROLE_ATTRIBUTE = "role-attribute"
    EXISTS = "exists"
    EXTENSION = "extension"
    LANGUAGE = "language"
    SERVER_FILE = "server-file"
    ALTER_SYSTEM = "alter-system"
    TABLESPACE = "tablespace"
    EVENT_TRIGGER = "event-trigger"
    PSQL = "psql"
    BACKSLASHES = "backslashes"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A statement that the database refuses."""

    kind: Kind
    statement: Statement
    why: str
    fix: str
    """SQL to paste where there is some; else a sentence."""
    sqlstate: str | None = None
    """What a handler has to catch; without one, only ``OTHERS`` surely does."""


def refusal(statement: Statement, database: Database) -> Refusal | None:
    """Return why the database refuses a statement, if it does."""
    keywords = statement.keywords
    match keywords[:2]:
        case ("CREATE" | "ALTER", "ROLE" | "USER" | "GROUP") if keywords[2:3] != ("MAPPING",):
            return _role(statement, database)
        case ("ALTER", "SYSTEM"):
            return _alter_system(statement, database)
        case ("CREATE", "TABLESPACE"):
            why = f"{_OWNER_IS_NO_SUPERUSER}; the database has one disk"
            fix = "leave the tablespace out"
            return Refusal(Kind.TABLESPACE, statement, why, fix, _IN_TRANSACTION)
        case ("CREATE", "EXTENSION"):
            return _extension(statement, database)
        case ("CREATE", "EVENT") if database.engine is Engine.MACHINE:
            why = f"{_OWNER_IS_NO_SUPERUSER}, and on a machine only one creates event triggers"
            fix = "leave it out, or put it into roles_sql of constructs_lib/postgres/files.py"
            return Refusal(Kind.EVENT_TRIGGER, statement, why, fix, INSUFFICIENT_PRIVILEGE)
        case ("COPY", *_):
            return _copy(statement)
        case ("CREATE", *_) if _kind_of(statement) == "LANGUAGE":
            return _new_language(statement, database)
        case ("CREATE", *_) if _kind_of(statement) in {"FUNCTION", "PROCEDURE"}:
            return _language(statement, database)
        case ("DO", *_):
            return _language(statement, database)
        case ("SET", *_):
            return _backslashes(statement)
    if statement.words[0].raw == "\\":
        why = "it is a command of psql; drizzle sends the file to the server, which cannot read it"
        fix = "remove the line, or write SQL"
        return Refusal(Kind.PSQL, statement, why, fix)
    return None


def created(statement: Statement) -> tuple[str, str] | None:
    """Return what a statement creates, as ``("role", name)`` or ``("extension", name)``."""
    match statement.keywords[:2]:
        case ("CREATE", "ROLE" | "USER" | "GROUP") if len(statement.words) > 2:
            return "role", statement.words[2].name
        case ("CREATE", "EXTENSION") if (name := _extension_name(statement)) is not None:
            return "extension", name.name
    return None


def _role(statement: Statement, database: Database) -> Refusal | None:
    action, options = statement.keywords[0], statement.keywords[3:]
    if not options and action == "ALTER":
        return None
    if action == "CREATE":
        denied = [option for option in options if option in database.denied_attributes]
    elif options[0] in {"SET", "RESET", "RENAME", "IN", "ADD", "DROP"}:
        return None
    else:
        # Whoever lacks an attribute may not take it from others either.
        denied = [o for o in options if o.removeprefix("NO") in database.denied_attributes]
    target = created(statement)
    exists = target is not None and target[1] in database.roles
    if denied:
        attributes = " and ".join(option.removeprefix("NO") for option in denied)
        why = (
            f"only a superuser or a role with {attributes} may say so; the owner, who runs the"
            " migrations, has neither"
        )
        fix = guards.role(statement, frozenset(denied))
        return Refusal(Kind.ROLE_ATTRIBUTE, statement, why, fix, INSUFFICIENT_PRIVILEGE)
    if exists:
        why = "the role exists before the first migration runs"
        return Refusal(Kind.EXISTS, statement, why, guards.absent_role(statement), DUPLICATE_OBJECT)
    return None


def _extension_name(statement: Statement) -> Word | None:
    words = statement.words[2:]
    if statement.keywords[2:5] == ("IF", "NOT", "EXISTS"):
        words = words[3:]
    return words[0] if words else None


def _extension(statement: Statement, database: Database) -> Refusal | None:
    word = _extension_name(statement)
    if word is None:
        return None
    if word.name in database.extensions:
        if statement.keywords[2] == "IF":
            return None
        why = "the extension exists before the first migration runs"
        fix = f"CREATE EXTENSION IF NOT EXISTS {word.raw};"
        return Refusal(Kind.EXISTS, statement, why, fix, DUPLICATE_OBJECT)
    if database.engine is Engine.MACHINE:
        return _extension_of_machine(statement, word)
    return _extension_of_cloud_sql(statement, word)


def _extension_of_machine(statement: Statement, word: Word) -> Refusal | None:
    if word.name in TRUSTED:
        return None
    if word.name in UNTRUSTED:
        why = f"the extension is not trusted: only a superuser creates it; {_OWNER_IS_NO_SUPERUSER}"
        fix = (
            "add it to MACHINE_EXTENSIONS in constructs_lib/postgres/prepared.py; here, write\n"
            f"CREATE EXTENSION IF NOT EXISTS {word.raw};"
        )
        return Refusal(Kind.EXTENSION, statement, why, fix, INSUFFICIENT_PRIVILEGE)
    fix = _nearest(word, TRUSTED | UNTRUSTED) or "do without it, or use an image that has it"
    why = "the image of pgvector does not have the extension"
    return Refusal(Kind.EXTENSION, statement, why, fix, _UNAVAILABLE)


def _extension_of_cloud_sql(statement: Statement, word: Word) -> Refusal | None:
    if word.name in CLOUD_SQL:
        return None
    flag = CLOUD_SQL_FLAGS.get(word.name)
    if flag is not None:
        why = f"Cloud SQL needs the flag {flag} for it, and the instance has none"
        fix = f"do without it, or set {flag} = on in constructs_lib/postgres/cloud_sql.py"
        return Refusal(Kind.EXTENSION, statement, why, fix)
    why = "Cloud SQL does not have the extension"
    fix = _nearest(word, CLOUD_SQL) or (
        "do without it; docs.cloud.google.com/sql/docs/postgres/extensions lists those there are"
    )
    return Refusal(Kind.EXTENSION, statement, why, fix)


def _nearest(word: Word, known: frozenset[str]) -> str | None:
    """Return the statement with the name that was meant, if one is near."""
    near = "vector" if word.name == "pgvector" else did_you_mean(word.name, sorted(known))
    return f'CREATE EXTENSION IF NOT EXISTS "{near}";' if near else None


def _alter_system(statement: Statement, database: Database) -> Refusal:
    why = (
        f"it changes the whole server, in no transaction; {_OWNER_IS_NO_SUPERUSER}, and the"
        " environment's files set the server's parameters"
    )
    parameter = Statement(statement.words[2:]).sql if len(statement.words) > 2 else "SET ..."
    fix = (
        f"ALTER DATABASE {database.name} {parameter};\n"
        "which works for parameters that a session may set; others belong into this repository"
    )
    return Refusal(Kind.ALTER_SYSTEM, statement, why, fix, _IN_TRANSACTION)


def _copy(statement: Statement) -> Refusal | None:
    depth = 0
    for word, after in zip(statement.words, statement.words[1:], strict=False):
        depth += (word.raw == "(") - (word.raw == ")")
        is_place = after.kind is WordKind.TEXT or after.keyword == "PROGRAM"
        if depth == 0 and word.keyword in {"FROM", "TO"} and is_place:
            why = (
                "it reads or writes a file or runs a program on the server, which needs rights that"
                " only a superuser gives"
            )
            fix = "INSERT the rows in the migration, or COPY ... FROM STDIN in a script of its own"
            return Refusal(Kind.SERVER_FILE, statement, why, fix, INSUFFICIENT_PRIVILEGE)
    return None


def _kind_of(statement: Statement) -> str:
    """Return what a CREATE statement creates, where that stands behind other words."""
    before = {"CREATE", "OR", "REPLACE", "TRUSTED", "PROCEDURAL"}
    return next((keyword for keyword in statement.keywords if keyword not in before), "")


def language_of(statement: Statement) -> str | None:
    """Return the language that a function or a ``DO`` names."""
    depth = 0
    for word, after in zip(statement.words, statement.words[1:], strict=False):
        depth += (word.raw == "(") - (word.raw == ")")
        if depth == 0 and word.keyword == "LANGUAGE":
            return after.name
    return None


def _language(statement: Statement, database: Database) -> Refusal | None:
    language = language_of(statement)
    fix = "write it in LANGUAGE sql or plpgsql"
    if language in _UNTRUSTED_LANGUAGES:
        why = f"{language} is not trusted: only a superuser may use it; {_OWNER_IS_NO_SUPERUSER}"
        return Refusal(Kind.LANGUAGE, statement, why, fix, INSUFFICIENT_PRIVILEGE)
    if language in _ABSENT_LANGUAGES:
        why = f"{language} is not trusted, and {database.title} does not have it"
        return Refusal(Kind.LANGUAGE, statement, why, fix, _UNDEFINED_OBJECT)
    return None


def _new_language(statement: Statement, database: Database) -> Refusal | None:
    keywords = statement.keywords
    fix = "write in SQL or PL/pgSQL"
    if "HANDLER" in keywords:
        why = f"only a superuser creates a language; {_OWNER_IS_NO_SUPERUSER}"
        return Refusal(Kind.LANGUAGE, statement, why, fix, INSUFFICIENT_PRIVILEGE)
    if language_of(statement) in _ABSENT_LANGUAGES:
        why = f"{database.title} does not have the language"
        return Refusal(Kind.LANGUAGE, statement, why, fix, _UNAVAILABLE)
    return None


def _backslashes(statement: Statement) -> Refusal | None:
    parameter = [k for k in statement.keywords[1:] if k not in {"SESSION", "LOCAL", "TO", ""}]
    value = statement.words[-1].text.lower()
    if parameter[:1] == ["STANDARD_CONFORMING_STRINGS"] and value in {"off", "false", "no", "0"}:
        why = "what follows reads backslashes in another way, and was checked as without this line"
        fix = "remove the line, and write E'...' where a backslash escapes"
        return Refusal(Kind.BACKSLASHES, statement, why, fix)
    return None
