"""The schema that is read from the installed bindings equals the provider's own."""

from __future__ import annotations

import pytest

from provider_schema.blocks import Block, implied_type
from provider_schema.store import SchemaStore


@pytest.fixture(scope="module")
def store() -> SchemaStore:
    return SchemaStore()


@pytest.fixture(scope="module")
def redis(store: SchemaStore) -> Block:
    return store.load(["google_redis_instance"], []).resources["google_redis_instance"]


def test_an_argument_is_required_as_the_bindings_say(redis: Block) -> None:
    assert redis.attributes["memory_size_gb"].required
    assert redis.attributes["tier"].optional
    assert not redis.attributes["tier"].computed


def test_an_argument_with_a_default_of_the_cloud_is_optional_and_computed(redis: Block) -> None:
    region = redis.attributes["region"]
    assert (region.optional, region.computed) == (True, True)


def test_an_attribute_that_only_the_cloud_sets_is_computed(redis: Block) -> None:
    assert redis.attributes["host"].computed_only
    assert redis.attributes["nodes"].type == [
        "list",
        ["object", {"id": "string", "zone": "string"}],
    ]


def test_a_single_struct_is_a_list_block_of_at_most_one(redis: Block) -> None:
    policy = redis.blocks["maintenance_policy"]
    assert (policy.nesting, policy.min_items, policy.max_items) == ("list", 0, 1)
    window = policy.block.blocks["weekly_maintenance_window"]
    assert (window.nesting, window.min_items, window.max_items) == ("list", 0, 0)
    start = window.block.blocks["start_time"]
    assert (start.min_items, start.max_items) == (1, 1)


def test_timeouts_are_a_single_block(redis: Block) -> None:
    assert redis.blocks["timeouts"].nesting == "single"


def test_sets_are_distinguished_from_lists(store: SchemaStore) -> None:
    firewall = store.load(["google_compute_firewall"], []).resources["google_compute_firewall"]
    assert firewall.blocks["allow"].nesting == "set"
    assert firewall.attributes["source_ranges"].type == ["set", "string"]


def test_secret_arguments_are_write_only_or_sensitive(store: SchemaStore) -> None:
    user = store.load(["google_sql_user"], []).resources["google_sql_user"]
    assert user.attributes["password_wo"].write_only
    assert user.attributes["password"].sensitive
    assert not user.attributes["password_wo_version"].write_only


def test_enumerations_come_from_the_doc_comments(redis: Block) -> None:
    assert redis.attributes["connect_mode"].possible_values == (
        "DIRECT_PEERING",
        "PRIVATE_SERVICE_ACCESS",
    )


def test_a_type_the_bindings_do_not_know_is_left_out(store: SchemaStore) -> None:
    assert not store.load(["google_nothing"], []).resources


def test_every_type_of_the_bindings_can_be_read(store: SchemaStore) -> None:
    schema = store.load()
    assert len(schema.resources) > 1000
    assert len(schema.data_sources) > 300
    for block in schema.resources.values():
        assert "id" in block.attributes or implied_type(block)
    assert schema.provider_version == "6.50.0"
