"""The roles of a database, and the secrets that hold their connection URLs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from constructs import Construct

from constructs_lib.secrets.secrets import write_version


@dataclass(frozen=True, slots=True)
class Role:
    """A Postgres role: its name, the reference to its password, and that password's version."""

    name: str
    password: str
    password_version: int


@dataclass(frozen=True, slots=True)
class UrlSecret:
    """The secret that holds a role's connection URL."""

    construct_id: str
    role: Role
    secret: str
    version: int


def write_urls(
    scope: Construct,
    secrets: Sequence[UrlSecret],
    *,
    host: str,
    port: int,
    database: str,
    tls: bool = False,
) -> None:
    """Write the connection URL of each role to its secret.

    With ``tls``, the client has to check certificate and name of the server.
    """
    query = "?sslmode=verify-full" if tls else ""
    for entry in secrets:
        role = entry.role
        write_version(
            scope,
            entry.construct_id,
            secret=entry.secret,
            value=f"postgresql://{role.name}:{role.password}@{host}:{port}/{database}{query}",
            version=entry.version,
        )
