"""Decoding: what a schema reads when it is given the environment, or values from it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from drift.contents import reads_in
from drift.effect_schema import as_schema
from drift.reads import Naming, Read
from drift.source import Position
from drift.values import (
    Argument,
    Constant,
    Csv,
    Decoder,
    EnvironmentObject,
    EnvironmentReference,
    InputText,
    Interpreter,
    Loaded,
    ObjectValue,
    SchemaValue,
    StructSchema,
    Unknown,
    Value,
)
from envschema.variables import Need

DECODES = re.compile(r"(?:decode|validate|asserts)(?:[A-Z]\w*)?")
"""The members that read a value through a schema, in all their forms."""


def decoder(interpreter: Interpreter, arguments: Sequence[Argument], position: Position) -> Value:
    """Return what waits for the value to decode."""
    if not arguments:
        return Unknown(position, "a schema is expected here")
    return Decoder(arguments[0].value)


def decode(interpreter: Interpreter, schema: Value, argument: Argument) -> Value:
    """Return what decoding a value reads from the environment."""
    value, position = argument.value, argument.position
    if isinstance(schema, StructSchema) and isinstance(value, (ObjectValue, EnvironmentObject)):
        return Loaded(_fields(interpreter, schema, value, position))
    if isinstance(value, EnvironmentReference):
        read = _read(interpreter, as_schema(interpreter, schema, position), value)
        return Loaded((read,))
    items = schema.array_of if isinstance(schema, SchemaValue) else None
    if isinstance(value, InputText) and value.split and items is not None:
        return Csv(items.kind, trims=value.trims or items.trims)
    return Unknown(position, "what is decoded here is not followed", reads_in(value))


def _fields(
    interpreter: Interpreter,
    struct: StructSchema,
    value: ObjectValue | EnvironmentObject,
    position: Position,
) -> tuple[Read, ...]:
    if isinstance(value, EnvironmentObject):
        interpreter.journal.decoded.add(value.position)
    elif value.rest:
        interpreter.report(value.rest.position, value.rest.why)
    reads: list[Read] = []
    for name, schema in struct.fields.items():
        if isinstance(value, EnvironmentObject):
            entry: Value | None = EnvironmentReference(name, value.position)
        else:
            entry = value.entries.get(name)
        if isinstance(schema, StructSchema) and isinstance(entry, ObjectValue):
            reads.extend(_fields(interpreter, schema, entry, position))
        elif isinstance(entry, EnvironmentReference):
            reads.append(_read(interpreter, as_schema(interpreter, schema, struct.position), entry))
        elif entry is None:
            if as_schema(interpreter, schema, position).need is Need.REQUIRED:
                interpreter.report(position, f"the required field {name!r} gets no value")
        elif not isinstance(entry, Constant):
            interpreter.report(position, f"the value of the field {name!r} is not followed")
            reads.extend(replace(read, certain=False) for read in reads_in(entry))
    return tuple(reads)


def _read(interpreter: Interpreter, schema: SchemaValue, reference: EnvironmentReference) -> Read:
    interpreter.journal.decoded.add(reference.position)
    if schema.trouble:
        interpreter.report(*schema.trouble, hides=False)
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
        # A reference names its variable itself: no ConfigProvider has a say.
        naming=Naming(),
        origin=(reference.position, (reference.name,)),
    )
