"""What must never be lost."""

from __future__ import annotations

import pytest

from tests.support import Stacks, of_type, resources


@pytest.mark.parametrize("name", ["staging", "prod"])
def test_stateful_resources_cannot_be_destroyed(name: str, stacks: Stacks) -> None:
    protected = {
        "google_sql_database_instance",
        "google_redis_instance",
        "google_compute_network",
        "google_compute_global_address",
        "google_service_networking_connection",
    }
    seen = set()
    for part in ("foundation", "data"):
        for kind, address, arguments in resources(stacks[f"{name}-{part}"]):
            if kind in protected:
                seen.add(kind)
                assert arguments["lifecycle"]["prevent_destroy"] is True, address
    assert seen == protected
    instance = of_type(stacks[f"{name}-data"], "google_sql_database_instance")["postgres_instance"]
    assert instance["deletion_protection"] is True
    assert instance["settings"]["deletion_protection_enabled"] is True
