"""Variables that follow from the database: where it answers, and who holds its passwords."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from constructs_lib.environment.authorities import POSTGRES_CA
from constructs_lib.environment.names import DB_BOOTSTRAP, POSTGRES, Names
from constructs_lib.environment.settings import EnvironmentSettings
from constructs_lib.environment.source import (
    Applications,
    Origin,
    SecretValue,
    VariableSource,
)
from constructs_lib.postgres.passwords import PASSWORD
from constructs_lib.postgres.server_certificate import SERVER_TLS_KIND
from envschema import Binding, FromTopology, Secret
from envschema.services import MIGRATE

POSTGRES_PORT = 5432
APP_PASSWORD = "DB_PG_PASSWORD"
APP_URL = "DB_PG_URL"
OWNER_PASSWORD = "DB_PG_OWNER_PASSWORD"
"""Of the role that owns the schema; migrations use it, the applications never do."""
OWNER_URL = "DB_PG_OWNER_URL"
SERVER_TLS = "DB_PG_SERVER_TLS"
"""The key of a machine and its certificate. The machine reads both, Terraform the certificate."""
SERVER_CERTIFICATE = "db_server_certificate"
"""The variable of the stack ``data`` for the certificate."""
PASSWORD_VARIABLES = {OWNER_PASSWORD: "db_owner_password", APP_PASSWORD: "db_app_password"}
"""The passwords that Terraform is handed, and the variables of the stack ``data`` for them."""
URLS = {APP_URL: APP_PASSWORD, OWNER_URL: OWNER_PASSWORD}
"""The URLs that the stack ``data`` composes, and the password in each."""
HANDED_OVER = {**PASSWORD_VARIABLES, SERVER_TLS: SERVER_CERTIFICATE}
"""The secrets of which Terraform is handed something, and its variables."""


def postgres_host(settings: EnvironmentSettings, names: Names) -> str:
    """Return where applications find Postgres: their own Auth Proxy, or a private DNS name."""
    postgres = settings.enabled_postgres
    if postgres is not None and postgres.through_proxy:
        return "127.0.0.1"
    return f"postgres.{names.private_domain}"


def _values(settings: EnvironmentSettings, names: Names) -> Iterator[tuple[str, FromTopology]]:
    postgres = settings.enabled_postgres
    if postgres is None:
        return
    key = "postgres.engine" if settings.postgres_machine else "postgres.connection"
    yield "DB_PG_HOST", FromTopology(postgres_host(settings, names), key)
    yield "DB_PG_PORT", FromTopology(str(POSTGRES_PORT), key)
    yield "DB_PG_USER", FromTopology(postgres.app_logins[0], "postgres.app_login")
    yield "DB_PG_DATABASE", FromTopology(postgres.database, "postgres.database")
    # The Auth Proxy encrypts by itself.
    yield "DB_PG_SSL", FromTopology(str(settings.postgres_machine is not None).lower(), key)


def _bindings(
    app: str, settings: EnvironmentSettings, names: Names
) -> Iterator[tuple[str, Binding]]:
    if app == MIGRATE and settings.enabled_postgres:
        yield APP_URL, Secret(names.secret(OWNER_URL), settings.secret_version(OWNER_URL))


def _disabled_variables(settings: EnvironmentSettings) -> dict[str, str]:
    if settings.enable_postgres:
        return {}
    # The schema's default for the host is localhost, where no container has a database.
    return dict.fromkeys((APP_URL, APP_PASSWORD, "DB_PG_HOST"), "enable_postgres is false")


def _own_secrets(settings: EnvironmentSettings) -> Iterable[str]:
    # The bootstrap job gives the application's role its password, whoever else reads it.
    app_password = (APP_PASSWORD,) if settings.enabled_postgres else ()
    machine = (SERVER_TLS, POSTGRES_CA.variable) if settings.postgres_machine else ()
    return OWNER_PASSWORD, OWNER_URL, *app_password, *machine


def _secret_values(settings: EnvironmentSettings, names: Names) -> Mapping[str, SecretValue]:
    # A database that is hosted elsewhere has a password that somebody there chose.
    if not settings.enabled_postgres:
        return {}
    return {
        **{name: SecretValue(Origin.GENERATED, PASSWORD) for name in PASSWORD_VARIABLES},
        **{url: SecretValue(Origin.TERRAFORM, holds=password) for url, password in URLS.items()},
        **_machine_values(settings, names),
    }


def _machine_values(settings: EnvironmentSettings, names: Names) -> dict[str, SecretValue]:
    if settings.postgres_machine is None:
        return {}
    host = postgres_host(settings, names)
    return {
        SERVER_TLS: SecretValue(Origin.GENERATED, SERVER_TLS_KIND, server=host),
        POSTGRES_CA.variable: SecretValue(Origin.TERRAFORM, holds=SERVER_TLS),
    }


def _secret_readers(settings: EnvironmentSettings, apps: Applications) -> Iterator[tuple[str, str]]:
    if settings.enabled_postgres:
        yield OWNER_PASSWORD, DB_BOOTSTRAP
        yield APP_PASSWORD, DB_BOOTSTRAP
    if settings.postgres_machine:
        # It gives the owner its password on each boot.
        yield OWNER_PASSWORD, POSTGRES
        yield SERVER_TLS, POSTGRES


SOURCE = VariableSource(
    values=_values,
    bindings=_bindings,
    disabled_variables=_disabled_variables,
    own_secrets=_own_secrets,
    secret_readers=_secret_readers,
    secret_values=_secret_values,
)
