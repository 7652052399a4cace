"""What the stand-in plans and refuses for types that this app does not use, without Terraform."""

from __future__ import annotations

from typing import Any

import pytest

from provider_schema.blocks import Attribute, Block, NestedBlock, ProviderSchema
from provider_schema.store import SchemaStore
from rehearsal import rules
from rehearsal.codec import UNKNOWN, Object
from rehearsal.provider import Provider

TEXT = Attribute("string", optional=True)
VERSION = "6.50.0"
CERTIFICATE = "google_certificate_manager_certificate"
FIREWALL = "google_compute_firewall"
ACCOUNT = "google_service_account"
ROUTINE = "google_bigquery_routine"


def provider_of(type_name: str, block: Block) -> Provider:
    return Provider(ProviderSchema("google", VERSION, VERSION, Block(), {type_name: block}, {}))


def planned(type_name: str, block: Block, config: Object, prior: Object | None = None) -> Object:
    plan = provider_of(type_name, block).plan(type_name, config, prior, config).planned
    assert plan is not None
    return plan


def test_a_default_that_the_provider_takes_for_unset_is_planned_as_null() -> None:
    block = Block({"scope": TEXT})
    assert planned(CERTIFICATE, block, {"scope": None}) == {"scope": None}
    assert planned(CERTIFICATE, block, {"scope": "DEFAULT"}) == {"scope": None}
    assert planned(CERTIFICATE, block, {"scope": "EDGE_CACHE"}) == {"scope": "EDGE_CACHE"}


def test_a_change_back_to_that_default_is_planned() -> None:
    block = Block({"scope": TEXT})
    edge: Object = {"scope": "EDGE_CACHE"}
    assert planned(CERTIFICATE, block, {"scope": "DEFAULT"}, edge) == {"scope": "DEFAULT"}
    assert planned(CERTIFICATE, block, {"scope": "DEFAULT"}, {"scope": None}) == {"scope": None}


def test_an_unknown_value_is_planned_as_unknown_whatever_the_default() -> None:
    assert planned(CERTIFICATE, Block({"scope": TEXT}), {"scope": UNKNOWN}) == {"scope": UNKNOWN}
    assert planned(FIREWALL, Block({"network": TEXT}), {"network": UNKNOWN}) == {"network": UNKNOWN}


def test_an_empty_set_or_map_is_planned_as_null_and_an_empty_list_or_text_as_it_is() -> None:
    types = {
        "in_set": ["set", "string"],
        "in_map": ["map", "string"],
        "in_list": ["list", "string"],
    }
    block = Block(
        {"text": TEXT, **{name: Attribute(cty, optional=True) for name, cty in types.items()}}
    )
    config: Object = {"text": "", "in_set": [], "in_map": {}, "in_list": []}
    assert planned(FIREWALL, block, config) == {
        "text": "",
        "in_set": None,
        "in_map": None,
        "in_list": [],
    }


def test_inside_a_set_what_is_left_out_is_planned_as_empty() -> None:
    allow = Block({"protocol": TEXT, "ports": Attribute(["list", "string"], optional=True)})
    block = Block({}, {"allow": NestedBlock("set", 0, 0, allow)})
    config: Object = {"allow": [{"protocol": None, "ports": None}]}
    assert planned(FIREWALL, block, config) == {"allow": [{"protocol": "", "ports": []}]}


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ('{"b": [1, 2],\n "a": "ü"}\n', '{"a":"ü","b":[1,2]}'),
        ('{"a": "<&>"}', r'{"a":"\u003c\u0026\u003e"}'),
        ("not JSON", "not JSON"),
        (UNKNOWN, UNKNOWN),
    ],
)
def test_json_is_planned_in_the_form_in_which_the_provider_stores_it(
    written: object, stored: object
) -> None:
    block = Block({}, {"arguments": NestedBlock("list", 0, 0, Block({"data_type": TEXT}))})
    plan = planned(ROUTINE, block, {"arguments": [{"data_type": written}]})
    assert plan == {"arguments": [{"data_type": stored}]}


def test_the_address_of_a_service_account_is_known_once_its_project_is() -> None:
    computed = Attribute("string", computed=True)
    block = Block({"account_id": TEXT, "project": TEXT, "email": computed, "member": computed})
    config: Object = {"account_id": "api", "project": "acme", "email": None, "member": None}
    email = "api@acme.iam.gserviceaccount.com"
    plan = planned(ACCOUNT, block, config)
    assert (plan["email"], plan["member"]) == (email, f"serviceAccount:{email}")
    assert planned(ACCOUNT, block, {**config, "project": UNKNOWN})["email"] is UNKNOWN


def test_every_type_of_the_provider_has_rules(store: SchemaStore) -> None:
    assert set(store.names("resource")) <= set(rules.load(VERSION))


def test_a_type_that_no_provider_has_is_without_rules() -> None:
    known = rules.load(VERSION)
    assert "google_nothing" not in known
    # The arguments that all IAM types of a kind share are no type of their own.
    assert "ResourceIamMember" not in known


def test_each_of_two_providers_has_its_own_rules() -> None:
    known = rules.load(VERSION, "6.25.0")
    assert known["google_project_service"] == rules.load(VERSION)["google_project_service"]
    assert known["aws_kms_alias"] == rules.load("6.25.0")["aws_kms_alias"]


@pytest.mark.parametrize(
    ("type_name", "path", "good", "bad"),
    [
        ("google_container_cluster", "name", "c-1", "c" * 41),
        ("google_container_cluster", "datapath_provider", "ADVANCED_DATAPATH", "CILIUM"),
        ("google_container_cluster", "release_channel.channel", "REGULAR", "DAILY"),
        ("google_container_node_pool", "node_config.local_ssd_count", 1, -1),
        ("google_bigquery_dataset", "dataset_id", "my_set", "my-set"),
        ("google_bigquery_dataset", "default_table_expiration_ms", 3600000, 3599999),
        ("google_bigquery_table", "time_partitioning.type", "DAY", "WEEK"),
        ("google_cloudfunctions_function", "ingress_settings", "allow_all", "ALLOW_NONE"),
        ("google_cloudfunctions2_function", "service_config.ingress_settings", "ALLOW_ALL", "ALL"),
        ("google_kms_crypto_key", "rotation_period", "86400s", "86399s"),
        ("google_kms_key_ring_import_job", "protection_level", "HSM", "HARDWARE"),
        ("google_kms_key_ring_iam_member", "member", "group:a@example.com", "a@example.com"),
    ],
)
def test_a_neighbour_of_the_plan_is_checked_by_the_providers_rules(
    type_name: str, path: str, good: Any, bad: Any
) -> None:
    def findings(value: Any) -> list[rules.Finding]:
        *parents, name = path.split(".")
        block = Block({name: Attribute("string", optional=True)})
        config: Object = {name: value}
        for parent in reversed(parents):
            block = Block({}, {parent: NestedBlock("list", 0, 0, block)})
            config = {parent: [config]}
        known = rules.load(VERSION)[type_name].arguments[path]
        return rules.check(block, config, rules.TypeRules(arguments={path: known}))

    assert findings(good) == []
    assert len(findings(bad)) == 1
