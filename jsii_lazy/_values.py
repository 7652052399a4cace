"""The arguments of a call in the form of jsii's protocol.

Stock jsii reads a struct by its properties. Each of these evaluates the type that it returns, which
costs more than all other work on the value, and most properties of a struct are not set.
"""

import importlib
from typing import Any, NamedTuple

_kernel: Any = importlib.import_module("jsii._kernel")
_reference_map: Any = importlib.import_module("jsii._reference_map")
_stock = _kernel._make_reference_for_native

_PLAIN = frozenset({type(None), bool, int, float, str})


class _Struct(NamedTuple):
    name: str
    members: tuple[tuple[str, str], ...]
    """The name in Python and in Node of each member, in the order of stock jsii."""


_structs: dict[type, _Struct | None] = {}


def take_over() -> None:
    """Let jsii's kernel for Python use ``reference``."""
    _kernel._make_reference_for_native = reference


def reference(kernel: Any, value: Any) -> Any:
    """Return a value as Node takes it; a member that is not set is left out of its struct."""
    kind = type(value)
    if kind in _PLAIN:
        return value
    if kind is list:
        return [reference(kernel, item) for item in value]
    if kind is dict:
        return {"$jsii.map": {key: reference(kernel, item) for key, item in value.items()}}
    if kind not in _structs:
        _structs[kind] = _struct(kind)
    struct = _structs[kind]
    if struct is None:
        return _stock(kernel, value)
    values = value._values
    data = {
        in_node: reference(kernel, values[in_python])
        for in_python, in_node in struct.members
        if values.get(in_python) is not None
    }
    return {"$jsii.struct": {"fqn": struct.name, "data": data}}


def _struct(kind: type) -> _Struct | None:
    """Return what is known of a generated struct; a subclass may have properties of its own."""
    name = getattr(kind, "__jsii_type__", None)
    if name is None or _reference_map._data_types.get(name) is not kind:
        return None
    return _Struct(name, tuple(getattr(kind, "__jsii_name_mapping__", {}).items()))
