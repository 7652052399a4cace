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
    ObjectValue,
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
        schema = only_schema(interpreter, arguments, position)
        if schema.kind is None or not isinstance(function, Closure):
            return replace(schema, trouble=(position, "a transformation that is not followed"))
        result = interpreter.call(function, [Argument(InputText(), position)], position)
        if isinstance(result, Csv) and result.item is not None:
            listed = kinds.comma_separated if result.trims else kinds.split_at_commas
            return replace(schema, kind=listed(result.item))
        return SchemaValue(None, trouble=(position, "a transformation that is not followed"))

    return Native("the transformation", body)


def _literal_kit(
    interpreter: Interpreter, arguments: Sequence[Argument], position: Position
) -> Value:
    """The monorepo's own ``StringLiteralKit("a", "b")``: a literal with an ``Enum``.

    Options may come last; they give the members of ``Enum`` other names.
    """
    has_options = bool(arguments) and isinstance(arguments[-1].value, ObjectValue)
    return literal(interpreter, arguments[:-1] if has_options else arguments, position)


def _entity_id(
    interpreter: Interpreter, arguments: Sequence[Argument], position: Position
) -> Value:
    """The monorepo's own ``EntityId.make("user", ...)``: the table, two underscores, a UUID."""
    table = arguments[0].value if arguments else Constant(None)
    if isinstance(table, Constant) and isinstance(table.value, str) and table.value:
        return SchemaValue(kinds.identifier(table.value))
    return SchemaValue(None, trouble=(position, "the table of the id is not a constant text"))


_OWN_FUNCTIONS: dict[tuple[str, ...], NativeBody] = {
    ("destructiveTransform",): _destructive_transform,
    ("StringLiteralKit",): _literal_kit,
    ("stringLiteralKit",): _literal_kit,
    ("EntityId", "make"): _entity_id,
}
"""Functions of ``@beep/schema`` by their names, and those of its modules by both names."""
NOT_FOLLOWED = frozenset(path[0] for path in _OWN_FUNCTIONS)
"""The names that stand for what the table says, though the files of the package are there: their
code builds syntax trees of Effect."""


def called_foreign(function: Foreign) -> Value | None:
    """Return what a function of another package does, where that is known."""
    name = function.path[-1] if function.path else ""
    if function.module.startswith(OWN_PACKAGES):
        for path, body in _OWN_FUNCTIONS.items():
            if function.path[-len(path) :] == path:
                return Native(".".join(path), body)
        owner = Foreign(function.module, function.path[:-1])
        if name == "make" and known_schema(owner) is not None:
            return Native(name, _constant)
    if function in {Foreign("global", ("URL",)), Foreign("global", ("String",))}:
        return Native(name, _constant)
    return None


def _constant(interpreter: Interpreter, arguments: Sequence[Argument], position: Position) -> Value:
    constant = constant_of(arguments[0].value) if len(arguments) == 1 else None
    return constant or Unknown(position, "the value is not a constant")
