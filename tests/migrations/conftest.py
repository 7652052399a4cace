"""The databases that migrations are checked for, and a real Postgres."""

from __future__ import annotations

import pytest

from environments import Configuration
from migrations import Database
from tests.constructs_lib.postgres.server import fresh, machine

__all__ = ["cloud_sql", "fresh", "machine", "on_a_machine"]


def _database(configuration: Configuration, name: str) -> Database:
    postgres = configuration.environment(name).settings.enabled_postgres
    assert postgres is not None
    return Database.of(postgres)


@pytest.fixture(scope="session")
def cloud_sql(configuration: Configuration) -> Database:
    return _database(configuration, "prod")


@pytest.fixture(scope="session")
def on_a_machine(configuration: Configuration) -> Database:
    return _database(configuration, "dev")
