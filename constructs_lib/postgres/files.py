"""What Postgres in a container reads: its configuration, who may connect, and its roles.

The image is that of pgvector, which is the official image of Postgres with one extension more. It
makes the superuser ``postgres``; nobody else knows that role.
"""

from __future__ import annotations

from dataclasses import dataclass

from constructs_lib.postgres.jobs import Roles
from constructs_lib.postgres.parameters import logging_parameters, maintenance_work_mem_mib
from constructs_lib.postgres.prepared import BYPASS_ROLE, MACHINE_EXTENSIONS

DATA_PATH = "/var/lib/postgresql/data"
PORT = 5432
CONFIGURATION_FILE = "/etc/postgresql/postgresql.conf"
HBA_FILE = "/etc/postgresql/pg_hba.conf"
ROLES_FILE = "/etc/postgresql/roles.sql"
OWNER_PASSWORD_FILE = "/run/secrets/owner-password"
SERVER_TLS_FILE = "/run/secrets/server.pem"
"""Key and certificate: Postgres takes of a file what it looks for."""
USER_ID = 999
"""Of the user ``postgres`` in the image; Postgres refuses a key that others can read."""

ACCESS = """\
# The superuser comes from inside the container only, as the user of the same name.
local all all peer
host all postgres all reject
hostssl all all all scram-sha-256
"""

ALIVE = ("sh", "-c", f"pg_isready --quiet --host=127.0.0.1 --port={PORT} || [ $? -eq 1 ]")
"""Fails without an answer. 1 is an answer: Postgres replays its log, and must be left alone."""

SET_UP = (
    "gosu",
    "postgres",
    "psql",
    "--no-psqlrc",
    "--quiet",
    "--set=ON_ERROR_STOP=1",
    "--dbname=postgres",
    f"--file={ROLES_FILE}",
)
"""Applies ``roles_sql`` as the superuser."""


@dataclass(frozen=True, slots=True)
class Capacity:
    """What the parameters follow from."""

    memory_mib: int
    disk_gb: int
    max_connections: int

    @property
    def dynamic_shared_memory_mib(self) -> int:
        """For parallel queries; docker's own 64 MiB would fail them."""
        return max(64, self.memory_mib // 8)


def configuration(
    capacity: Capacity, *, log_min_duration_statement_ms: int, logical_decoding: bool
) -> str:
    """Return ``postgresql.conf``.

    The disk is shared by data and log, so a snapshot of it is what a power loss leaves behind, and
    Postgres recovers from that by itself. Nothing is archived: there is no recovery to a point in
    time.
    """
    memory = capacity.memory_mib
    parameters = {
        "listen_addresses": "'*'",
        "port": str(PORT),
        "hba_file": f"'{HBA_FILE}'",
        "max_connections": str(capacity.max_connections),
        "password_encryption": "'scram-sha-256'",
        "ssl": "on",
        "ssl_cert_file": f"'{SERVER_TLS_FILE}'",
        "ssl_key_file": f"'{SERVER_TLS_FILE}'",
        "shared_buffers": f"'{memory // 4}MB'",
        "effective_cache_size": f"'{memory * 5 // 8}MB'",
        "maintenance_work_mem": f"'{maintenance_work_mem_mib(memory)}MB'",
        "random_page_cost": "1.1",
        "max_wal_size": f"'{min(4096, capacity.disk_gb * 1024 // 10)}MB'",
        "wal_compression": "on",
        "wal_level": "logical" if logical_decoding else "replica",
        "archive_mode": "off",
        # A slot that nobody reads is given up before it fills the disk.
        "max_slot_wal_keep_size": f"'{capacity.disk_gb * 1024 // 5}MB'",
        "shared_preload_libraries": "'pg_stat_statements'",
        **logging_parameters(log_min_duration_statement_ms),
        "log_line_prefix": "'%m [%p] %q%u@%d '",
        "log_timezone": "'UTC'",
        "timezone": "'UTC'",
    }
    return "".join(f"{name} = {value}\n" for name, value in parameters.items())


def roles_sql(roles: Roles, *, password_file: str = OWNER_PASSWORD_FILE) -> str:
    """Return the SQL that leaves the database as the API of Cloud SQL would; it may run again.

    The owner may make other roles, as there, and is no superuser. What only a superuser may make is
    made here: the extensions, and the role that bypasses row-level security, which the owner may
    pass on. A new password takes effect with the next start.
    """
    extensions = "".join(f"CREATE EXTENSION IF NOT EXISTS {e};\n" for e in MACHINE_EXTENSIONS)
    return f"""\
\\set owner_password `cat {password_file}`
SET log_statement = 'none';
SET log_min_error_statement = 'panic';
SELECT 'CREATE ROLE {roles.owner} LOGIN CREATEROLE'
  WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{roles.owner}') \\gexec
ALTER ROLE {roles.owner} PASSWORD :'owner_password';
ALTER ROLE postgres PASSWORD NULL;
SELECT 'CREATE ROLE {BYPASS_ROLE} NOLOGIN BYPASSRLS'
  WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{BYPASS_ROLE}') \\gexec
GRANT {BYPASS_ROLE} TO {roles.owner} WITH ADMIN OPTION;
SELECT 'CREATE DATABASE {roles.database} OWNER {roles.owner}'
  WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '{roles.database}') \\gexec
\\connect {roles.database}
{extensions}"""
