"""What the functions of other packages do to a value, where that is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from drift.effect_schema import literal, only_schema
from drift.known import OWN_PACKAGES, constant_of, known_schema
from drift.source import Position
from drift.values import (
    Argument,
    Closure,
    Constant,
    Csv,
    Foreign,
    InputText,
    Interpreter,
    Native,
    NativeBody,
    SchemaValue,
    Unknown,
    Value,
)
from envschema import kinds


def _destructive_transform(
    interpreter: Interpreter, arguments: Sequence[Argument], position: Position
) -> Value:
    """The monorepo's own ``destructiveTransform(f)(schema)``: decode, then apply a function."""
    function = arguments[0].value if arguments else Constant(None)

    def body(interpreter: Interpreter, arguments: Sequence[Argument], position: Position) -> Value:
        schema = only_schema(arguments, position)
        if schema.kind is None or not isinstance(function, Closure):
            return replace(schema, trouble=(position, "a transformation that is not followed"))
        result = interpreter.call(function, [Argument(InputText(), position)], position)
        if isinstance(result, Csv) and result.item is not None:
            return replace(schema, kind=kinds.comma_separated(result.item))
        return SchemaValue(None, trouble=(position, "a transformation that is not followed"))

    return Native("the transformation", body)


def _literal_kit(
    interpreter: Interpreter, arguments: Sequence[Argument], position: Position
) -> Value:
    """The monorepo's own ``StringLiteralKit("a", "b")``: a literal with an ``Enum``."""
    return literal(interpreter, arguments, position)


_OWN_FUNCTIONS: dict[str, NativeBody] = {
    "destructiveTransform": _destructive_transform,
    "StringLiteralKit": _literal_kit,
    "stringLiteralKit": _literal_kit,
}
"""Functions of ``@beep/schema`` by their names."""


def called_foreign(function: Foreign) -> Value | None:
    """Return what a function of another package does, where that is known."""
    name = function.path[-1] if function.path else ""
    if function.module.startswith(OWN_PACKAGES):
        if name in _OWN_FUNCTIONS:
            return Native(name, _OWN_FUNCTIONS[name])
        owner = Foreign(function.module, function.path[:-1])
        if name == "make" and known_schema(owner) is not None:
            return Native(name, _constant)
    if function in {Foreign("global", ("URL",)), Foreign("global", ("String",))}:
        return Native(name, _constant)
    return None


def _constant(interpreter: Interpreter, arguments: Sequence[Argument], position: Position) -> Value:
    constant = constant_of(arguments[0].value) if len(arguments) == 1 else None
    return constant or Unknown(position, "the value is not a constant")
