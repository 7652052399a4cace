"""What the combinators of Effect's ``Config`` do to the variables that a config reads.

``CONFIG`` is the table: an entry for every member of the module. A member that is not in it is
reported where a config goes into it. The meanings were read from effect 3.22 and hold for 3.x.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from drift.configs import (
    as_config,
    as_name,
    change_reads,
    default_to,
    dual,
    group,
    leaf,
    nest,
    optional,
)
from drift.contents import is_parameter, reads_in
from drift.known import constant_of
from drift.source import Position
from drift.values import (
    Argument,
    ArrayValue,
    ConfigValue,
    Constant,
    Interpreter,
    Native,
    NativeBody,
    ObjectValue,
    Unknown,
    Value,
)
from envschema import kinds
from envschema.kinds import Kind


def _named(kind: Kind, *, secret: bool = False) -> NativeBody:
    """Return ``Config.string("NAME")`` or a relative; the name may be left out."""

    def body(interpreter: Interpreter, arguments: Sequence[Argument], position: Position) -> Value:
        if not arguments or arguments[0].value == Constant(None):
            return leaf(position, kind, None, secret=secret)
        name = as_name(interpreter, arguments[0])
        if name is None:
            return _unnamed(arguments[0], position)
        return leaf(position, kind, name, secret=secret)

    return body


def _unnamed(argument: Argument, position: Position) -> Value:
    value = argument.value
    if isinstance(value, Unknown) and value.is_parameter:
        return Unknown(position, value.why, is_parameter=True)
    return ConfigValue(())


def _on_config(
    change: Callable[[Interpreter, ConfigValue, Sequence[Argument]], Value],
) -> NativeBody:
    """Return a function whose first argument is the config that it changes."""

    def body(interpreter: Interpreter, arguments: Sequence[Argument], position: Position) -> Value:
        if not arguments:
            return Unknown(position, "a Config is expected here, and nothing is given")
        return change(interpreter, as_config(interpreter, arguments[0]), arguments[1:])

    return body


def _nested(interpreter: Interpreter, config: ConfigValue, rest: Sequence[Argument]) -> Value:
    name = as_name(interpreter, rest[0])
    if name is None:
        return change_reads(config, lambda read: replace(read, certain=False))
    return nest(config, name)


def _mapped(interpreter: Interpreter, config: ConfigValue, rest: Sequence[Argument]) -> Value:
    return ConfigValue(config.reads)


def _narrowed(interpreter: Interpreter, config: ConfigValue, rest: Sequence[Argument]) -> Value:
    if config.reads and rest:
        why = "the schema's own code decides which values are accepted"
        interpreter.report(rest[0].position, why, hides=False)
    return ConfigValue(tuple(replace(read, kind=None) for read in config.reads))


def _sequence(interpreter: Interpreter, config: ConfigValue, rest: Sequence[Argument]) -> Value:
    listed = ConfigValue(
        tuple(
            replace(read, kind=read.kind and kinds.comma_separated(read.kind))
            for read in config.reads
        )
    )
    if not rest or rest[0].value == Constant(None):
        return listed
    return _nested(interpreter, listed, rest)


def _table(interpreter: Interpreter, arguments: Sequence[Argument], position: Position) -> Value:
    interpreter.report(position, "reads variables whose names are known only when it runs")
    return ConfigValue(())


def _redacted(interpreter: Interpreter, arguments: Sequence[Argument], position: Position) -> Value:
    value = arguments[0].value if arguments else Constant(None)
    if isinstance(value, Constant):
        return _named(kinds.STRING, secret=True)(interpreter, arguments, position)
    if is_parameter(value):
        return value
    return change_reads(
        as_config(interpreter, arguments[0]), lambda read: replace(read, secret=True)
    )


def _branded(interpreter: Interpreter, arguments: Sequence[Argument], position: Position) -> Value:
    subject = arguments[0]
    if isinstance(subject.value, Constant):
        named = _named(kinds.STRING)(interpreter, [subject], position)
        subject = Argument(named, subject.position)
    return _narrowed(interpreter, as_config(interpreter, subject), arguments[1:])


def _literal(interpreter: Interpreter, arguments: Sequence[Argument], position: Position) -> Value:
    values: list[str] = []
    for argument in arguments:
        if not isinstance(argument.value, Constant):
            interpreter.report(
                argument.position, "a value of the literal is not a constant", hides=False
            )
            values.clear()
            break
        values.append("null" if argument.value.text is None else argument.value.text)
    kind = kinds.one_of(*values) if values else kinds.STRING
    body = _named(kind)
    if values:
        return Native("literal", body)

    def without_kind(
        interpreter: Interpreter, names: Sequence[Argument], position: Position
    ) -> Value:
        config = body(interpreter, names, position)
        assert isinstance(config, (ConfigValue, Unknown))
        return replace(config, reads=tuple(replace(read, kind=None) for read in config.reads))

    return Native("literal", without_kind)


def _primitive(
    interpreter: Interpreter, arguments: Sequence[Argument], position: Position
) -> Value:
    why = "the schema's own code decides which values are accepted"
    interpreter.report(position, why, hides=False)
    return leaf(position, None, None, secret=False)


def _all(interpreter: Interpreter, arguments: Sequence[Argument], position: Position) -> Value:
    value = arguments[0].value if arguments else Constant(None)
    if isinstance(value, (ObjectValue, ArrayValue)):
        rest = {"": as_config(interpreter, Argument(value.rest, position))} if value.rest else {}
        return group(interpreter, rest | _members(interpreter, value, position), position)
    if is_parameter(value):
        return value
    interpreter.report(position, "the members of the group are not written out")
    return ConfigValue(tuple(replace(read, certain=False) for read in reads_in(value)))


def _members(
    interpreter: Interpreter, value: ObjectValue | ArrayValue, position: Position
) -> dict[str, ConfigValue]:
    if isinstance(value, ObjectValue):
        return {k: as_config(interpreter, Argument(v, position)) for k, v in value.entries.items()}
    return {
        str(i): as_config(interpreter, Argument(v, position)) for i, v in enumerate(value.items)
    }


def _unwrap(interpreter: Interpreter, arguments: Sequence[Argument], position: Position) -> Value:
    value = arguments[0].value if arguments else Constant(None)
    if not isinstance(value, ObjectValue) or value.rest:
        return _all(interpreter, arguments, position)
    members = {
        key: _unwrap(interpreter, [Argument(entry, position)], position)
        if isinstance(entry, ObjectValue)
        else entry
        for key, entry in value.entries.items()
    }
    return _all(interpreter, [Argument(ObjectValue(members), position)], position)


def _zip(interpreter: Interpreter, arguments: Sequence[Argument], position: Position) -> Value:
    pair = {str(i): as_config(interpreter, argument) for i, argument in enumerate(arguments[:2])}
    return group(interpreter, pair, position, keep_members=False)


def _with_default(interpreter: Interpreter, config: ConfigValue, rest: Sequence[Argument]) -> Value:
    return default_to(interpreter, config, rest[0])


def _option(interpreter: Interpreter, config: ConfigValue, rest: Sequence[Argument]) -> Value:
    return optional(config)


def _or_else(interpreter: Interpreter, arguments: Sequence[Argument], position: Position) -> Value:
    config = as_config(interpreter, arguments[0])
    fallback = interpreter.call(arguments[1].value, [], arguments[1].position)
    if isinstance(fallback, ConfigValue) and fallback.constant is not None:
        return default_to(interpreter, config, Argument(fallback.constant, arguments[1].position))
    other = as_config(interpreter, Argument(fallback, arguments[1].position))
    interpreter.report(position, "which of the two is read depends on the environment", hides=False)
    return _either(config, other)


def _or_else_if(
    interpreter: Interpreter, arguments: Sequence[Argument], position: Position
) -> Value:
    why = "whether the second is read depends on the error of the first"
    interpreter.report(position, why, hides=False)
    config = as_config(interpreter, arguments[0])
    options = arguments[1].value
    other: Value = ConfigValue(())
    if isinstance(options, ObjectValue) and "orElse" in options.entries:
        other = interpreter.call(options.entries["orElse"], [], position)
    return _either(config, other)


def _either(config: ConfigValue, other: Value) -> ConfigValue:
    reads = (*config.reads, *reads_in(other))
    return ConfigValue(tuple(replace(read, need=None) for read in reads))


def _succeed(interpreter: Interpreter, arguments: Sequence[Argument], position: Position) -> Value:
    value = arguments[0].value if arguments else Constant(None)
    return ConfigValue((), constant=constant_of(value))


def _suspend(interpreter: Interpreter, arguments: Sequence[Argument], position: Position) -> Value:
    return interpreter.call(arguments[0].value, [], position) if arguments else ConfigValue(())


def _same(interpreter: Interpreter, config: ConfigValue, rest: Sequence[Argument]) -> Value:
    return config


CONFIG: dict[str, NativeBody] = {
    "string": _named(kinds.STRING),
    "nonEmptyString": _named(kinds.NON_EMPTY),
    "url": _named(kinds.URL),
    "port": _named(kinds.PORT),
    "boolean": _named(kinds.BOOLEAN),
    "integer": _named(kinds.INTEGER),
    "number": _named(kinds.NUMBER),
    "date": _named(kinds.DATE),
    "duration": _named(kinds.DURATION),
    "logLevel": _named(kinds.SERVER_LOG_LEVEL),
    "secret": _named(kinds.STRING, secret=True),
    "redacted": _redacted,
    "literal": _literal,
    "branded": dual(2, _branded),
    "primitive": _primitive,
    "array": _on_config(_sequence),
    "chunk": _on_config(_sequence),
    "hashSet": _on_config(_sequence),
    "repeat": _on_config(_sequence),
    "hashMap": _table,
    "all": _all,
    "unwrap": _unwrap,
    "nested": dual(2, _on_config(_nested)),
    "zip": dual(2, _zip),
    "zipWith": dual(3, _zip),
    "map": dual(2, _on_config(_mapped)),
    "mapAttempt": dual(2, _on_config(_narrowed)),
    "mapOrFail": dual(2, _on_config(_narrowed)),
    "validate": dual(2, _on_config(_narrowed)),
    "option": _on_config(_option),
    "withDefault": dual(2, _on_config(_with_default)),
    "withDescription": dual(2, _on_config(_same)),
    "orElse": dual(2, _or_else),
    "orElseIf": dual(2, _or_else_if),
    "succeed": _succeed,
    "fail": lambda interpreter, arguments, position: ConfigValue(()),
    "sync": lambda interpreter, arguments, position: ConfigValue(()),
    "suspend": _suspend,
    "isConfig": lambda interpreter, arguments, position: Constant(None),
}
