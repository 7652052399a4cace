"""Configs as values: putting them together, nesting them, and giving them defaults."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from drift.contents import reads_in
from drift.known import constant_of
from drift.reads import Read
from drift.source import Position
from drift.values import (
    Argument,
    ConfigValue,
    Constant,
    Foreign,
    Interpreter,
    Loaded,
    Native,
    NativeBody,
    ObjectValue,
    Unknown,
    Value,
)
from envschema.kinds import Kind
from envschema.variables import Need

MOST_READS = 5_000
"""In one config; more can only come from a config that is put into itself over and over."""


def as_config(interpreter: Interpreter, argument: Argument) -> ConfigValue:
    """Return the config that an argument is; report and mark its reads where it is none."""
    value = argument.value
    if isinstance(value, ConfigValue):
        return value
    reads = tuple(replace(read, certain=False) for read in reads_in(value))
    if isinstance(value, Unknown):
        if not value.parameter:
            interpreter.report(value.position, value.why)
    elif isinstance(value, Loaded):
        return ConfigValue(value.reads)
    elif isinstance(value, Foreign):
        interpreter.report(
            argument.position, f"{value.label} is declared elsewhere: give its file too"
        )
    else:
        interpreter.report(argument.position, "a Config is expected here, and this is none")
    return ConfigValue(reads)


def as_name(interpreter: Interpreter, argument: Argument) -> str | None:
    """Return the text that an argument is; report where it is no constant text."""
    value = argument.value
    if isinstance(value, Constant) and isinstance(value.value, str):
        return value.value
    if isinstance(value, Unknown) and value.parameter:
        return None
    if isinstance(value, Foreign):
        why = f"{value.label} is declared elsewhere: give its file too"
    else:
        why = "the name of a variable is not a constant text"
    interpreter.report(argument.position, why)
    return None


def each_read(config: ConfigValue, change: Callable[[Read], Read]) -> ConfigValue:
    """Return the config with every read changed, in its members too."""
    members = config.members
    return replace(
        config,
        reads=tuple(dict.fromkeys(map(change, config.reads))),
        members=None if members is None else {k: each_read(v, change) for k, v in members.items()},
    )


def nest(config: ConfigValue, name: str) -> ConfigValue:
    """Return the config below one more segment of the path."""
    return each_read(config, lambda read: replace(read, path=(name, *read.path)))


def group(
    interpreter: Interpreter,
    members: Mapping[str, ConfigValue],
    position: Position,
    *,
    keep: bool = True,
) -> ConfigValue:
    """Return the config that reads all of its members."""
    reads = tuple(dict.fromkeys(read for member in members.values() for read in member.reads))
    if len(reads) > MOST_READS or sum(map(_size, members.values())) > MOST_READS:
        interpreter.report(
            position, f"a config that reads over {MOST_READS} variables is not followed"
        )
        return ConfigValue(())
    return ConfigValue(reads, members if keep else None)


def _size(config: ConfigValue) -> int:
    return 1 + sum(map(_size, (config.members or {}).values()))


def default_to(interpreter: Interpreter, config: ConfigValue, default: Argument) -> ConfigValue:
    """Return the config that falls back to a value where its variables are absent."""
    value = default.value
    if config.members is not None and isinstance(value, ObjectValue):
        members = {
            key: default_to(interpreter, member, Argument(value.entries[key], default.position))
            if key in value.entries
            else _default_unknown(interpreter, member, default.position)
            for key, member in config.members.items()
        }
        return group(interpreter, members, default.position)
    constant = constant_of(value)
    if constant is None or (constant.text is not None and len(config.reads) > 1):
        if isinstance(value, Unknown) and value.parameter:
            return each_read(config, lambda read: replace(read, certain=False))
        return _default_unknown(interpreter, config, default.position)
    text = constant.text
    if text is None:
        return optional(config)
    # The default of a redacted value is kept only where it is the known placeholder.
    shown = None if constant.redacted and text != "PLACE_HOLDER" else text
    return each_read(
        config,
        lambda read: (
            replace(read, need=Need.DEFAULT, default=shown) if read.need is Need.REQUIRED else read
        ),
    )


def optional(config: ConfigValue) -> ConfigValue:
    """Return the config that is absent where its variables are."""
    return each_read(
        config,
        lambda read: replace(read, need=Need.OPTIONAL) if read.need is Need.REQUIRED else read,
    )


def _default_unknown(
    interpreter: Interpreter, config: ConfigValue, position: Position
) -> ConfigValue:
    if not config.reads:
        return config
    interpreter.report(position, "the default is not a constant", hides=False)
    return each_read(
        config,
        lambda read: (
            replace(read, need=Need.DEFAULT, default=None) if read.need is Need.REQUIRED else read
        ),
    )


def leaf(position: Position, kind: Kind | None, name: str | None, *, secret: bool) -> ConfigValue:
    """Return the config that reads one variable; without a name its path is still empty."""
    path = () if name is None else (name,)
    return ConfigValue((Read(path, position, kind, secret=secret, origin=(position, path)),))


def dual(arity: int, body: NativeBody) -> NativeBody:
    """A function that takes its subject first, or last in a second call, as Effect's ``dual``."""

    def either(
        interpreter: Interpreter, arguments: Sequence[Argument], position: Position
    ) -> Value:
        if len(arguments) >= arity:
            return body(interpreter, arguments, position)

        def last(interpreter: Interpreter, subject: Sequence[Argument], at: Position) -> Value:
            if len(subject) + len(arguments) < arity:
                return Unknown(at, "called with too few arguments")
            return body(interpreter, [subject[0], *arguments], at)

        return Native("the second call", last)

    return either
