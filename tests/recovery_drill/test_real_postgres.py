"""A drill against real Postgres: dumped from one server, restored to another, and read there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from environments import Environment
from tests.constructs_lib.postgres.server import APP_PASSWORD, A, B, Server, running
from tests.google_api.fake import FakeGoogle
from tests.recovery_drill.conftest import PERSON, SOURCE, drilling

PERSON_PASSWORD = "person-canary-0000000000000"
SCHEMA = """
CREATE TABLE notes (id bigserial PRIMARY KEY, org text, embedding vector(3));
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON notes TO beep_app, beep_readonly
  USING (org = current_setting('app.current_org_id', true));
INSERT INTO notes (org, embedding)
  SELECT CASE WHEN n % 3 = 0 THEN 'a' ELSE 'b' END, '[1,2,3]' FROM generate_series(1, 300) n;
CREATE SCHEMA drizzle;
CREATE TABLE drizzle."Odd name" (id int);
INSERT INTO drizzle."Odd name" VALUES (1), (2);
"""


@dataclass
class Restored:
    """A dump of one server in another one; only SQL of the drill reaches the latter."""

    source: Server
    target: Server

    def restore(self) -> None:
        roles = self._dump("pg_dumpall", "--roles-only", database="postgres")
        # The one that every server has.
        self._load(roles.replace("CREATE ROLE postgres;\n", ""), "postgres")
        self._load(self._dump("pg_dump", "--create", "beep"), "postgres")

    def add_person(self, name: str, role: str) -> None:
        self.target.as_superuser(
            f'CREATE ROLE "{name}" LOGIN PASSWORD \'{PERSON_PASSWORD}\'; GRANT {role} TO "{name}"'
        )

    def execute(self, database: str, statement: str) -> list[list[str]]:
        text = self.target.sql(statement, user=PERSON, password=PERSON_PASSWORD, database=database)
        return [line.split("|") for line in text.splitlines()]

    def _dump(self, *command: str, database: str = "beep") -> str:
        done = self.source.run(*command, user="postgres", password="postgres", database=database)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def _load(self, text: str, database: str) -> None:
        done = self.target.run(
            "psql", "-Xq", "-v", "ON_ERROR_STOP=1",
            user="postgres", password="postgres", database=database, stdin=text,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def other() -> Iterator[Server]:
    with running() as server:
        yield server


def test_what_was_dumped_is_there_again_with_roles_policies_and_every_row(
    fresh: Server, other: Server, prod: Environment, google: FakeGoogle
) -> None:
    assert fresh.bootstrap().returncode == 0
    fresh.as_owner(SCHEMA)
    google.world.sql.database = Restored(fresh, other)
    done = drilling(prod, google).run()
    assert done.findings == []
    assert done.contents is not None
    assert [(t.name, t.rows, t.policies) for t in done.contents.tables] == [
        ('drizzle."Odd name"', 2, 0),
        ("public.notes", 300, 1),
    ]
    # Who reads it sees every row only as a member of the owner; the applications see their own.
    for server in (fresh, other):
        count = "SET app.current_org_id = 'a'; SELECT count(*) FROM notes"
        assert server.as_app(count) == "100"
        assert server.as_app("SELECT count(*) FROM notes") == "0"
        with pytest.raises(PermissionError):
            server.as_app("SELECT 1", B, "")
    nearest = "SELECT org FROM notes ORDER BY embedding <-> '[1,2,4]' LIMIT 1"
    assert other.as_app(f"SET app.current_org_id = 'b'; {nearest}", A, APP_PASSWORD) == "b"
    # Later rows continue where the sequence was.
    assert other.as_owner("INSERT INTO notes (org) VALUES ('a') RETURNING id") == "301"

    # The second drill finds what an unusable backup lacks.
    other.as_superuser("DROP DATABASE beep", "postgres")
    other.as_superuser(f'DROP ROLE "{PERSON}", {B}, {A}, beep_readonly, beep_owner', "postgres")
    fresh.as_superuser(
        "DROP EXTENSION vector CASCADE; ALTER ROLE beep_app BYPASSRLS;"
        'ALTER TABLE notes DISABLE ROW LEVEL SECURITY; TRUNCATE drizzle."Odd name"'
    )
    assert drilling(prod, google).run().findings == [
        "the extension vector is missing",
        "row-level security does not bind beep_app",
        "public.notes has policies, and row-level security is off",
    ]
    assert list(google.world.sql.instances) == [SOURCE]
