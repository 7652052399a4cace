"""What the database of an environment has, and what its owner may not do there.

The owner runs the migrations. It is no superuser with either engine. On Cloud SQL it is a member of
``cloudsqlsuperuser``, which may besides create supported extensions, event triggers and replication
users (docs.cloud.google.com/sql/docs/postgres/users, read 2026-11-26).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from constructs_lib.postgres.prepared import (
    BOOTSTRAP_EXTENSIONS,
    BYPASS_ROLE,
    MACHINE_EXTENSIONS,
    READONLY_ROLE,
)
from constructs_lib.postgres.settings import ComputeEnginePostgres, Postgres


class Engine(StrEnum):
    """Where Postgres runs."""

    CLOUD_SQL = "cloud_sql"
    MACHINE = "compute_engine"


@dataclass(frozen=True, slots=True)
class Database:
    """The database of an environment, before its first migration."""

    engine: Engine
    name: str
    roles: frozenset[str]
    extensions: frozenset[str]
    denied_attributes: frozenset[str]
    """Attributes that the owner lacks, and so may neither give nor take."""

    @property
    def title(self) -> str:
        """The engine as a reader knows it."""
        return "Cloud SQL" if self.engine is Engine.CLOUD_SQL else "Postgres on a machine"

    def has(self, kind: str, name: str) -> bool:
        """Tell whether a ``role`` or an ``extension`` exists before the first migration."""
        return name in (self.roles if kind == "role" else self.extensions)

    @staticmethod
    def of(postgres: Postgres) -> Database:
        """Return what the settings of an environment describe."""
        roles = {postgres.owner_user, *postgres.app_logins, READONLY_ROLE}
        extensions = {"plpgsql", *BOOTSTRAP_EXTENSIONS}
        denied = {"SUPERUSER", "BYPASSRLS"}
        if isinstance(postgres, ComputeEnginePostgres):
            # Cloud SQL: docs.cloud.google.com/datastream/docs/configure-cloudsql-psql has
            # ALTER USER ... WITH REPLICATION, and the owner may create databases there.
            denied |= {"REPLICATION", "CREATEDB"}
            roles.add(BYPASS_ROLE)
            extensions |= {*MACHINE_EXTENSIONS}
        return Database(
            Engine(postgres.engine),
            postgres.database,
            frozenset(roles),
            frozenset(extensions),
            frozenset(denied),
        )
