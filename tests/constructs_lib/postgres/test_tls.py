"""A real Postgres with TLS, configured as on a machine: the one of Debian, as no wheel has TLS."""

from __future__ import annotations

import getpass
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from constructs_lib.postgres.files import (
    ACCESS,
    HBA_FILE,
    SERVER_TLS_FILE,
    Capacity,
    configuration,
)
from constructs_lib.postgres.server_certificate import certificate_in
from secret_manager.value import Value

BIN = max(Path("/usr/lib/postgresql").glob("*/bin"), default=Path("absent"))
HOST = "postgres.dev.beep.internal"
PASSWORD = "canary-0000000000000000000"
# Postgres refuses to run as root.
IS_ROOT = os.geteuid() == 0
AS_SERVER = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups") if IS_ROOT else ()
SUPERUSER = getpass.getuser() if not IS_ROOT else "nobody"

pytestmark = pytest.mark.skipif(
    not (BIN / "postgres").exists(),
    reason="no Postgres with TLS; apt-get install postgresql brings one",
)


@dataclass(frozen=True)
class Machine:
    """A running Postgres, and the folder of its files."""

    folder: Path
    port: int
    server: subprocess.Popen[bytes]

    def ask(self, sql: str, user: str = "beep_app", **variables: str) -> str:
        """Connect as a job of Cloud Run does; the name of the machine leads here."""
        done = subprocess.run(
            [BIN / "psql", "-XAtq", "-c", sql],
            env={
                "PGHOST": HOST,
                "PGHOSTADDR": "127.0.0.1",
                "PGPORT": str(self.port),
                "PGUSER": user,
                "PGPASSWORD": PASSWORD,
                "PGDATABASE": "postgres",
                "PGSSLMODE": "verify-full",
                "PGSSLROOTCERT": str(self.folder / "server-ca.pem"),
                **variables,
            },
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        return done.stdout.strip() if done.returncode == 0 else f"failed: {done.stderr}"


@pytest.fixture(scope="module")
def machine() -> Iterator[Machine]:
    with tempfile.TemporaryDirectory(prefix="postgres-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        if IS_ROOT:
            shutil.chown(folder, 65534, 65534)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
        pair = Value.of_server(HOST).reveal().decode()
        _write(folder / "server.pem", pair, 0o400)
        (folder / "server-ca.pem").write_text(certificate_in(pair))
        _write(folder / "pg_hba.conf", ACCESS, 0o444)
        text = configuration(
            Capacity(2048, 20, 50), log_min_duration_statement_ms=-1, logical_decoding=True
        )
        for path, here in ((SERVER_TLS_FILE, "server.pem"), (HBA_FILE, "pg_hba.conf")):
            assert path in text
            text = text.replace(path, str(folder / here))
        text = text.replace("port = 5432\n", f"port = {port}\n")
        _write(folder / "postgresql.conf", f"{text}unix_socket_directories = '{folder}'\n", 0o444)
        subprocess.run(
            [*AS_SERVER, BIN / "initdb", "-D", folder / "data", "-U", SUPERUSER, "--no-sync"],
            check=True, capture_output=True, cwd="/",
        )  # fmt: skip
        with (folder / "log").open("wb") as errors:
            server = subprocess.Popen(
                [*AS_SERVER, BIN / "postgres", "-D", folder / "data", "-F",
                 "-c", f"config_file={folder}/postgresql.conf"],
                stdout=subprocess.DEVNULL, stderr=errors, cwd="/",
            )  # fmt: skip
        try:
            for _ in range(100):
                if (folder / f".s.PGSQL.{port}").exists():
                    break
                time.sleep(0.05)
            # From inside, by peer, as the start of a machine makes its roles.
            roles = {"beep_app": "LOGIN", "postgres": "SUPERUSER LOGIN"}
            sql = "".join(f"CREATE ROLE {n} {r} PASSWORD '{PASSWORD}';" for n, r in roles.items())
            subprocess.run(
                [*AS_SERVER, BIN / "psql", "-h", folder, "-p", str(port), "-U", SUPERUSER,
                 "-c", sql, "postgres"],
                check=True, capture_output=True, cwd="/",
            )  # fmt: skip
            yield Machine(folder, port, server)
        finally:
            server.terminate()
            server.wait(30)


def _write(file: Path, text: str, mode: int) -> None:
    file.write_text(text)
    if IS_ROOT:
        shutil.chown(file, 65534, 65534)
    file.chmod(mode)


def test_a_client_that_trusts_the_certificate_is_served_with_tls(machine: Machine) -> None:
    sql = "SELECT ssl, version FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
    assert machine.ask(sql) == "t|TLSv1.3"


def test_a_client_notices_another_machine_in_its_place(machine: Machine, tmp_path: Path) -> None:
    other = tmp_path / "other.pem"
    other.write_text(certificate_in(Value.of_server(HOST).reveal().decode()))
    assert "certificate verify failed" in machine.ask("SELECT 1", PGSSLROOTCERT=str(other))
    refused = machine.ask("SELECT 1", PGHOST="other.beep.internal")
    assert f'certificate for "{HOST}" does not match host name' in refused


def test_nobody_gets_in_without_tls_or_as_the_superuser(machine: Machine) -> None:
    plain = machine.ask("SELECT 1", PGSSLMODE="disable")
    assert "no pg_hba.conf entry" in plain
    assert "no encryption" in plain
    assert "rejects connection" in machine.ask("SELECT 1", user="postgres")


def test_a_key_that_others_can_read_is_refused(machine: Machine) -> None:
    """So the start of a machine gives it to the user of the server alone."""
    key, log = machine.folder / "server.pem", machine.folder / "log"
    assert "group or world access" not in log.read_text()
    key.chmod(0o444)
    try:
        machine.server.send_signal(signal.SIGHUP)
        for _ in range(100):
            if "group or world access" in log.read_text():
                break
            time.sleep(0.05)
        else:
            pytest.fail(log.read_text())
    finally:
        key.chmod(0o400)
