"""The database jobs' own scripts, run by a shell; the SQL against a real Postgres with pgvector."""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from constructs_lib.cloud_run.containers import AuthProxy
from constructs_lib.postgres.jobs import SHELL, Timeouts, migrate_script
from tests.constructs_lib.postgres.server import APP_PASSWORD, OWNER_PASSWORD, Server, set_up


def test_the_bootstrap_may_run_again_and_changes_nothing(fresh: Server) -> None:
    roles = (
        "SELECT string_agg(r::text, ',' ORDER BY rolname) FROM pg_roles r WHERE rolname ~ 'beep'"
    )
    first = fresh.bootstrap()
    assert first.returncode == 0, first.stderr
    before = fresh.as_superuser(roles)
    second = fresh.bootstrap()
    assert second.returncode == 0, second.stderr
    assert fresh.as_superuser(roles) == before


def test_the_bootstrap_creates_the_extension_where_it_may(fresh: Server) -> None:
    fresh.as_superuser("DROP EXTENSION vector")
    fresh.as_superuser("ALTER ROLE beep_owner SUPERUSER")
    assert fresh.bootstrap().returncode == 0
    assert fresh.as_owner("SELECT '[1,2,3]'::vector <-> '[1,2,4]'::vector") == "1"


def test_the_applications_can_use_what_a_migration_makes_later(fresh: Server) -> None:
    fresh.bootstrap()
    fresh.as_owner("CREATE TABLE notes (id bigserial PRIMARY KEY, org text, embedding vector(3))")
    fresh.as_app("INSERT INTO notes (org, embedding) VALUES ('a', '[1,2,3]')")
    assert fresh.as_app("SELECT org FROM notes ORDER BY embedding <-> '[1,2,4]' LIMIT 1") == "a"


def test_the_applications_can_neither_change_the_schema_nor_their_rights(fresh: Server) -> None:
    fresh.bootstrap()
    fresh.as_owner("CREATE TABLE notes (id int)")
    for forbidden in (
        "DROP TABLE notes",
        "CREATE TABLE other (id int)",
        "CREATE ROLE intruder",
        "SET ROLE beep_owner",
        "ALTER ROLE beep_app BYPASSRLS",
    ):
        with pytest.raises(PermissionError):
            fresh.as_app(forbidden)


def test_row_level_security_binds_the_applications_but_not_the_owner(fresh: Server) -> None:
    fresh.bootstrap()
    fresh.as_owner(
        "CREATE TABLE notes (org text);"
        "ALTER TABLE notes ENABLE ROW LEVEL SECURITY;"
        "CREATE POLICY own ON notes USING (org = current_setting('app.current_org_id', true));"
        "INSERT INTO notes VALUES ('a'), ('b')"
    )
    assert fresh.as_owner("SELECT count(*) FROM notes") == "2"
    assert fresh.as_app("SET app.current_org_id = 'a'; SELECT count(*) FROM notes") == "1"


def test_a_slow_statement_of_the_applications_is_ended_and_one_of_a_migration_is_not(
    fresh: Server,
) -> None:
    assert fresh.bootstrap(Timeouts(statement=1, idle_in_transaction=60)).returncode == 0
    with pytest.raises(PermissionError, match="canceling statement due to statement timeout"):
        fresh.as_app("SELECT pg_sleep(30)")
    fresh.as_owner("SELECT pg_sleep(1.1)")
    assert fresh.bootstrap(Timeouts(statement=0, idle_in_transaction=60)).returncode == 0
    fresh.as_app("SELECT pg_sleep(1.1)")


def test_a_transaction_that_waits_for_its_client_is_ended(fresh: Server) -> None:
    assert fresh.bootstrap(Timeouts(statement=60, idle_in_transaction=1)).returncode == 0
    script = "(echo 'BEGIN; SELECT 1;'; sleep 1.5; echo 'SELECT 2;') | psql -XAtq"
    done = fresh.run("sh", "-c", script, user="beep_app", password=APP_PASSWORD)
    assert "terminating connection due to idle-in-transaction timeout" in done.stderr
    assert done.stdout.strip() == "1"


def test_a_new_password_is_set_by_the_next_bootstrap(fresh: Server) -> None:
    fresh.bootstrap()
    fresh.as_superuser("ALTER ROLE beep_app PASSWORD 'another'")
    with pytest.raises(PermissionError):
        fresh.as_app("SELECT 1")
    fresh.bootstrap()
    assert fresh.as_app("SELECT 1") == "1"


def test_a_failing_statement_fails_the_job_and_leaves_nothing_half_done(fresh: Server) -> None:
    fresh.as_superuser("ALTER ROLE beep_owner NOCREATEROLE")
    done = fresh.bootstrap()
    assert done.returncode != 0
    assert APP_PASSWORD not in done.stdout + done.stderr
    assert fresh.as_superuser("SELECT count(*) FROM pg_roles WHERE rolname = 'beep_app'") == "0"


def test_a_new_machine_is_ready_for_the_same_bootstrap(machine: Server, tmp_path: Path) -> None:
    done = set_up(machine, tmp_path, OWNER_PASSWORD)
    assert done.returncode == 0, done.stderr
    assert OWNER_PASSWORD not in done.stdout + done.stderr
    bootstrapped = machine.bootstrap()
    assert bootstrapped.returncode == 0, bootstrapped.stderr
    machine.as_owner("CREATE TABLE notes (id bigserial PRIMARY KEY, embedding vector(3))")
    machine.as_app("INSERT INTO notes (embedding) VALUES ('[1,2,3]')")
    rights = machine.as_superuser("SELECT rolsuper FROM pg_roles WHERE rolname = 'beep_owner'")
    assert rights == "f"


def test_the_next_start_keeps_the_data_and_sets_a_rotated_password(
    machine: Server, tmp_path: Path
) -> None:
    set_up(machine, tmp_path, "before-0000000000000000000000")
    machine.sql(
        "CREATE TABLE notes ()", user="beep_owner", password="before-0000000000000000000000"
    )
    assert set_up(machine, tmp_path, OWNER_PASSWORD).returncode == 0
    assert machine.as_owner("SELECT count(*) FROM notes") == "0"


def test_a_machine_has_the_role_that_migrations_create_and_its_owner_passes_it_on(
    machine: Server, tmp_path: Path
) -> None:
    for _ in range(2):
        done = set_up(machine, tmp_path, OWNER_PASSWORD)
        assert done.returncode == 0, done.stderr
    machine.bootstrap()
    machine.as_owner(
        "CREATE TABLE notes (org text);"
        "ALTER TABLE notes ENABLE ROW LEVEL SECURITY;"
        "INSERT INTO notes VALUES ('a'), ('b');"
        "GRANT SELECT ON notes TO rls_bypass_admin;"
        "GRANT rls_bypass_admin TO beep_app"
    )
    assert machine.as_app("SELECT count(*) FROM notes") == "0"
    assert machine.as_app("SET ROLE rls_bypass_admin; SELECT count(*) FROM notes") == "2"
    with pytest.raises(PermissionError):
        machine.sql("SELECT 1", user="rls_bypass_admin", password="")


@dataclass
class Proxy:
    """Stands where the Auth Proxy listens for its end."""

    asked_to_stop: int = 0


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    state = Proxy()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            state.asked_to_stop += self.path == "/quitquitquit"
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", AuthProxy.ADMIN_PORT), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield state
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_job_that_is_done_stops_its_proxy(fresh: Server, proxy: Proxy) -> None:
    assert fresh.bootstrap(proxy=True).returncode == 0
    assert proxy.asked_to_stop == 1


def test_a_job_that_failed_stops_its_proxy_and_still_fails(fresh: Server, proxy: Proxy) -> None:
    fresh.as_superuser("ALTER ROLE beep_owner NOCREATEROLE")
    assert fresh.bootstrap(proxy=True).returncode != 0
    assert proxy.asked_to_stop == 1


@pytest.mark.parametrize("status", [0, 7])
def test_the_migration_runs_in_its_package_and_its_status_is_the_jobs(
    status: int, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    bun = tmp_path / "bun"
    bun.write_text(f'#!/bin/sh\necho "$@" >> {log}\n[ "$1" = -e ] || exit {status}\n')
    bun.chmod(0o755)
    done = subprocess.run(
        [*SHELL, migrate_script(proxy=True)],
        env={"PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"},
        check=False,
    )
    assert done.returncode == status
    calls = log.read_text().splitlines()
    assert calls[0] == "run --cwd packages/_internal/db-admin db:migrate"
    assert calls[1].startswith("-e await fetch(")
    assert AuthProxy.STOP_URL in calls[1]
