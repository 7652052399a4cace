"""Exports of the database need a database that can be exported."""

from __future__ import annotations

from collections.abc import Iterator

from constructs_lib.environment.settings import EnvironmentSettings
from constructs_lib.postgres.settings import CloudSqlPostgres
from constructs_lib.settings.finding import Finding


def what_is_exported_is_cloud_sql(settings: EnvironmentSettings) -> Iterator[Finding]:
    """Cloud SQL exports by itself; a machine has snapshots alone."""
    if settings.database_export is None:
        return
    # A database that is switched off keeps its tables.
    if not isinstance(settings.postgres, CloudSqlPostgres):
        yield Finding(
            "database_export",
            "exports Cloud SQL, and this environment has none",
            'remove [database_export], or set postgres.engine = "cloud_sql"',
        )


CHECKS = (what_is_exported_is_cloud_sql,)
