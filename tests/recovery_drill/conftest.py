"""A project with a database and its backups, and a real Postgres to restore."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from constructs_lib.postgres.settings import CloudSqlPostgres
from environments import Environment
from recovery_drill.drill import Drilling
from recovery_drill.sql_admin import SqlAdmin
from tests.constructs_lib.postgres.server import fresh
from tests.google_api.direct import DirectGoogle, Hook
from tests.google_api.fake import FakeGoogle, World

__all__ = ["fresh"]

SOURCE = "beep-prod"
PERSON = "somebody@example.com"


def backup(number: int, hours: float, status: str = "SUCCESSFUL") -> dict[str, Any]:
    begun = datetime.now(UTC) - timedelta(hours=hours)
    return {"id": str(number), "status": status, "startTime": begun.isoformat()}


class Canned:
    """A database of two tables, which is there at once."""

    def __init__(self) -> None:
        self.rows = {
            "SELECT 1": [["1"]],
            "FROM pg_extension": [["plpgsql"], ["vector"]],
            "FROM pg_roles": [
                [role, "false"]
                for role in ("beep_owner", "beep_app", "beep_app_b", "beep_readonly")
            ],
            "FROM pg_class": [
                ['["public.notes", 1, true]'],
                ['["public.plans", 0, false]'],
            ],
            "count(*) FROM public.notes": [["3"]],
            "count(*) FROM public.plans": [["0"]],
        }

    def restore(self) -> None:
        pass

    def add_person(self, name: str, role: str) -> None:
        assert (name, role) == (PERSON, "beep_owner")

    def execute(self, database: str, statement: str) -> list[list[str]]:
        assert database == "beep"
        (rows,) = (rows for text, rows in self.rows.items() if text in statement)
        return rows


@pytest.fixture
def google() -> FakeGoogle:
    fake = FakeGoogle()
    fake.close()
    fake.world = World()
    sql = fake.world.sql
    sql.instances[SOURCE] = {
        "name": SOURCE,
        "region": "us-central1",
        "databaseVersion": "POSTGRES_17",
        "settings": {
            "tier": "db-custom-4-15360",
            "edition": "ENTERPRISE",
            "dataDiskType": "PD_SSD",
            "dataDiskSizeGb": "140",
            "availabilityType": "REGIONAL",
            "deletionProtectionEnabled": True,
            "databaseFlags": [{"name": "max_connections", "value": "400"}],
            "ipConfiguration": {"privateNetwork": "projects/p/global/networks/beep-prod"},
        },
    }
    sql.backups[SOURCE] = [backup(1, 30), backup(3, 6), backup(4, 1, "FAILED"), backup(2, 54)]
    sql.latest_recovery_time = (datetime.now(UTC) - timedelta(minutes=3)).isoformat()
    sql.database = Canned()
    return fake


def drilling(prod: Environment, google: FakeGoogle, hook: Hook = lambda _: None) -> Drilling:
    postgres = prod.settings.postgres
    assert isinstance(postgres, CloudSqlPostgres)
    admin = SqlAdmin(DirectGoogle(google, hook), "beep-prod-example", poll_seconds=0)
    return Drilling(prod.settings, postgres, SOURCE, PERSON, admin, lambda _: None)
