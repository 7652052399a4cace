"""Arguments of calls: what stock jsii would send, without the members that are not set."""

from __future__ import annotations

import importlib
from typing import Any

import pytest
from cdktf import TerraformResourceLifecycle, TerraformStack
from cdktf_cdktf_provider_google.pubsub_topic import (
    PubsubTopicConfig,
    PubsubTopicMessageStoragePolicy,
)

from jsii_lazy import _values

kernel: Any = importlib.import_module("jsii._kernel")


class Overriding(PubsubTopicMessageStoragePolicy):
    """A struct with a property of its own making."""

    @property
    def allowed_persistence_regions(self) -> list[str]:
        return ["from a property"]


VALUES = [
    None,
    True,
    1,
    1.5,
    "text",
    ["list", None, [1]],
    {"map": {"nested": 1, "none": None}},
    TerraformResourceLifecycle(prevent_destroy=False, ignore_changes=["a"]),
    PubsubTopicConfig(
        name="topic",
        labels={"key": "value", "empty": ""},
        count=0,
        message_storage_policy={"allowed_persistence_regions": ["europe-west1"]},
        lifecycle=TerraformResourceLifecycle(prevent_destroy=True),
    ),
]


@pytest.fixture
def stock(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Stock jsii's function, which calls itself by its name in the module."""
    monkeypatch.setattr(kernel, "_make_reference_for_native", _values._stock)
    return _values._stock


def without_unset_members(value: Any) -> Any:
    if isinstance(value, list):
        return [without_unset_members(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "$jsii.struct" in value:
        struct = value["$jsii.struct"]
        data = {name: item for name, item in struct["data"].items() if item is not None}
        value = {"$jsii.struct": {**struct, "data": data}}
    return {key: without_unset_members(item) for key, item in value.items()}


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_a_value_is_sent_as_by_stock_jsii_without_unset_members(stock: Any, value: Any) -> None:
    expected = without_unset_members(stock(None, value))
    assert _values.reference(None, value) == expected


def test_a_struct_with_properties_of_its_own_is_read_by_them(stock: Any) -> None:
    value = Overriding(allowed_persistence_regions=["given"])
    assert _values.reference(None, value) == stock(None, value)


def test_members_are_in_the_order_of_stock_jsii(stock: Any) -> None:
    value = PubsubTopicConfig(name="topic", labels={}, count=1)
    expected = without_unset_members(stock(None, value))["$jsii.struct"]["data"]
    assert list(_values.reference(None, value)["$jsii.struct"]["data"]) == list(expected)


def test_a_function_is_refused_as_by_stock_jsii() -> None:
    with pytest.raises(Exception, match="Cannot pass function as argument"):
        _values.reference(None, [TerraformStack.of])
