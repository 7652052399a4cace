"""Configs as values: grouped, nested, and with defaults."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from drift.contents import is_parameter, reads_in
from drift.known import constant_of, elsewhere
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
        if not value.is_parameter:
            interpreter.report(value.position, value.why)
    elif isinstance(value, Loaded):
        return ConfigValue(value.reads)
    elif isinstance(value, Foreign):
        why = elsewhere(value)
        interpreter.report(argument.position, why)
    else:
        interpreter.report(argument.position, "a Config is expected here, and this is none")
    return ConfigValue(reads)


def as_name(interpreter: Interpreter, argument: Argument) -> str | None:
    """Return the text that an argument is; report where it is no constant text."""
    value = argument.value
    if isinstance(value, Constant) and isinstance(value.value, str):
        return value.value
    if is_parameter(value):
        return None
    if isinstance(value, Foreign):
        why = elsewhere(value)
    else:
        why = "the name of a variable is not a constant text"
    interpreter.report(argument.position, why)
    return None


def change_reads(config: ConfigValue, change: Callable[[Read], Read]) -> ConfigValue:
    """Return the config with all its reads changed, also in its members."""
    members = config.members
    return replace(
        config,
        reads=tuple(dict.fromkeys(map(change, config.reads))),
        members=None
        if members is None
        else {k: change_reads(v, change) for k, v in members.items()},
    )


def nest(config: ConfigValue, name: str) -> ConfigValue:
    """Return the config below one more segment of the path."""
    return change_reads(config, lambda read: replace(read, path=(name, *read.path)))


def group(
    interpreter: Interpreter,
    members: Mapping[str, ConfigValue],
    position: Position,
    *,
    keep_members: bool = True,
) -> ConfigValue:
    """Return the config that reads all of its members."""
    reads = tuple(dict.fromkeys(read for member in members.values() for read in member.reads))
    size = sum(member.size for member in members.values())
    if len(reads) > MOST_READS or size > MOST_READS:
        interpreter.report(
            position, f"a config that reads over {MOST_READS} variables is not followed"
        )
        return ConfigValue(())
    return ConfigValue(reads, members, size=size + 1) if keep_members else ConfigValue(reads)


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
        if is_parameter(value):
            return change_reads(config, lambda read: replace(read, certain=False))
        return _default_unknown(interpreter, config, default.position)
    text = constant.text
    if text is None:
        return optional(config)
    # A redacted default may be a real secret: only the known placeholder is kept.
    shown = None if constant.redacted and text != "PLACE_HOLDER" else text
    return change_reads(
        config,
        lambda read: (
            replace(read, need=Need.DEFAULT, default=shown) if read.need is Need.REQUIRED else read
        ),
    )


def optional(config: ConfigValue) -> ConfigValue:
    """Return the config that is absent where its variables are."""
    return change_reads(
        config,
        lambda read: replace(read, need=Need.OPTIONAL) if read.need is Need.REQUIRED else read,
    )


def _default_unknown(
    interpreter: Interpreter, config: ConfigValue, position: Position
) -> ConfigValue:
    if not config.reads:
        return config
    interpreter.report(position, "the default is not a constant", hides=False)
    return change_reads(
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
    """Return a function that is called as ``f(subject, rest)`` or ``f(rest)(subject)``.

    Effect calls this ``dual``; as there, the number of arguments tells which call it is.
    """

    def first_call(
        interpreter: Interpreter, arguments: Sequence[Argument], position: Position
    ) -> Value:
        if len(arguments) >= arity:
            return body(interpreter, arguments, position)

        def second_call(
            interpreter: Interpreter, subject: Sequence[Argument], position: Position
        ) -> Value:
            if len(subject) + len(arguments) < arity:
                return Unknown(position, "called with too few arguments")
            return body(interpreter, [subject[0], *arguments], position)

        return Native("the second call", second_call)

    return first_call
