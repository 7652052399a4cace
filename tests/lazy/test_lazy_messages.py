"""Messages of jsii written and read here: the same as those of stock jsii."""

from __future__ import annotations

import enum
import importlib
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from jsii_lazy import _messages

stock: Any = importlib.import_module("jsii._kernel.providers.process")
types: Any = importlib.import_module("jsii._kernel.types")


class StockSerializer(stock._NodeProcess):  # type: ignore[misc]
    """Jsii's process object before it has started anything."""

    def __del__(self) -> None:
        """Leave the end of a process that never began."""


serializer: Any = StockSerializer()._serializer


class Colour(enum.Enum):
    __jsii_type__ = "fake.Colour"
    RED = "RED"


class Construct:
    __jsii_ref__ = types.ObjRef("fake.Construct@10001")


REF = types.ObjRef("fake.Construct@10002")
REF_WITH_INTERFACES = types.ObjRef("Object@10003", ["fake.IThing"])
ARGS = [
    None,
    True,
    1.5,
    "text “with” quotes\n",
    Construct(),
    Colour.RED,
    datetime(2026, 1, 2, tzinfo=UTC),
    {"$jsii.map": {"key": [Construct(), 1]}},
    {"$jsii.struct": {"fqn": "fake.Props", "data": {"name": REF}}},
]
REQUESTS = [
    types.LoadRequest("fake", "1.0.0", "/fake.tgz"),
    types.GetScriptCommandRequest("fake", "script", ["--flag"]),
    types.CreateRequest("fake.Construct", ARGS),
    types.CreateRequest(
        "Object", [], [types.Override(method="m", cookie="c")], interfaces=["fake.IThing"]
    ),
    types.CreateRequest("Object", [], [types.Override(property="p", cookie="c")]),
    types.DeleteRequest(REF),
    types.GetRequest(REF_WITH_INTERFACES, "name"),
    types.StaticGetRequest("fake.Construct", "name"),
    types.SetRequest(REF, "name", ARGS),
    types.StaticSetRequest("fake.Construct", "name", "value"),
    types.InvokeRequest(REF, "method", ARGS),
    types.StaticInvokeRequest("fake.Construct", "method", ARGS),
    types.BeginRequest(REF, "method", []),
    types.StaticBeginRequest("fake.Construct", "method", []),
    types.EndRequest("promise"),
    types.CallbacksRequest(),
    types.CompleteRequest("callback", None, ARGS),
    types.CompleteRequest("callback", "an error"),
    types.StatsRequest(),
    stock._CompleteRequest(types.CompleteRequest("callback", None, Construct())),
]


@pytest.mark.parametrize("request_", REQUESTS, ids=lambda request: type(request).__name__)
def test_a_request_is_the_one_that_stock_jsii_sends(request_: Any) -> None:
    expected = json.dumps(serializer.unstructure(request_), default=stock.jdefault)
    line = _messages.encoded(request_)
    assert b"\n" not in line
    assert json.loads(line) == json.loads(expected)


def test_every_request_of_jsii_is_known() -> None:
    kinds = {kind for name, kind in vars(types).items() if name.endswith("Request")}
    # Stock jsii has no call that sends it.
    kinds -= {types.NamingRequest}
    assert kinds - set(_messages._API) == {kind for kind in kinds if not isinstance(kind, type)}, (
        "a class of requests has no name in the protocol"
    )


OBJECT = {"$jsii.byref": "fake.Construct@10004"}
ANSWERS = [
    ({"assembly": "fake", "types": 3}, types.LoadResponse),
    (OBJECT, types.CreateResponse),
    ({**OBJECT, "$jsii.interfaces": ["fake.IThing"]}, types.CreateResponse),
    ({}, types.SetResponse),
    ({}, types.DeleteResponse),
    ({}, types.GetResponse),
    ({"value": OBJECT}, types.GetResponse),
    ({"value": {**OBJECT, "$jsii.interfaces": ["fake.IThing"]}}, types.GetResponse),
    ({"value": [{"$jsii.enum": "fake.Colour/RED"}, {"$jsii.map": {"a": 1}}]}, types.GetResponse),
    ({"result": {"$jsii.date": "2026-01-02T00:00:00Z"}}, types.InvokeResponse),
    ({"result": {"plain": {"nested": None}}}, types.InvokeResponse),
    ({}, types.InvokeResponse),
    ({"promiseid": "p"}, types.BeginResponse),
    ({"result": 1}, types.EndResponse),
    ({"cbid": "c"}, types.CompleteResponse),
    ({"objectCount": 3}, types.StatsResponse),
    ({"command": "node", "args": ["a"], "env": {"A": "b"}}, types.GetScriptCommandResponse),
]


@pytest.mark.parametrize(("ok", "kind"), ANSWERS)
def test_an_answer_is_read_as_by_stock_jsii(ok: Any, kind: type) -> None:
    line = json.dumps({"ok": ok})
    expected = json.loads(line, object_hook=stock.ohook)["ok"]
    read = _messages.answer(_messages.decoded(line.encode())["ok"], kind, serializer)
    assert type(read) is kind
    assert read == serializer.structure(expected, kind)


@pytest.mark.parametrize(
    "request_",
    [
        {"invoke": {"objref": OBJECT, "method": "m", "args": [OBJECT, 1]}},
        {"get": {"objref": OBJECT, "property": "p"}},
        {"set": {"objref": OBJECT, "property": "p", "value": None}},
    ],
)
def test_a_call_of_node_into_python_is_read_as_by_stock_jsii(request_: Any) -> None:
    line = json.dumps({"callback": {"cbid": "jsii::callback::1", "cookie": "c", **request_}})
    expected = json.loads(line, object_hook=stock.ohook)
    read = _messages.callback(_messages.decoded(line.encode())["callback"], serializer)
    assert read == serializer.structure(expected, stock._ProcessResponse).callback


def test_a_value_that_jsii_does_not_know_is_refused_as_by_jsii() -> None:
    with pytest.raises(TypeError, match="Don't know how to convert object to JSON"):
        _messages.encoded(types.SetRequest(REF, "name", object()))
    with pytest.raises(TypeError, match="Naive datetimes are not supported"):
        _messages.encoded(types.SetRequest(REF, "name", datetime(2026, 1, 2)))
