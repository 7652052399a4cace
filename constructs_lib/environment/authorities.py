"""The private authorities that clients of Postgres and Redis must trust.

Node and Bun read one file beyond the public authorities. It is public material, kept as a secret
because that is how Cloud Run mounts a file.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from constructs_lib.environment.names import DB_BOOTSTRAP, Names
from constructs_lib.environment.settings import EnvironmentSettings
from constructs_lib.environment.source import Applications, VariableSource
from envschema import FromTopology
from envschema.services import MIGRATE

CA_FILE_VARIABLE = "NODE_EXTRA_CA_CERTS"
"""Whoever has it gets the file."""


@dataclass(frozen=True, slots=True)
class CaFile:
    """The secret with the certificates, where it is mounted, and the setting that asks for it."""

    variable: str
    directory: str
    key: str
    name: str = "server-ca.pem"

    @property
    def path(self) -> str:
        """The path inside a container."""
        return f"{self.directory}/{self.name}"


POSTGRES_CA = CaFile("DB_PG_SERVER_CA", "/etc/beep/postgres", "postgres.engine")
"""The certificate of a machine, and Redis's authorities where those are private as well."""
REDIS_CA = CaFile("REDIS_SERVER_CA", "/etc/beep/redis", "redis.transit_encryption")


def ca_file(settings: EnvironmentSettings) -> CaFile | None:
    """Return the file, if any server has a certificate that no public authority signed."""
    if settings.postgres_machine:
        return POSTGRES_CA
    redis = settings.enabled_redis
    return REDIS_CA if redis is not None and redis.transit_encryption else None


def _values(settings: EnvironmentSettings, names: Names) -> Iterator[tuple[str, FromTopology]]:
    file = ca_file(settings)
    if file is not None:
        yield CA_FILE_VARIABLE, FromTopology(file.path, file.key)


def _secret_readers(settings: EnvironmentSettings, apps: Applications) -> Iterator[tuple[str, str]]:
    file = ca_file(settings)
    if file is None:
        return
    for app, environment in apps.items():
        if CA_FILE_VARIABLE in environment.bindings:
            yield file.variable, app
    if file is POSTGRES_CA:
        yield file.variable, DB_BOOTSTRAP
        yield file.variable, MIGRATE


SOURCE = VariableSource(values=_values, secret_readers=_secret_readers)
