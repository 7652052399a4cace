"""What the two database jobs run: the bootstrap SQL, and the migrations.

Both run as ``/bin/sh -ec SCRIPT``, because a job that has the Auth Proxy beside it must stop the
proxy when its own work is done, and must keep the exit status of that work.
"""

from __future__ import annotations

from dataclasses import dataclass

from constructs_lib.cloud_run.containers import AuthProxy
from constructs_lib.postgres.prepared import READONLY_ROLE, second_login

SHELL = ("/bin/sh", "-ec")

APP_PASSWORD_VARIABLE = "APP_PASSWORD"

END_OTHER_LOGIN_VARIABLE = "END_OTHER_LOGIN"
"""Set for one execution, to take the password from the login that the applications have left."""


@dataclass(frozen=True, slots=True)
class Roles:
    """The database and its roles."""

    database: str
    owner: str
    """Owns the schema."""
    app: str
    """Holds the rights of the applications, and is the first of their two logins."""
    app_logins: tuple[str, str]
    """The login that the applications use, and the other one."""
    readers: tuple[str, ...] = ()
    """Roles that exist, for people who may read."""


@dataclass(frozen=True, slots=True)
class Timeouts:
    """When Postgres ends what the applications do, in seconds; 0 for never."""

    statement: int
    idle_in_transaction: int


def bootstrap_sql(roles: Roles, timeouts: Timeouts) -> str:
    """Return the SQL that makes a new database usable; running it again changes nothing.

    The owner runs it. Cloud SQL's ``vector`` is not a trusted extension: the owner may create it
    because Cloud SQL makes its own users members of ``cloudsqlsuperuser``. The applications'
    role is made here and not through the API, so that it is no such member: row-level security
    binds neither superusers nor the owner of a table.

    The second login inherits every right of the first, by which policies that name the first bind
    it too. Only the login in use is given the password, so that the other one, which running
    services may still use, goes on with its own until it is ended.

    Timeouts belong to a login and not to the server: neither a migration that builds an index nor
    an export may be ended by them. They hold for the connections that are made afterwards.
    """
    login, other = roles.app_logins
    second = second_login(roles.app)
    settings = "".join(
        f"ALTER ROLE {name} SET statement_timeout = '{timeouts.statement}s';\n"
        f"ALTER ROLE {name} SET idle_in_transaction_session_timeout = "
        f"'{timeouts.idle_in_transaction}s';\n"
        for name in (roles.app, second)
    )
    readers = "".join(f'GRANT {READONLY_ROLE} TO "{group}";\n' for group in roles.readers)
    return f"""\
\\getenv app_password {APP_PASSWORD_VARIABLE}
CREATE EXTENSION IF NOT EXISTS vector;
SELECT 'CREATE ROLE {roles.app} LOGIN NOINHERIT'
  WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{roles.app}') \\gexec
SELECT 'CREATE ROLE {second} LOGIN'
  WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{second}') \\gexec
GRANT {roles.app} TO {second};
ALTER ROLE {login} PASSWORD :'app_password';
{settings}GRANT CONNECT, TEMPORARY ON DATABASE {roles.database} TO {roles.app};
GRANT USAGE ON SCHEMA public TO {roles.app};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {roles.app};
GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA public TO {roles.app};
ALTER DEFAULT PRIVILEGES FOR ROLE {roles.owner} IN SCHEMA public
  GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {roles.app};
ALTER DEFAULT PRIVILEGES FOR ROLE {roles.owner} IN SCHEMA public
  GRANT USAGE, SELECT, UPDATE ON SEQUENCES TO {roles.app};
SELECT 'CREATE ROLE {READONLY_ROLE}'
  WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{READONLY_ROLE}') \\gexec
GRANT CONNECT ON DATABASE {roles.database} TO {READONLY_ROLE};
GRANT USAGE ON SCHEMA public TO {READONLY_ROLE};
GRANT SELECT ON ALL TABLES IN SCHEMA public TO {READONLY_ROLE};
ALTER DEFAULT PRIVILEGES FOR ROLE {roles.owner} IN SCHEMA public
  GRANT SELECT ON TABLES TO {READONLY_ROLE};
{readers}\\getenv end_other_login {END_OTHER_LOGIN_VARIABLE}
\\if :{{?end_other_login}}
DO 'BEGIN
  IF EXISTS (SELECT FROM pg_stat_activity WHERE usename = ''{other}'') THEN
    RAISE EXCEPTION ''{other} is still connected; roll out the services, and repeat this'';
  END IF;
END';
ALTER ROLE {other} PASSWORD NULL;
\\endif
"""


def bootstrap_script(roles: Roles, timeouts: Timeouts, *, proxy: bool) -> str:
    """Return the script of ``beep-db-bootstrap``; the image must hold psql 14 or newer."""
    psql = (
        "psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --single-transaction <<'SQL'\n"
        f"{bootstrap_sql(roles, timeouts)}SQL"
    )
    # In the spelling that BusyBox has too.
    stop = f"wget -q -O - --post-data= {AuthProxy.STOP_URL}"
    return _then_stop_proxy(psql, stop) if proxy else f"{psql}\n"


def migrate_script(*, proxy: bool) -> str:
    """Return the script of ``beep-migrate``.

    It runs in the package, not at the root: there turbo drops variables that its configuration
    does not declare, and the connection URL is one of them.
    """
    migrate = "bun run --cwd packages/_internal/db-admin db:migrate"
    stop = f"""bun -e 'await fetch("{AuthProxy.STOP_URL}", {{ method: "POST" }})'"""
    return _then_stop_proxy(migrate, stop) if proxy else f"{migrate}\n"


def _then_stop_proxy(work: str, stop: str) -> str:
    return f"status=0\n{_guarded(work)}\n{stop} || true\nexit $status\n"


def _guarded(work: str) -> str:
    # The operator belongs on the command's own line, before a here-document begins.
    first, newline, rest = work.partition("\n")
    return f"{first} || status=$?{newline}{rest}"
