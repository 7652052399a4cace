"""jsii's messages as lines of JSON, for the one version of jsii whose classes are known here.

Stock jsii takes each message through ``cattrs``, which looks at every value of it. The classes of
the requests are flat and few, so their fields are written as they are.
"""

import enum
import importlib
import json
from collections.abc import Callable
from typing import Any

import attr

_stock: Any = importlib.import_module("jsii._kernel.providers.process")
_types: Any = importlib.import_module("jsii._kernel.types")

_API = {
    _types.LoadRequest: "load",
    _types.GetScriptCommandRequest: "getBinScriptCommand",
    _types.CreateRequest: "create",
    _types.DeleteRequest: "del",
    _types.GetRequest: "get",
    _types.StaticGetRequest: "sget",
    _types.SetRequest: "set",
    _types.StaticSetRequest: "sset",
    _types.InvokeRequest: "invoke",
    _types.StaticInvokeRequest: "sinvoke",
    _types.BeginRequest: "begin",
    _types.StaticBeginRequest: "sbegin",
    _types.EndRequest: "end",
    _types.CallbacksRequest: "callbacks",
    _types.CompleteRequest: "complete",
    _types.StatsRequest: "stats",
}
# Two classes that stand inside of a message, or around one, have no name in the protocol.
_WITHOUT_API = (_types.Override, _stock._CompleteRequest)
_FIELDS = {
    kind: tuple(field.name for field in attr.fields(kind)) for kind in (*_API, *_WITHOUT_API)
}

_ANSWERS: dict[type, Callable[[Any], Any]] = {
    _types.CreateResponse: lambda ok: _types.CreateResponse(ok.ref),
    _types.GetResponse: lambda ok: _types.GetResponse(ok.get("value")),
    _types.InvokeResponse: lambda ok: _types.InvokeResponse(ok.get("result")),
    _types.SetResponse: lambda ok: _types.SetResponse(),
    _types.LoadResponse: lambda ok: _types.LoadResponse(ok["assembly"], ok["types"]),
}


def encoded(request: Any) -> bytes:
    """Return a request as the line that Node reads, without its end."""
    return _encode(_members(request)).encode("ascii")


def decoded(line: bytes) -> dict[str, Any]:
    """Return a line of Node as jsii's kernel for Python takes it; raises ValueError."""
    # Most lines refer to nothing, and a hook is a call for each object in them.
    message: dict[str, Any] = json.loads(
        line, object_hook=_stock.ohook if b'"$jsii.' in line else None
    )
    return message


def answer(ok: Any, kind: type, serializer: Any) -> Any:
    """Return an answer as an object of the class that the request asks for."""
    make = _ANSWERS.get(kind)
    return make(ok) if make else serializer.structure(ok, kind)


def agrees(message: dict[str, Any], response: Any) -> bool:
    """Return whether Node answered what was known before."""
    ok = message.get("ok")
    if isinstance(response, _types.CreateResponse):
        return isinstance(ok, _types.ObjRef) and ok.ref == response.ref
    if isinstance(response, _types.LoadResponse):
        return isinstance(ok, dict)  # jsii uses nothing of it
    return bool(ok == {})


def disown(response: Any) -> None:
    """Let an object that was never made in Node not be taken for a later one with its number."""
    if isinstance(response, _types.CreateResponse):
        kind, _, _ = response.ref.rpartition("@")
        object.__setattr__(response, "ref", f"{kind}@never-made")  # the class is frozen


def newest_id(value: Any) -> int:
    """Return the highest number of the objects in a message, or -1."""
    if isinstance(value, _types.ObjRef):
        return int(value.ref.rpartition("@")[2])
    if isinstance(value, dict):
        return max(map(newest_id, value.values()), default=-1)
    if isinstance(value, list):
        return max(map(newest_id, value), default=-1)
    return -1


def callback(message: Any, serializer: Any) -> Any:
    """Return Node's call of a Python method as jsii's kernel takes it."""
    return serializer.structure(message, _types.Callback)


def _members(request: Any) -> dict[str, Any]:
    kind = type(request)
    members = {name: getattr(request, name) for name in _FIELDS[kind]}
    if kind in _API:
        members["api"] = _API[kind]
    return members


def _plain(value: Any) -> Any:
    """Return what JSON cannot express by itself in the form that Node expects."""
    if type(value) in _FIELDS:
        return _members(value)
    if isinstance(value, _types.ObjRef):
        return _stock._unstructure_ref(value)
    if isinstance(value, enum.Enum):
        return _stock._unstructure_enum(value)
    return _stock.jdefault(value)


_encode = json.JSONEncoder(default=_plain, separators=(",", ":")).encode
