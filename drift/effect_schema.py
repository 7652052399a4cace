"""What the members of Effect's ``Schema`` say about the text of a variable.

``SCHEMA`` is the table: one entry for each member of the module. A member that is not in it is
reported where a variable is read with it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from drift.configs import as_name, dual, leaf
from drift.known import constant_of, known_schema
from drift.source import Position
from drift.values import (
    Argument,
    ArrayValue,
    Calls,
    Closure,
    ConfigValue,
    Constant,
    Csv,
    Decoder,
    EnvironmentObject,
    EnvironmentReference,
    Foreign,
    InputText,
    Loaded,
    Native,
    NativeBody,
    ObjectValue,
    Read,
    SchemaValue,
    StructSchema,
    Unknown,
    Value,
    reads_in,
)
from envschema import kinds
from envschema.variables import Need

DECODES = re.compile(r"(?:decode|validate|asserts)(?:[A-Z]\w*)?")
"""The members that read a value through a schema, in all their forms."""


def as_schema(value: Value, position: Position) -> SchemaValue:
    """Return the schema that a value is; one that carries its trouble where it is none."""
    if isinstance(value, SchemaValue):
        return value
    if isinstance(value, Unknown):
        return SchemaValue(None, trouble=(value.position, value.why))
    if isinstance(value, Foreign):
        kind = known_schema(value)
        if kind is not None:
            return SchemaValue(kind)
        why = f"the schema {value.label} is declared elsewhere: give its file too"
        return SchemaValue(None, trouble=(position, why))
    return SchemaValue(None, trouble=(position, "a schema of one variable is expected here"))


def _literal(calls: Calls, arguments: Sequence[Argument], position: Position) -> Value:
    values = [constant_of(argument.value) for argument in arguments]
    texts = [constant.value for constant in values if constant is not None]
    if not values or not all(isinstance(text, str) for text in texts) or len(texts) != len(values):
        return SchemaValue(None, trouble=(position, "a literal that is not a constant text"))
    return SchemaValue(kinds.one_of(*map(str, texts)))


def _union(calls: Calls, arguments: Sequence[Argument], position: Position) -> Value:
    members = [as_schema(argument.value, argument.position) for argument in arguments]
    kinds_of = [member.kind for member in members if member.kind and not member.kind.item]
    closed = [kind.choices for kind in kinds_of if kind.choices]
    if not members or len(closed) != len(members):
        return SchemaValue(None, trouble=(position, "a union of more than literals"))
    return SchemaValue(kinds.one_of(*dict.fromkeys(v for values in closed for v in values)))


def _struct(calls: Calls, arguments: Sequence[Argument], position: Position) -> Value:
    fields = arguments[0].value if arguments else Constant(None)
    if not isinstance(fields, ObjectValue):
        return Unknown(position, "the fields of the struct are not written out")
    if fields.rest:
        calls.trouble(fields.rest.position, fields.rest.why)
    return StructSchema(fields.entries, position)


def _class(calls: Calls, arguments: Sequence[Argument], position: Position) -> Value:
    return Native("the class", _struct)


def _redacted(calls: Calls, arguments: Sequence[Argument], position: Position) -> Value:
    return replace(_only(arguments, position), secret=True)


def _optional(calls: Calls, arguments: Sequence[Argument], position: Position) -> Value:
    return replace(_only(arguments, position), need=Need.OPTIONAL)


def _optional_with(calls: Calls, arguments: Sequence[Argument], position: Position) -> Value:
    schema = _only(arguments, position)
    options = arguments[1].value
    if not isinstance(options, ObjectValue) or options.rest:
        return replace(schema, need=None, trouble=(position, "the options are not written out"))
    if "default" not in options.entries:
        return replace(schema, need=Need.OPTIONAL)
    return _decoding_default(
        calls, [arguments[0], Argument(options.entries["default"], position)], position
    )


def _decoding_default(calls: Calls, arguments: Sequence[Argument], position: Position) -> Value:
    schema = _only(arguments, position)
    value = calls.call(arguments[1].value, [], position)
    constant = constant_of(value)
    if constant is None:
        trouble = schema.trouble or (position, "the default is not a constant")
        return replace(schema, need=Need.DEFAULT, trouble=trouble)
    if constant.value is None:
        return replace(schema, need=Need.OPTIONAL)
    return replace(schema, need=Need.DEFAULT, default=constant)


def _only(arguments: Sequence[Argument], position: Position) -> SchemaValue:
    if not arguments:
        return SchemaValue(None, trouble=(position, "a schema is expected here"))
    return as_schema(arguments[0].value, arguments[0].position)


def _same(calls: Calls, arguments: Sequence[Argument], position: Position) -> Value:
    return _only(arguments, position)


def _array(calls: Calls, arguments: Sequence[Argument], position: Position) -> Value:
    why = "a list cannot be read from one text without a split"
    return SchemaValue(None, trouble=(position, why), array_of=_only(arguments, position))


def _split(calls: Calls, arguments: Sequence[Argument], position: Position) -> Value:
    if not arguments or arguments[-1].value != Constant(","):
        return SchemaValue(None, trouble=(position, "the separator of the list is not a comma"))
    return SchemaValue(kinds.comma_separated(kinds.STRING))


def _compose(calls: Calls, arguments: Sequence[Argument], position: Position) -> Value:
    first = as_schema(arguments[0].value, arguments[0].position)
    second = as_schema(arguments[1].value, arguments[1].position)
    if first.kind and first.kind.item and second.array_of and second.array_of.kind:
        return SchemaValue(kinds.comma_separated(second.array_of.kind))
    if first.kind is kinds.STRING and second.array_of is None:
        return second
    return SchemaValue(None, trouble=(position, "a composition that is not followed"))


def _not_empty(calls: Calls, arguments: Sequence[Argument], position: Position) -> Value:
    def body(calls: Calls, arguments: Sequence[Argument], position: Position) -> Value:
        schema = _only(arguments, position)
        if schema.kind is not None and schema.kind.name == kinds.STRING.name:
            return replace(schema, kind=kinds.NON_EMPTY)
        return schema

    return Native("nonEmptyString", body)


def _min_length(calls: Calls, arguments: Sequence[Argument], position: Position) -> Value:
    if arguments and arguments[0].value == Constant(1):
        return _not_empty(calls, [], position)
    return Unknown(position, "a minimal length is no kind of the contract")


def _brand(calls: Calls, arguments: Sequence[Argument], position: Position) -> Value:
    return Native("brand", _same)


def _config(calls: Calls, arguments: Sequence[Argument], position: Position) -> Value:
    if len(arguments) < 2:
        return Unknown(position, "called with too few arguments")
    schema = as_schema(arguments[1].value, arguments[1].position)
    if schema.trouble:
        calls.trouble(*schema.trouble, hides=False)
    name = as_name(calls, arguments[0])
    if name is None:
        unset = arguments[0].value
        return unset if isinstance(unset, Unknown) else ConfigValue(())
    return leaf(position, schema.kind, name, secret=schema.secret)


def decoder(calls: Calls, arguments: Sequence[Argument], position: Position) -> Value:
    """Return what waits for the value to decode."""
    if not arguments:
        return Unknown(position, "a schema is expected here")
    return Decoder(arguments[0].value)


def decode(calls: Calls, schema: Value, argument: Argument) -> Value:
    """Return what decoding a value reads from the environment."""
    value, position = argument.value, argument.position
    if isinstance(schema, StructSchema) and isinstance(value, (ObjectValue, EnvironmentObject)):
        return Loaded(_fields(calls, schema, value, position))
    if isinstance(value, EnvironmentReference):
        read = _read(calls, as_schema(schema, position), value)
        return Loaded((read,))
    items = schema.array_of if isinstance(schema, SchemaValue) else None
    if isinstance(value, InputText) and value.split and items is not None:
        return Csv(items.kind)
    return Unknown(position, "what is decoded here is not followed", reads_in(value))


def _fields(
    calls: Calls,
    struct: StructSchema,
    value: ObjectValue | EnvironmentObject,
    position: Position,
) -> tuple[Read, ...]:
    if isinstance(value, EnvironmentObject):
        calls.use(value.position)
    elif value.rest:
        calls.trouble(value.rest.position, value.rest.why)
    reads: list[Read] = []
    for name, schema in struct.fields.items():
        if isinstance(value, EnvironmentObject):
            entry: Value | None = EnvironmentReference(name, value.position)
        else:
            entry = value.entries.get(name)
        if isinstance(schema, StructSchema) and isinstance(entry, ObjectValue):
            reads.extend(_fields(calls, schema, entry, position))
        elif isinstance(entry, EnvironmentReference):
            reads.append(_read(calls, as_schema(schema, struct.position), entry))
        elif entry is None:
            if as_schema(schema, position).need is Need.REQUIRED:
                calls.trouble(position, f"the required field {name!r} gets no value")
        elif not isinstance(entry, Constant):
            calls.trouble(position, f"the value of the field {name!r} is not followed")
            reads.extend(replace(read, certain=False) for read in reads_in(entry))
    return tuple(reads)


def _read(calls: Calls, schema: SchemaValue, reference: EnvironmentReference) -> Read:
    calls.use(reference.position)
    if schema.trouble:
        calls.trouble(*schema.trouble, hides=False)
    need, default = schema.need, schema.default
    if reference.default is not None:
        need, default = Need.DEFAULT, reference.default
    return Read(
        (reference.name,),
        reference.position,
        schema.kind,
        need,
        default.text if default and not default.redacted else None,
        schema.secret,
        origin=(reference.position, (reference.name,)),
    )


def destructive_transform(calls: Calls, arguments: Sequence[Argument], position: Position) -> Value:
    """The monorepo's own ``destructiveTransform(f)(schema)``: decode, then apply a function."""
    function = arguments[0].value if arguments else Constant(None)

    def body(calls: Calls, arguments: Sequence[Argument], position: Position) -> Value:
        schema = _only(arguments, position)
        if schema.kind is None or not isinstance(function, Closure):
            return replace(schema, trouble=(position, "a transformation that is not followed"))
        result = calls.call(function, [Argument(InputText(), position)], position)
        if isinstance(result, Csv) and result.item is not None:
            return replace(schema, kind=kinds.comma_separated(result.item))
        return SchemaValue(None, trouble=(position, "a transformation that is not followed"))

    return Native("the transformation", body)


def literal_kit(calls: Calls, arguments: Sequence[Argument], position: Position) -> Value:
    """The monorepo's own ``StringLiteralKit("a", "b")``: a literal with an ``Enum``."""
    return _literal(calls, arguments, position)


def _made(arguments: Sequence[Argument]) -> Value:
    return arguments[0].value if arguments else Constant(None)


def member_of_schema(schema: SchemaValue, name: str) -> Value | None:
    """Return a member of a schema that the reader knows."""
    if name in {"annotations", "brand"}:
        return Native(name, lambda calls, arguments, position: schema)
    if name == "make":
        return Native(name, lambda calls, arguments, position: _made(arguments))
    if schema.kind is None or schema.kind.item or not schema.kind.choices:
        return schema if name == "Schema" else None
    constants = {value: Constant(value) for value in schema.kind.choices}
    if name == "Enum":
        return ObjectValue(constants)
    if name in {"Options", "literals"}:
        return ArrayValue(tuple(constants.values()))
    return schema if name == "Schema" else None


OWN_FUNCTIONS: dict[str, NativeBody] = {
    "destructiveTransform": destructive_transform,
    "StringLiteralKit": literal_kit,
    "stringLiteralKit": literal_kit,
}
"""Functions of ``@beep/schema`` by their names."""

SCHEMA: dict[str, Value | NativeBody] = {
    "String": SchemaValue(kinds.STRING),
    "NonEmptyString": SchemaValue(kinds.NON_EMPTY),
    "NonEmptyTrimmedString": SchemaValue(kinds.TRIMMED),
    "NumberFromString": SchemaValue(kinds.NUMBER),
    "BooleanFromString": SchemaValue(kinds.BOOLEAN),
    "URL": SchemaValue(kinds.URL),
    "Date": SchemaValue(kinds.DATE),
    "DateFromString": SchemaValue(kinds.DATE),
    "Literal": _literal,
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
