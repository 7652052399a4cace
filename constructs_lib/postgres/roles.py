"""The roles of a database, as its settings name them."""

from __future__ import annotations

from constructs_lib.postgres.jobs import Roles
from constructs_lib.postgres.settings import CloudSqlPostgres, ComputeEnginePostgres


def roles_of(postgres: CloudSqlPostgres | ComputeEnginePostgres) -> Roles:
    """Return the database and its roles."""
    return Roles(
        postgres.database,
        postgres.owner_user,
        postgres.app_user,
        postgres.app_logins,
        reader_groups_of(postgres),
    )


def reader_groups_of(
    postgres: CloudSqlPostgres | ComputeEnginePostgres | None,
) -> tuple[str, ...]:
    """Return the groups whose members may read; of a machine, nobody's."""
    return postgres.reader_groups if isinstance(postgres, CloudSqlPostgres) else ()
