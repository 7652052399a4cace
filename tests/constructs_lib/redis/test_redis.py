"""Redis, as the applications' clients need it."""

from __future__ import annotations

from tests.support import Stacks, of_type


def test_a_fifth_of_the_memory_is_left_for_failover_and_exports(stacks: Stacks) -> None:
    limits = {
        name: of_type(stacks[f"{name}-data"], "google_redis_instance")["redis_instance"][
            "redis_configs"
        ]["maxmemory-gb"]
        for name in ("prod", "staging")
    }
    assert limits == {"prod": "4", "staging": "0.8"}


def test_the_redis_url_has_its_password_where_clients_look_for_it(stacks: Stacks) -> None:
    prod = of_type(stacks["prod-data"], "google_secret_manager_secret_version")["redis_url"]
    dev = of_type(stacks["dev-data"], "google_secret_manager_secret_version")["redis_url"]
    assert prod["secret_data_wo"].startswith("rediss://:${google_redis_instance.")
    assert dev["secret_data_wo"].startswith("redis://:${google_redis_instance.")
    assert prod["secret_data_wo"].endswith(".port}")
