"""The rest of Effect, as far as a config meets it: pipes, providers, effects and defaults."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from drift.configs import as_name, dual
from drift.contents import reads_in, settle
from drift.known import constant_of
from drift.reads import Naming, Read
from drift.source import Position
from drift.values import (
    Argument,
    ArrayValue,
    Closure,
    Constant,
    Foreign,
    InputText,
    Interpreter,
    Loaded,
    Native,
    NativeBody,
    ObjectValue,
    Unknown,
    Value,
)


def pipe(interpreter: Interpreter, arguments: Sequence[Argument], position: Position) -> Value:
    """Apply functions one after the other; the first argument is what they are applied to."""
    if not arguments:
        return Unknown(position, "called with too few arguments")
    value = arguments[0].value
    for function in arguments[1:]:
        subject = Argument(value, arguments[0].position)
        value = interpreter.call(function.value, [subject], function.position)
    return value


def _flow(interpreter: Interpreter, functions: Sequence[Argument], position: Position) -> Value:
    def composed(
        interpreter: Interpreter, arguments: Sequence[Argument], position: Position
    ) -> Value:
        if not functions:
            return Unknown(position, "called with too few arguments")
        subject = Argument(interpreter.call(functions[0].value, arguments, position), position)
        return pipe(interpreter, [subject, *functions[1:]], position)

    return Native("the composition", composed)


def _first(interpreter: Interpreter, arguments: Sequence[Argument], position: Position) -> Value:
    return arguments[0].value if arguments else Constant(None)


def _constant(interpreter: Interpreter, arguments: Sequence[Argument], position: Position) -> Value:
    return Native("the constant", lambda *_: _first(interpreter, arguments, position))


def _redacted(interpreter: Interpreter, arguments: Sequence[Argument], position: Position) -> Value:
    constant = constant_of(_first(interpreter, arguments, position))
    if constant is None:
        return Unknown(position, "what is redacted is not a constant")
    return replace(constant, redacted=True)


def _list(interpreter: Interpreter, arguments: Sequence[Argument], position: Position) -> Value:
    return ArrayValue(tuple(argument.value for argument in arguments))


def _duration(unit: str) -> NativeBody:
    def body(interpreter: Interpreter, arguments: Sequence[Argument], position: Position) -> Value:
        constant = constant_of(_first(interpreter, arguments, position))
        if constant is None:
            return Unknown(position, "the duration is not a constant")
        return Constant(f"{constant.text} {unit}")

    return body


def load(interpreter: Interpreter, naming: Naming, value: Value) -> Loaded:
    """Return what a provider reads for a config; what was loaded before stays as it is."""
    reads = settle(interpreter, value)
    return Loaded(tuple(read if read.naming else replace(read, naming=naming) for read in reads))


def _runs(interpreter: Interpreter, arguments: Sequence[Argument], position: Position) -> Value:
    """Run effects, which changes nothing about what they read."""
    reads: dict[Read, None] = {}
    for argument in arguments:
        reads.update(dict.fromkeys(settle(interpreter, argument.value)))
    return Loaded(tuple(reads))


def _runs_last(
    interpreter: Interpreter, arguments: Sequence[Argument], position: Position
) -> Value:
    """Run effects, with the subject among the arguments or in a second call."""

    def second_call(
        interpreter: Interpreter, subject: Sequence[Argument], position: Position
    ) -> Value:
        return _runs(interpreter, [*subject, *arguments], position)

    loaded = _runs(interpreter, arguments, position)
    return loaded if loaded != Loaded(()) else Native("the second call", second_call)


def _generator(
    interpreter: Interpreter, arguments: Sequence[Argument], position: Position
) -> Value:
    for argument in reversed(arguments):
        if isinstance(argument.value, Closure):
            return interpreter.run_generator(argument.value)
    return Unknown(position, "the generator is not written out")


def _service(interpreter: Interpreter, arguments: Sequence[Argument], position: Position) -> Value:
    """``Effect.Service<Self>()("key", { effect: ... })``: it is built where its layer is used."""

    def body(interpreter: Interpreter, arguments: Sequence[Argument], position: Position) -> Value:
        options = arguments[-1].value if arguments else Constant(None)
        if not isinstance(options, ObjectValue):
            return Unknown(position, "the service is not written out", reads_in(options))
        makers = [
            Argument(
                interpreter.call(maker, [], position) if isinstance(maker, Closure) else maker,
                position,
            )
            for key in ("effect", "scoped", "sync", "succeed")
            if (maker := options.entries.get(key)) is not None
        ]
        return _runs(interpreter, makers, position)

    return Native("the service", body)


def _with_provider(
    interpreter: Interpreter, arguments: Sequence[Argument], position: Position
) -> Value:
    naming = arguments[1].value
    if not isinstance(naming, Naming):
        return Unknown(
            position, "the ConfigProvider is not understood", reads_in(arguments[0].value)
        )
    return load(interpreter, naming, arguments[0].value)


def _from_env(interpreter: Interpreter, arguments: Sequence[Argument], position: Position) -> Value:
    if not arguments:
        return Naming()
    options = arguments[0].value
    if isinstance(options, ObjectValue) and options.rest is None:
        delimiter = options.entries.get("pathDelim", Constant("_"))
        list_delimiter = options.entries.get("seqDelim", Constant(","))
        if isinstance(delimiter, Constant) and list_delimiter == Constant(","):
            return Naming(str(delimiter.value))
    return Unknown(position, "the options of the ConfigProvider are not understood")


def _renamed(change: Callable[[str], str]) -> NativeBody:
    def body(interpreter: Interpreter, arguments: Sequence[Argument], position: Position) -> Value:
        naming = _first(interpreter, arguments, position)
        if not isinstance(naming, Naming):
            return Unknown(position, "the ConfigProvider is not understood")
        return replace(naming, changes=(*naming.changes, change))

    return body


def _nested_provider(
    interpreter: Interpreter, arguments: Sequence[Argument], position: Position
) -> Value:
    naming = arguments[0].value
    name = as_name(interpreter, arguments[1])
    if not isinstance(naming, Naming) or name is None or naming.changes:
        return Unknown(position, "the ConfigProvider is not understood")
    return replace(naming, prefix=(name, *naming.prefix))


def words(separator: str, case: Callable[[str], str]) -> Callable[[str], str]:
    """Return the change of case that Effect's ``constantCase`` and its relatives make."""

    def change(segment: str) -> str:
        for split in (r"([a-z0-9])([A-Z])", r"([A-Z])([A-Z][a-z])"):
            segment = re.sub(split, "\\1\0\\2", segment)
        parts = re.sub(r"[^A-Za-z0-9]+", "\0", segment).strip("\0").split("\0")
        return separator.join(map(case, parts))

    return change


def _split(interpreter: Interpreter, arguments: Sequence[Argument], position: Position) -> Value:
    if isinstance(arguments[0].value, InputText) and arguments[1].value == Constant(","):
        return InputText(split=True)
    return Unknown(position, "what is split here is not followed")


def map_parts(
    interpreter: Interpreter, text: InputText, function: Value, position: Position
) -> Value:
    """Apply a function to the parts of a split text: only that it trims them is followed."""
    part = Argument(InputText(), position)
    if interpreter.call(function, [part], position) == InputText(trims=True):
        return replace(text, trims=True)
    return Unknown(position, "what is made of the parts of a list is not followed")


def _map(interpreter: Interpreter, arguments: Sequence[Argument], position: Position) -> Value:
    text, function = arguments[0].value, arguments[1].value
    if isinstance(text, InputText) and text.split:
        return map_parts(interpreter, text, function, position)
    return interpreter.call(Foreign("effect", ("Array", "map")), arguments, position)


def _trim(interpreter: Interpreter, arguments: Sequence[Argument], position: Position) -> Value:
    value = _first(interpreter, arguments, position)
    return replace(value, trims=True) if isinstance(value, InputText) else value


EFFECT_RUNS = frozenset(
    {
        "runSync",
        "runSyncExit",
        "runPromise",
        "runPromiseExit",
        "runFork",
        "runCallback",
        "all",
        "asVoid",
        "orDie",
        "cached",
        "scoped",
        "withSpan",
    }
)
EFFECT_RUNS_LAST = frozenset(
    {
        "map",
        "flatMap",
        "andThen",
        "tap",
        "provide",
    }
)

OTHER: dict[str, dict[str, Value | NativeBody]] = {
    "Function": {
        "pipe": pipe,
        "flow": _flow,
        "identity": _first,
        "constant": _constant,
    },
    "Redacted": {"make": _redacted},
    "Secret": {"fromString": _redacted},
    "Option": {"none": lambda *_: Constant(None), "some": _first},
    "LogLevel": {
        name: Constant(name)
        for name in ("All", "Trace", "Debug", "Info", "Warning", "Error", "Fatal", "None")
    },
    "Duration": {
        name: _duration(name) for name in ("millis", "seconds", "minutes", "hours", "days")
    },
    "HashSet": {"make": _list, "empty": _list, "fromIterable": _first},
    "Chunk": {"make": _list, "empty": _list, "fromIterable": _first},
    "Array": {"make": _list, "empty": _list, "fromIterable": _first, "map": dual(2, _map)},
    "String": {"split": dual(2, _split), "trim": _trim},
    "Effect": {
        **dict.fromkeys(EFFECT_RUNS, _runs),
        **dict.fromkeys(EFFECT_RUNS_LAST, _runs_last),
        "gen": _generator,
        "Service": _service,
        "withConfigProvider": dual(2, _with_provider),
    },
    "ConfigProvider": {
        "fromEnv": _from_env,
        "constantCase": _renamed(words("_", str.upper)),
        "snakeCase": _renamed(words("_", str.lower)),
        "kebabCase": _renamed(words("-", str.lower)),
        "upperCase": _renamed(str.upper),
        "lowerCase": _renamed(str.lower),
        "nested": dual(2, _nested_provider),
    },
}
