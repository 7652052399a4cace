"""Members of values: of Effect's modules, of objects and lists, and of the environment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from drift.contents import is_parameter, reads_in
from drift.decoding import DECODES, decoder
from drift.effect_config import CONFIG
from drift.effect_other import OTHER, load, map_parts, pipe
from drift.effect_schema import SCHEMA, member_of_schema
from drift.known import constant_of
from drift.reads import Naming
from drift.source import Position
from drift.values import (
    Argument,
    ArrayValue,
    Constant,
    EnvironmentObject,
    EnvironmentReference,
    Foreign,
    InputText,
    Interpreter,
    Namespace,
    Native,
    NativeBody,
    ObjectValue,
    SchemaValue,
    StructSchema,
    Unknown,
    Value,
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


def member_of(value: Value, name: str, position: Position) -> Value:
    """Return the member of a value that the source names."""
    if isinstance(value, ObjectValue) and (name in value.entries or value.rest is not None):
        return _entry(value, name, position)
    if isinstance(value, Namespace):
        return member_of_effect(value.name, name)
    if name == "pipe":
        return Native(name, _method_pipe(value, position))
    if isinstance(value, Foreign):
        declared = value.member(name)
        if declared is not None:
            return declared
        path = (*value.path, name)
        if path[-2:] in _ENVIRONMENTS and value.module == "global":
            return EnvironmentObject(position)
        return Foreign(value.module, path[1:] if path[0] == "globalThis" else path, value.why)
    if isinstance(value, EnvironmentObject):
        return EnvironmentReference(name, position)
    if isinstance(value, SchemaValue):
        member = member_of_schema(value, name)
        return member or Unknown(position, "a member of a schema that is not followed")
    if isinstance(value, StructSchema) and name == "fields":
        return ObjectValue(value.fields)
    if isinstance(value, Naming) and name == "load":
        return Native(name, _load(value))
    method = _method(value, name)
    if method is not None:
        return method
    if isinstance(value, Unknown):
        return value
    return Unknown(position, "a member that is not followed", reads_in(value))


def element_of(value: Value, index: Value, position: Position) -> Value:
    """Return the element of a value that an index names."""
    constant = constant_of(index)
    if constant is not None and constant.text is not None:
        if isinstance(value, ArrayValue) and constant.text.isdecimal():
            number = int(constant.text[:6])
            if number < len(value.items) and value.rest is None:
                return value.items[number]
        elif not isinstance(value, (ArrayValue, Unknown)):
            return member_of(value, constant.text, position)
    why = "an element that is not followed"
    return Unknown(position, why, reads_in(value), is_parameter(value) or is_parameter(index))


def _entry(value: ObjectValue, name: str, position: Position) -> Value:
    if value.rest is not None:
        return Unknown(position, value.rest.why, reads_in(value), value.rest.is_parameter)
    return value.entries[name]


def _method(value: Value, name: str) -> Value | None:
    if isinstance(value, Constant) and isinstance(value.value, str):
        change = {"toUpperCase": value.value.upper, "toLowerCase": value.value.lower}.get(name)
        if change is not None:
            return Native(name, lambda *_: Constant(change(), value.redacted))
    if isinstance(value, InputText) and name in {"split", "trim"}:
        return Native(name, _split if name == "split" else _same(replace(value, trims=True)))
    if isinstance(value, InputText) and value.split and name == "map":
        return Native(name, _map_parts(value))
    if isinstance(value, ArrayValue) and name == "map" and value.rest is None:
        return Native(name, _map(value))
    return None


def _method_pipe(value: Value, position: Position) -> NativeBody:
    def body(interpreter: Interpreter, functions: Sequence[Argument], site: Position) -> Value:
        return pipe(interpreter, [Argument(value, position), *functions], site)

    return body


def _load(naming: Naming) -> NativeBody:
    def body(interpreter: Interpreter, arguments: Sequence[Argument], position: Position) -> Value:
        if not arguments:
            return Unknown(position, "called with too few arguments")
        return load(interpreter, naming, arguments[0].value)

    return body


def _map(array: ArrayValue) -> NativeBody:
    def body(interpreter: Interpreter, arguments: Sequence[Argument], position: Position) -> Value:
        if not arguments:
            return Unknown(position, "called with too few arguments")
        function, items = arguments[0].value, array.items
        calls = (interpreter.call(function, [Argument(item, position)], position) for item in items)
        return ArrayValue(tuple(calls))

    return body


def _map_parts(text: InputText) -> NativeBody:
    def body(interpreter: Interpreter, arguments: Sequence[Argument], position: Position) -> Value:
        if not arguments:
            return Unknown(position, "called with too few arguments")
        return map_parts(interpreter, text, arguments[0].value, position)

    return body


def _same(value: Value) -> NativeBody:
    return lambda interpreter, arguments, position: value


def _split(interpreter: Interpreter, arguments: Sequence[Argument], position: Position) -> Value:
    if arguments and arguments[0].value == Constant(","):
        return InputText(split=True)
    return Unknown(position, "the separator of the list is not a comma")
