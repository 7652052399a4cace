"""What the members of Effect's ``Schema`` say about the text of a variable.

``SCHEMA`` is the table: an entry for every member of the module. A member that is not in it is
reported where a variable is read with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from drift.configs import as_name, dual, leaf
from drift.known import constant_of, elsewhere, known_schema
from drift.source import Position
from drift.values import (
    Argument,
    ArrayValue,
    ConfigValue,
    Constant,
    Foreign,
    Interpreter,
    Native,
    NativeBody,
    ObjectValue,
    SchemaValue,
    StructSchema,
    Unknown,
    Value,
)
from envschema import kinds
from envschema.variables import Need


def as_schema(interpreter: Interpreter, value: Value, position: Position) -> SchemaValue:
    """Return the schema that a value is; one that carries its trouble where it is none."""
    if isinstance(value, SchemaValue):
        return value
    if isinstance(value, Unknown):
        return SchemaValue(None, trouble=(value.position, value.why))
    if isinstance(value, Foreign):
        kind = known_schema(value)
        if kind is not None:
            interpreter.journal.trust(position, value.module, value.label, value.why)
            return SchemaValue(kind)
        return SchemaValue(None, trouble=(position, f"the schema {elsewhere(value)}"))
    return SchemaValue(None, trouble=(position, "a schema of one variable is expected here"))


def literal(interpreter: Interpreter, arguments: Sequence[Argument], position: Position) -> Value:
    """``S.Literal("a", "b")``: a closed list of texts."""
    values = [constant_of(argument.value) for argument in arguments]
    texts = [constant.value for constant in values if constant is not None]
    if not values or not all(isinstance(text, str) for text in texts) or len(texts) != len(values):
        return SchemaValue(None, trouble=(position, "a literal that is not a constant text"))
    return SchemaValue(kinds.one_of(*map(str, texts)))


def _union(interpreter: Interpreter, arguments: Sequence[Argument], position: Position) -> Value:
    choices: dict[str, None] = {}
    for argument in arguments:
        kind = as_schema(interpreter, argument.value, argument.position).kind
        if kind is None or kind.item or not kind.choices:
            choices.clear()
            break
        choices.update(dict.fromkeys(kind.choices))
    if not choices:
        return SchemaValue(None, trouble=(position, "a union of more than literals"))
    return SchemaValue(kinds.one_of(*choices))


def _enums(interpreter: Interpreter, arguments: Sequence[Argument], position: Position) -> Value:
    members = arguments[0].value if arguments else Constant(None)
    if not isinstance(members, ObjectValue) or members.rest or not members.entries:
        return SchemaValue(None, trouble=(position, "the members of the enum are not written out"))
    values = [Argument(value, position) for value in members.entries.values()]
    return literal(interpreter, values, position)


def _struct(interpreter: Interpreter, arguments: Sequence[Argument], position: Position) -> Value:
    fields = arguments[0].value if arguments else Constant(None)
    if not isinstance(fields, ObjectValue):
        return Unknown(position, "the fields of the struct are not written out")
    if fields.rest:
        interpreter.report(fields.rest.position, fields.rest.why)
    return StructSchema(fields.entries, position)


def _class(interpreter: Interpreter, arguments: Sequence[Argument], position: Position) -> Value:
    return Native("the class", _struct)


def _redacted(interpreter: Interpreter, arguments: Sequence[Argument], position: Position) -> Value:
    return replace(only_schema(interpreter, arguments, position), secret=True)


def _optional(interpreter: Interpreter, arguments: Sequence[Argument], position: Position) -> Value:
    return replace(only_schema(interpreter, arguments, position), need=Need.OPTIONAL)


def _optional_with(
    interpreter: Interpreter, arguments: Sequence[Argument], position: Position
) -> Value:
    schema = only_schema(interpreter, arguments, position)
    options = arguments[1].value
    if not isinstance(options, ObjectValue) or options.rest:
        return replace(schema, need=None, trouble=(position, "the options are not written out"))
    if "default" not in options.entries:
        return replace(schema, need=Need.OPTIONAL)
    return _decoding_default(
        interpreter, [arguments[0], Argument(options.entries["default"], position)], position
    )


def _decoding_default(
    interpreter: Interpreter, arguments: Sequence[Argument], position: Position
) -> Value:
    schema = only_schema(interpreter, arguments, position)
    value = interpreter.call(arguments[1].value, [], position)
    constant = constant_of(value)
    if constant is None:
        trouble = schema.trouble or (position, "the default is not a constant")
        return replace(schema, need=Need.DEFAULT, trouble=trouble)
    if constant.value is None:
        return replace(schema, need=Need.OPTIONAL)
    return replace(schema, need=Need.DEFAULT, default=constant)


def only_schema(
    interpreter: Interpreter, arguments: Sequence[Argument], position: Position
) -> SchemaValue:
    """Return the schema that is the first argument of a call."""
    if not arguments:
        return SchemaValue(None, trouble=(position, "a schema is expected here"))
    return as_schema(interpreter, arguments[0].value, arguments[0].position)


def _same(interpreter: Interpreter, arguments: Sequence[Argument], position: Position) -> Value:
    return only_schema(interpreter, arguments, position)


def _array(interpreter: Interpreter, arguments: Sequence[Argument], position: Position) -> Value:
    why = "a list cannot be read from one text without a split"
    return SchemaValue(
        None, trouble=(position, why), array_of=only_schema(interpreter, arguments, position)
    )


def _split(interpreter: Interpreter, arguments: Sequence[Argument], position: Position) -> Value:
    if not arguments or arguments[-1].value != Constant(","):
        return SchemaValue(None, trouble=(position, "the separator of the list is not a comma"))
    return SchemaValue(kinds.split_at_commas(kinds.STRING))


def _compose(interpreter: Interpreter, arguments: Sequence[Argument], position: Position) -> Value:
    first = as_schema(interpreter, arguments[0].value, arguments[0].position)
    second = as_schema(interpreter, arguments[1].value, arguments[1].position)
    items = second.array_of
    if first.kind and first.kind.item and items and items.kind:
        listed = kinds.comma_separated if items.trims else kinds.split_at_commas
        return SchemaValue(listed(items.kind))
    if first.kind is kinds.STRING and items is None:
        return replace(second, trims=first.trims or second.trims)
    return SchemaValue(None, trouble=(position, "a composition that is not followed"))


def _not_empty(
    interpreter: Interpreter, arguments: Sequence[Argument], position: Position
) -> Value:
    def body(interpreter: Interpreter, arguments: Sequence[Argument], position: Position) -> Value:
        schema = only_schema(interpreter, arguments, position)
        if schema.kind is not None and schema.kind.name == kinds.STRING.name:
            return replace(schema, kind=kinds.NON_EMPTY)
        return schema

    return Native("nonEmptyString", body)


def _min_length(
    interpreter: Interpreter, arguments: Sequence[Argument], position: Position
) -> Value:
    if arguments and arguments[0].value == Constant(1):
        return _not_empty(interpreter, [], position)
    return Unknown(position, "a minimal length is no kind of the contract")


def _brand(interpreter: Interpreter, arguments: Sequence[Argument], position: Position) -> Value:
    return Native("brand", _same)


def _config(interpreter: Interpreter, arguments: Sequence[Argument], position: Position) -> Value:
    if len(arguments) < 2:
        return Unknown(position, "called with too few arguments")
    schema = as_schema(interpreter, arguments[1].value, arguments[1].position)
    if schema.trouble:
        interpreter.report(*schema.trouble, hides=False)
    name = as_name(interpreter, arguments[0])
    if name is None:
        value = arguments[0].value
        return value if isinstance(value, Unknown) else ConfigValue(())
    return leaf(position, schema.kind, name, secret=schema.secret)


def _argument(interpreter: Interpreter, arguments: Sequence[Argument], position: Position) -> Value:
    return arguments[0].value if arguments else Constant(None)


def member_of_schema(schema: SchemaValue, name: str) -> Value | None:
    """Return a member of a schema that the interpreter knows."""
    if name in {"annotations", "brand"}:
        return Native(name, lambda interpreter, arguments, position: schema)
    if name == "make":
        return Native(name, _argument)
    if name == "derive":
        return Native(name, literal)
    if schema.kind is None or schema.kind.item or not schema.kind.choices:
        return schema if name == "Schema" else None
    constants = {value: Constant(value) for value in schema.kind.choices}
    if name == "Enum":
        return ObjectValue(constants)
    if name in {"Options", "literals"}:
        return ArrayValue(tuple(constants.values()))
    return schema if name == "Schema" else None


SCHEMA: dict[str, Value | NativeBody] = {
    "String": SchemaValue(kinds.STRING),
    "NonEmptyString": SchemaValue(kinds.NON_EMPTY),
    "NonEmptyTrimmedString": SchemaValue(kinds.TRIMMED),
    "NumberFromString": SchemaValue(kinds.NUMBER),
    "BooleanFromString": SchemaValue(kinds.BOOLEAN),
    "Trim": SchemaValue(kinds.STRING, trims=True),
    "URL": SchemaValue(kinds.URL),
    "UUID": SchemaValue(kinds.UUID),
    "Date": SchemaValue(kinds.DATE),
    "DateFromString": SchemaValue(kinds.DATE),
    "Literal": literal,
    "Enums": _enums,
    "Union": _union,
    "Struct": _struct,
    "Class": _class,
    "Redacted": _redacted,
    "optional": _optional,
    "UndefinedOr": _optional,
    "optionalWith": dual(2, _optional_with),
    "withDecodingDefault": dual(2, _decoding_default),
    "Array": _array,
    "NonEmptyArray": _array,
    "split": _split,
    "compose": dual(2, _compose),
    "nonEmptyString": _not_empty,
    "minLength": _min_length,
    "brand": _brand,
    "annotations": _brand,
    "Config": _config,
}
