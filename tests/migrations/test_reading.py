"""How files are read, and what is said of each statement."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from migrations import Database, UnreadableFileError, as_text, check
from tests.migrations.samples import ANYWHERE, KNOWN_MIGRATION


def _kinds(sql: str, database: Database) -> list[tuple[int, str]]:
    return [
        (finding.refusal.statement.line, finding.refusal.kind)
        for finding in check({"m.sql": sql}, database).findings
    ]


def _text(sql: str, database: Database) -> str:
    return as_text(check({"m.sql": sql}, database), "an environment")


@pytest.mark.parametrize("breaks", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_what_stands_around_a_statement_changes_nothing_but_its_line(
    breaks: str, cloud_sql: Database
) -> None:
    before = ["SELECT 'it''s' /* 'a' \"b\"", "/* c */ */, $x$", "$$;", "-- it's", "$x$;"]
    after = ["--> statement-breakpoint", "SELECT 1 -- '"]
    for sql in ANYWHERE:
        alone = _kinds(sql, cloud_sql)
        among = breaks.join([*before, f"{sql}\n;".replace("\n", breaks), *after])
        assert _kinds(among, cloud_sql) == [(line + len(before), kind) for line, kind in alone], sql


def test_a_statement_in_a_block_is_found_with_its_line(cloud_sql: Database) -> None:
    sql = f"""\
CREATE TABLE a ();
DO $outer$
DECLARE
  text_with_quotes text := $inner$ it's; END; $inner$;
BEGIN
  -- BEGIN IF
  {KNOWN_MIGRATION};
  EXECUTE 'ALTER ROLE x ' || 'SUPERUSER';
END
$outer$;
ALTER SYSTEM RESET ALL
"""
    assert _kinds(sql, cloud_sql) == [
        (7, "role-attribute"),
        (8, "role-attribute"),
        (11, "alter-system"),
    ]


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("SELECT 1;\nSELECT 'a\n\nb", "m.sql:2: what begins with ' here never ends"),
        ('SELECT 1;\nSELECT "a', 'm.sql:2: what begins with " here never ends'),
        ("\n\nDO $do$ BEGIN\nEND $$;", "m.sql:3: what begins with $do$ here never ends"),
        ("SELECT 1 /* a /* b */\n", "m.sql:2: a comment before this line never ends"),
        ("DO $$ BEGIN\nPERFORM 'a;\nEND $$", "m.sql:2: what begins with ' here never ends"),
        (
            "DO $$ BEGIN\n--> statement-breakpoint\nEND $$;",
            "m.sql:1: what begins with $$ here never ends",
        ),
        ("SELECT 1;\nSELECT b'2'", "m.sql:2: what begins with x' or b' here holds no such digits"),
        ("SELECT 1;\nSELECT '", "m.sql:2: what begins with ' here never ends"),
        ("SELECT E'it\\'s';\nSELECT E'\\'", "m.sql:2: what begins with ' here never ends"),
        ("DO $$ " + "BEGIN " * 3000 + "$$", "m.sql:1: blocks are nested deeper than 50"),
    ],
)
def test_what_postgres_could_not_read_is_named_with_its_line(
    sql: str, message: str, cloud_sql: Database
) -> None:
    with pytest.raises(UnreadableFileError) as raised:
        check({"m.sql": sql}, cloud_sql)
    assert str(raised.value).startswith(message)


_FRAGMENTS = (
    "DO $$ BEGIN", "$$", "$a$", "END", "END IF;", "IF x THEN", "EXCEPTION WHEN", "THEN", "CASE",
    "LOOP", "EXECUTE", "format(", "'%I'", "||", "CREATE ROLE", "ALTER ROLE", "SUPERUSER", "x", "'",
    '"', "E'\\",
    ";", "/*", "*/", "--", "\n", "COPY", "FROM", "(", ")", "CREATE EXTENSION", "IF NOT",
    "CREATE LANGUAGE", "LANGUAGE", "CREATE FUNCTION", "<<", ">>", "\\", "ALTER SYSTEM", "SET",
    "standard_conforming_strings", "off", "{#", "x'", "1e", "DECLARE", "CREATE EVENT", "USER",
)  # fmt: skip


@settings(max_examples=150, deadline=None, database=None)
@given(
    sql=st.one_of(
        st.text(max_size=60), st.lists(st.sampled_from(_FRAGMENTS), max_size=25).map(" ".join)
    )
)
def test_no_text_crashes_the_check(sql: str, cloud_sql: Database, on_a_machine: Database) -> None:
    for database in (cloud_sql, on_a_machine):
        with contextlib.suppress(UnreadableFileError):
            assert as_text(check({"m.sql": sql}, database), "x")


def test_commands_of_psql_are_refused_one_line_each(cloud_sql: Database) -> None:
    sql = "\\set x 1\n\\connect beep\nSELECT 1;\n\\i other.sql\nCREATE ROLE x SUPERUSER;"
    assert _kinds(sql, cloud_sql) == [
        (1, "psql"), (2, "psql"), (4, "psql"), (5, "role-attribute"),
    ]  # fmt: skip


def test_a_file_that_changes_what_a_backslash_means_is_not_vouched_for(
    cloud_sql: Database,
) -> None:
    for value in ("= off", "TO 'off'", "TO false"):
        sql = f"SET LOCAL standard_conforming_strings {value};"
        assert _kinds(sql, cloud_sql) == [(1, "backslashes")], value
    assert _kinds("SET standard_conforming_strings = on; SET x = off", cloud_sql) == []


def test_passwords_and_commands_are_not_repeated(cloud_sql: Database) -> None:
    text = _text(
        "CREATE ROLE x SUPERUSER PASSWORD 'canary';\n"
        "DO $$ BEGIN EXECUTE 'CREATE ROLE x SUPERUSER PASSWORD ''canary'''; END $$;\n"
        "COPY t FROM PROGRAM 'curl --user canary';",
        cloud_sql,
    )
    assert "canary" not in text
    assert "refuses 3 statements" in text


def test_a_long_statement_is_shortened(cloud_sql: Database) -> None:
    head = _text(f"ALTER ROLE {'x' * 200} SUPERUSER", cloud_sql).splitlines()[0]
    assert head.endswith("x... [role-attribute]")
    assert len(head) < 140


@pytest.mark.parametrize("name", ["pg_trgm", '"uuid-ossp"', "postgis", "hll", "pg_partman"])
def test_cloud_sql_has_these_extensions(name: str, cloud_sql: Database) -> None:
    assert _kinds(f"CREATE EXTENSION IF NOT EXISTS {name}", cloud_sql) == []


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("pgvector", 'CREATE EXTENSION IF NOT EXISTS "vector";'),
        ("uuid_ossp", 'CREATE EXTENSION IF NOT EXISTS "uuid-ossp";'),
        ("pg_cron", "cloudsql.enable_pg_cron = on"),
        ("timescaledb", "do without it"),
    ],
)
def test_an_extension_that_cloud_sql_lacks_is_refused(
    name: str, advice: str, cloud_sql: Database
) -> None:
    text = _text(f"CREATE EXTENSION IF NOT EXISTS {name}", cloud_sql)
    assert "[extension]" in text
    assert advice in text


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("pg_trgm", None),
        ("pg_stat_statements", None),
        ("dblink", "MACHINE_EXTENSIONS in constructs_lib/postgres/prepared.py"),
        ("postgis", "an image that has it"),
    ],
)
def test_the_owner_of_a_machines_database_creates_trusted_extensions_only(
    name: str, advice: str | None, on_a_machine: Database
) -> None:
    text = _text(f"CREATE EXTENSION IF NOT EXISTS {name}", on_a_machine)
    assert ("[extension]" in text) == (advice is not None)
    assert advice is None or advice in text


def test_cloud_sql_allows_its_owner_what_its_documentation_says(
    cloud_sql: Database,
) -> None:
    for sql in (
        "ALTER USER x WITH REPLICATION",
        "CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION f()",
    ):
        assert _kinds(sql, cloud_sql) == [], sql
