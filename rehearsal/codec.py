"""Converts Terraform values between msgpack or JSON and plain Python.

A value is ``None``, ``str``, ``bool``, ``int``, ``float``, ``UNKNOWN``, a ``list`` (list, set)
or a ``dict`` (map, object, block). Numbers that no float64 holds exactly are sent as strings
and stay strings, so that 0.95 stays 0.95.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final, cast

import msgpack

from provider_schema.blocks import Block, CtyType


class Unknown:
    """A value that only the cloud knows, and only after apply."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = Unknown()
Value = object
Object = dict[str, Value]

_UNKNOWN_CODES = (0, 12)  # plain, and with refinements


def _ext_hook(code: int, data: bytes) -> Value:
    if code in _UNKNOWN_CODES:
        return UNKNOWN
    raise ValueError(f"msgpack extension {code} is not a Terraform unknown")


def _default(value: object) -> msgpack.ExtType:
    if value is UNKNOWN:
        return msgpack.ExtType(0, b"\0")
    raise TypeError(f"{type(value).__name__} is not a Terraform value")


def decode(data: bytes) -> Value:
    """Return a value from its msgpack form; empty data is ``None``."""
    if not data:
        return None
    return cast(Value, msgpack.unpackb(data, ext_hook=_ext_hook, strict_map_key=False))


def decode_object(data: bytes) -> Object | None:
    """Return an object, or ``None``, from its msgpack form; raise ``TypeError`` otherwise."""
    value = decode(data)
    if value is not None and not isinstance(value, dict):
        raise TypeError(f"expected an object, got {type(value).__name__}")
    return value


def encode(value: Value) -> bytes:
    """Return the msgpack form of a value."""
    return cast(bytes, msgpack.packb(value, default=_default))


def from_state_json(data: bytes, block: Block) -> Object:
    """Return a state as an object of today's schema.

    Attributes that the schema no longer has are dropped, new ones are null.
    """
    # Floats are kept as text: float64 cannot hold 0.95, Terraform can.
    raw = json.loads(data, parse_float=str)
    if not isinstance(raw, dict):
        raise TypeError("a resource's state is an object")
    return conform_block(raw, block)


def conform_block(raw: Mapping[str, Value], block: Block) -> Object:
    """Return a block's value with exactly the fields of its schema."""
    result: Object = {name: conform(raw.get(name), a.type) for name, a in block.attributes.items()}
    for name, nested in block.blocks.items():
        inner = raw.get(name)
        if nested.nesting == "single":
            result[name] = conform_block(inner, nested.block) if isinstance(inner, dict) else None
        else:
            items = inner if isinstance(inner, list) else []
            result[name] = [conform_block(i, nested.block) for i in items if isinstance(i, dict)]
    return result


def conform(value: Value, cty: CtyType) -> Value:
    """Return a value with exactly the fields of its type."""
    if isinstance(cty, list) and cty[0] == "object" and isinstance(value, dict):
        return {name: conform(value.get(name), inner) for name, inner in cty[1].items()}
    if isinstance(cty, list) and cty[0] in ("list", "set") and isinstance(value, list):
        return [conform(item, cty[1]) for item in value]
    if isinstance(cty, list) and cty[0] == "map" and isinstance(value, dict):
        return {key: conform(item, cty[1]) for key, item in value.items()}
    return value


def contains_unknown(value: Value) -> bool:
    """Return whether the value is or contains ``UNKNOWN``."""
    if value is UNKNOWN:
        return True
    if isinstance(value, list):
        return any(contains_unknown(item) for item in value)
    if isinstance(value, dict):
        return any(contains_unknown(item) for item in value.values())
    return False
