"""Members of values: of Effect's modules, of objects and lists, and of the environment."""

from __future__ import annotations

from collections.abc import Sequence

from drift.effect_config import CONFIG
from drift.effect_other import OTHER, load, pipe
from drift.effect_schema import DECODES, OWN_FUNCTIONS, SCHEMA, decoder, member_of_schema
from drift.known import OWN_PACKAGES, constant_of, known_schema
from drift.source import Position
from drift.values import (
    Argument,
    ArrayValue,
    Calls,
    Constant,
    EnvironmentObject,
    EnvironmentReference,
    Foreign,
    InputText,
    Namespace,
    Naming,
    Native,
    NativeBody,
    ObjectValue,
    SchemaValue,
    StructSchema,
    Unknown,
    Value,
    reads_in,
)

MODULES: dict[str, dict[str, Value | NativeBody]] = {
    "Config": {**CONFIG},
    "Schema": SCHEMA,
    **OTHER,
}
_ENVIRONMENTS = {("process", "env"), ("Bun", "env"), ("import.meta", "env")}


def member_of_effect(module: str, name: str) -> Value:
    """Return a member of a module of Effect; the root of the package has the name ``""``."""
    if module == "":
        known = OTHER["Function"].get(name)
        return Namespace(name) if known is None else _value(name, known)
    entry = MODULES.get(module, {}).get(name)
    if entry is not None:
        return _value(name, entry)
    if module == "Schema" and DECODES.fullmatch(name):
        return Native(name, decoder)
    return Foreign("effect", (module, name))


def _value(name: str, entry: Value | NativeBody) -> Value:
    return Native(name, entry) if callable(entry) else entry


def called_foreign(function: Foreign) -> Value | None:
    """Return what a function of another package does, where that is known."""
    name = function.path[-1] if function.path else ""
    if function.module.startswith(OWN_PACKAGES):
        if name in OWN_FUNCTIONS:
            return Native(name, OWN_FUNCTIONS[name])
        owner = Foreign(function.module, function.path[:-1])
        if name == "make" and known_schema(owner) is not None:
            return Native(name, _constant)
    if function in {Foreign("global", ("URL",)), Foreign("global", ("String",))}:
        return Native(name, _constant)
    return None


def _constant(calls: Calls, arguments: Sequence[Argument], position: Position) -> Value:
    constant = constant_of(arguments[0].value) if len(arguments) == 1 else None
    return constant or Unknown(position, "the value is not a constant")


def member_of(calls: Calls, value: Value, name: str, position: Position) -> Value:
    """Return the member of a value that the source names."""
    if isinstance(value, ObjectValue) and (name in value.entries or value.rest is not None):
        return _entry(value, name, position)
    if isinstance(value, Namespace):
        return member_of_effect(value.name, name)
    if name == "pipe":
        return Native(name, lambda c, rest, at: pipe(c, [Argument(value, position), *rest], at))
    if isinstance(value, Foreign):
        path = (*value.path, name)
        if path[-2:] in _ENVIRONMENTS and value.module == "global":
            return EnvironmentObject(position)
        return Foreign(value.module, path[1:] if path[0] == "globalThis" else path)
    if isinstance(value, EnvironmentObject):
        return EnvironmentReference(name, position)
    if isinstance(value, SchemaValue):
        member = member_of_schema(value, name)
        return member or Unknown(position, "a member of a schema that is not followed")
    if isinstance(value, StructSchema) and name == "fields":
        return ObjectValue(value.fields)
    if isinstance(value, Naming) and name == "load":
        return Native(name, lambda c, given, at: _load(c, value, given, at))
    method = _method(value, name)
    if method is not None:
        return method
    if isinstance(value, Unknown):
        return value
    return Unknown(position, "a member that is not followed", reads_in(value))


def element_of(calls: Calls, value: Value, index: Value, position: Position) -> Value:
    """Return the element of a value that an index names."""
    constant = constant_of(index)
    if constant is not None and constant.text is not None:
        if isinstance(value, ArrayValue) and constant.text.isdecimal():
            number = int(constant.text[:6])
            if number < len(value.items) and value.rest is None:
                return value.items[number]
        elif not isinstance(value, (ArrayValue, Unknown)):
            return member_of(calls, value, constant.text, position)
    parameter = any(isinstance(each, Unknown) and each.parameter for each in (value, index))
    return Unknown(position, "an element that is not followed", reads_in(value), parameter)


def _entry(value: ObjectValue, name: str, position: Position) -> Value:
    if value.rest is not None:
        return Unknown(position, value.rest.why, reads_in(value), value.rest.parameter)
    return value.entries[name]


def _load(calls: Calls, naming: Naming, arguments: Sequence[Argument], position: Position) -> Value:
    if not arguments:
        return Unknown(position, "called with too few arguments")
    return load(calls, naming, arguments[0].value)


def _method(value: Value, name: str) -> Value | None:
    if isinstance(value, Constant) and isinstance(value.value, str):
        changed = {"toUpperCase": value.value.upper, "toLowerCase": value.value.lower}.get(name)
        if changed is not None:
            return Native(name, lambda *_: Constant(changed(), value.redacted))
    if isinstance(value, InputText) and name in {"split", "trim"}:
        return Native(name, lambda c, given, at: _input(value, name, given, at))
    if isinstance(value, ArrayValue) and name == "map" and value.rest is None:
        return Native(name, lambda c, given, at: _map(c, value, given, at))
    return None


def _input(value: InputText, name: str, arguments: Sequence[Argument], position: Position) -> Value:
    if name == "trim":
        return value
    if arguments and arguments[0].value == Constant(","):
        return InputText(split=True)
    return Unknown(position, "the separator of the list is not a comma")


def _map(
    calls: Calls, value: ArrayValue, arguments: Sequence[Argument], position: Position
) -> Value:
    if not arguments:
        return Unknown(position, "called with too few arguments")
    return ArrayValue(
        tuple(
            calls.call(arguments[0].value, [Argument(item, position)], position)
            for item in value.items
        )
    )
