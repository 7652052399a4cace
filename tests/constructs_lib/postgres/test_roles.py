"""Who may do what in a real Postgres: people who read, and the two logins of the applications."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from tests.constructs_lib.postgres.server import (
    APP_PASSWORD,
    READERS,
    ROLES,
    A,
    B,
    Server,
)

NEXT_PASSWORD = "next-canary-0000000000000000"
ON_B = replace(ROLES, app_logins=(B, A))
NOTES = (
    "CREATE TABLE notes (id bigserial PRIMARY KEY, org text);"
    "ALTER TABLE notes ENABLE ROW LEVEL SECURITY;"
    "CREATE POLICY own ON notes TO beep_app, beep_readonly"
    " USING (org = current_setting('app.current_org_id', true))"
)


def as_b(server: Server, text: str, password: str = NEXT_PASSWORD) -> str:
    return server.as_app(text, B, password)


def rotate_to_b(server: Server) -> subprocess.CompletedProcess[str]:
    return server.bootstrap(roles=ON_B, variables={"APP_PASSWORD": NEXT_PASSWORD})


@contextmanager
def a_running_service(server: Server) -> Iterator[subprocess.Popen[str]]:
    """An open connection of the first login, which answers one line for each line."""
    with subprocess.Popen(
        ["psql", "-XAtq"],
        env=server.environment(A, APP_PASSWORD),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as service:
        assert ask(service, "SELECT 1") == "1"
        yield service
        service.communicate()


def ask(service: subprocess.Popen[str], text: str) -> str:
    assert service.stdin is not None
    assert service.stdout is not None
    print(f"{text};", file=service.stdin, flush=True)
    return service.stdout.readline().strip()


def test_people_read_what_row_level_security_lets_them_and_write_nothing(fresh: Server) -> None:
    # As Cloud SQL makes a group, and whoever of it signs in.
    fresh.as_superuser(f"CREATE ROLE \"{READERS}\" LOGIN PASSWORD '{APP_PASSWORD}'")
    with_readers = replace(ROLES, readers=(READERS,))
    fresh.as_owner("CREATE TABLE older (id int)")
    for _ in range(2):
        done = fresh.bootstrap(roles=with_readers)
        assert done.returncode == 0, done.stderr

    def as_reader(text: str) -> str:
        return fresh.as_app(text, READERS)

    fresh.as_owner(f"{NOTES}; INSERT INTO notes (org) VALUES ('a'), ('b')")
    assert as_reader("SELECT count(*) FROM older") == "0"
    assert as_reader("SELECT count(*) FROM notes") == "0"
    assert as_reader("SET app.current_org_id = 'a'; SELECT count(*) FROM notes") == "1"
    for forbidden in (
        "INSERT INTO notes (org) VALUES ('a')",
        "UPDATE notes SET org = 'b'",
        "DELETE FROM notes",
        "TRUNCATE notes",
        "SELECT nextval('notes_id_seq')",
        "CREATE TABLE mine (id int)",
        "ALTER TABLE notes DISABLE ROW LEVEL SECURITY",
        "SET ROLE beep_app",
        "SET ROLE beep_owner",
        "GRANT beep_readonly TO beep_app",
    ):
        with pytest.raises(PermissionError, match=r"denied|must be owner"):
            as_reader(forbidden)
    granted = "SELECT DISTINCT privilege_type FROM information_schema.role_table_grants"
    assert fresh.as_owner(f"{granted} WHERE grantee = 'beep_readonly'") == "SELECT"
    attributes = "SELECT rolcanlogin, rolbypassrls, rolcreaterole FROM pg_roles"
    assert fresh.as_owner(f"{attributes} WHERE rolname = 'beep_readonly'") == "f|f|f"


def test_both_logins_see_and_change_the_same_rows(fresh: Server) -> None:
    fresh.bootstrap()
    fresh.as_owner(NOTES)
    assert rotate_to_b(fresh).returncode == 0
    org_a = "SET app.current_org_id = 'a'"
    fresh.as_app(f"{org_a}; INSERT INTO notes (org) VALUES ('a')")
    as_b(fresh, f"{org_a}; INSERT INTO notes (org) VALUES ('a'); UPDATE notes SET id = id + 10")
    assert fresh.as_app(f"{org_a}; SELECT string_agg(id::text, ' ') FROM notes") == "11 12"
    as_b(fresh, f"{org_a}; DELETE FROM notes WHERE id = 11")
    fresh.as_app(f"{org_a}; DELETE FROM notes WHERE id = 12")
    assert fresh.as_owner("SELECT count(*) FROM notes") == "0"


def test_row_level_security_and_timeouts_bind_both_logins_alike(fresh: Server) -> None:
    fresh.bootstrap()
    rotate_to_b(fresh)
    fresh.as_owner(
        f"{NOTES}; INSERT INTO notes (org) VALUES ('a'), ('b');"
        "CREATE ROLE rls_bypass_admin;"
        "CREATE POLICY everything ON notes TO rls_bypass_admin USING (true);"
        "GRANT SELECT ON notes TO rls_bypass_admin;"
        "GRANT rls_bypass_admin TO beep_app"
    )
    for statement, says in (
        ("SELECT count(*) FROM notes", "0"),
        ("SET app.current_org_id = 'b'; SELECT count(*) FROM notes", "1"),
        ("SET ROLE rls_bypass_admin; SELECT count(*) FROM notes", "2"),
        ("SHOW statement_timeout", "1min"),
        ("SHOW idle_in_transaction_session_timeout", "1min"),
    ):
        assert (fresh.as_app(statement), as_b(fresh, statement)) == (says, says)
    for forbidden in (
        "INSERT INTO notes (org) VALUES ('a')",
        "DROP TABLE notes",
        "SET ROLE beep_owner",
        "ALTER ROLE beep_app BYPASSRLS",
    ):
        for login, password in ((A, APP_PASSWORD), (B, NEXT_PASSWORD)):
            with pytest.raises(PermissionError):
                fresh.as_app(forbidden, login, password)


def test_a_rotation_leaves_no_moment_in_which_a_connection_fails(fresh: Server) -> None:
    fresh.bootstrap()
    with pytest.raises(PermissionError):
        as_b(fresh, "SELECT 1")
    with a_running_service(fresh) as service:
        assert rotate_to_b(fresh).returncode == 0
        # The old revision goes on and opens more connections; the new one comes beside it.
        assert ask(service, "SELECT 2") == "2"
        assert fresh.as_app("SELECT 3") == "3"
        assert as_b(fresh, "SELECT 4") == "4"
        # Nothing is taken from a login that is in use.
        end = {"APP_PASSWORD": NEXT_PASSWORD, "END_OTHER_LOGIN": "yes"}
        refused = fresh.bootstrap(roles=ON_B, variables=end)
        assert "beep_app is still connected; roll out the services" in refused.stderr
        assert refused.returncode != 0
        assert fresh.as_app("SELECT 5") == "5"
    assert fresh.bootstrap(roles=ON_B, variables=end).returncode == 0
    with pytest.raises(PermissionError, match="authentication failed"):
        fresh.as_app("SELECT 6")
    # Neither a release's bootstrap nor the other direction brings an old password back.
    assert rotate_to_b(fresh).returncode == 0
    with pytest.raises(PermissionError):
        fresh.as_app("SELECT 7")
    third = "third-canary-000000000000000"
    assert fresh.bootstrap(variables={"APP_PASSWORD": third}).returncode == 0
    assert fresh.as_app("SELECT 8", A, third) == "8"
    assert as_b(fresh, "SELECT 9") == "9"


def test_a_database_of_before_has_its_login_and_its_rights_unchanged(fresh: Server) -> None:
    """As the bootstrap of one login left it."""
    fresh.as_owner(
        f"CREATE ROLE beep_app LOGIN NOINHERIT PASSWORD '{APP_PASSWORD}';"
        "GRANT CONNECT, TEMPORARY ON DATABASE beep TO beep_app;"
        "GRANT USAGE ON SCHEMA public TO beep_app;"
        "ALTER DEFAULT PRIVILEGES FOR ROLE beep_owner IN SCHEMA public"
        " GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO beep_app;"
        "ALTER DEFAULT PRIVILEGES FOR ROLE beep_owner IN SCHEMA public"
        " GRANT USAGE, SELECT, UPDATE ON SEQUENCES TO beep_app;"
        f"{NOTES.replace(', beep_readonly', '')}"
    )
    fresh.as_app("SET app.current_org_id = 'a'; INSERT INTO notes (org) VALUES ('a')")
    assert rotate_to_b(fresh).returncode == 0
    assert as_b(fresh, "SET app.current_org_id = 'a'; SELECT count(*) FROM notes") == "1"
    assert fresh.as_app("SET app.current_org_id = 'a'; SELECT count(*) FROM notes") == "1"
