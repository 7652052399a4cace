"""What an expression of the schema can be, as far as the reader understands TypeScript."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

from drift.source import Position
from envschema.kinds import Kind
from envschema.variables import Need

if TYPE_CHECKING:
    from tree_sitter import Node

    from drift.scope import Scope


@dataclass(frozen=True, slots=True)
class Constant:
    """A text, number, boolean, or null and undefined (``None``)."""

    value: str | int | float | bool | None
    redacted: bool = False

    @property
    def text(self) -> str | None:
        """What a variable with this value holds, or None for null and undefined."""
        if isinstance(self.value, bool):
            return "true" if self.value else "false"
        if isinstance(self.value, float) and self.value.is_integer():
            return str(int(self.value))
        return None if self.value is None else str(self.value)


@dataclass(frozen=True, slots=True)
class Naming:
    """How a ConfigProvider turns the path of a config into the name of a variable."""

    delimiter: str = "_"
    changes: tuple[Callable[[str], str], ...] = ()
    prefix: tuple[str, ...] = ()

    def name(self, path: Sequence[str]) -> str:
        """Return the variable that a config with this path reads."""
        segments = [*self.prefix, *path]
        for change in self.changes:
            segments = [change(segment) for segment in segments]
        return self.delimiter.join(segments)


@dataclass(frozen=True, slots=True)
class Read:
    """One place that reads one variable, with what the schema says about it there."""

    path: tuple[str, ...]
    position: Position
    kind: Kind | None
    """None where it was not understood, and reported."""
    need: Need | None = Need.REQUIRED
    """REQUIRED, DEFAULT or OPTIONAL; None where it was not understood, and reported."""
    default: str | None = None
    """The default; None where there is none, or where it was not understood, and reported."""
    secret: bool = False
    certain: bool = True
    """False where something not understood may change all of it, even the name."""
    naming: Naming | None = None
    origin: tuple[Position, tuple[str, ...]] | None = None
    """The leaf it grew from; kept through every combinator."""


@dataclass(frozen=True, slots=True)
class ConfigValue:
    """An Effect ``Config``: what it reads, and its members where it is a group."""

    reads: tuple[Read, ...]
    members: Mapping[str, ConfigValue] | None = None
    constant: Constant | None = None
    """The value of ``Config.succeed``."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """Something that has read its variables; nothing that follows changes how."""

    reads: tuple[Read, ...]


@dataclass(frozen=True, slots=True)
class SchemaValue:
    """An Effect ``Schema`` of one variable's text."""

    kind: Kind | None
    need: Need | None = Need.REQUIRED
    default: Constant | None = None
    secret: bool = False
    trouble: tuple[Position, str] | None = None
    """What was not understood; reported when a variable is read with it."""
    array_of: SchemaValue | None = None


@dataclass(frozen=True, slots=True)
class StructSchema:
    """An Effect ``S.Struct``."""

    fields: Mapping[str, Value]
    position: Position


@dataclass(frozen=True, slots=True)
class Decoder:
    """``S.decodeUnknownSync(schema)`` and its relatives, waiting for what to decode."""

    schema: Value


@dataclass(frozen=True, slots=True)
class EnvironmentObject:
    """``process.env`` itself."""

    position: Position


@dataclass(frozen=True, slots=True)
class EnvironmentReference:
    """``process.env.NAME``, perhaps with ``?? "default"``."""

    name: str
    position: Position
    default: Constant | None = None


@dataclass(frozen=True, slots=True)
class InputText:
    """The text that a transformation gets, or its parts where it was split at a comma."""

    split: bool = False


@dataclass(frozen=True, slots=True)
class Csv:
    """The decoded items of a comma-separated text."""

    item: Kind | None


@dataclass(frozen=True, slots=True)
class ObjectValue:
    """An object literal; ``rest`` is what was spread into it and not understood."""

    entries: Mapping[str, Value]
    rest: Unknown | None = None


@dataclass(frozen=True, slots=True)
class ArrayValue:
    """An array literal; ``rest`` is what was spread into it and not understood."""

    items: tuple[Value, ...]
    rest: Unknown | None = None


@dataclass(frozen=True, slots=True)
class Foreign:
    """Something that another package or the language declares."""

    module: str
    path: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """How the source refers to it, for messages."""
        return ".".join(self.path) or self.module


@dataclass(frozen=True, slots=True)
class Namespace:
    """A module of Effect, as in ``Config``; the root of the package has an empty name."""

    name: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """What the reader does not understand: where, why, and which reads went into it."""

    position: Position
    why: str
    reads: tuple[Read, ...] = ()
    parameter: bool = False
    """Whether it is only the parameter of a function that nothing calls."""


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument of a call, with its place."""

    value: Value
    position: Position


class Calls(Protocol):
    """What a combinator may ask of the evaluator."""

    def trouble(self, position: Position, message: str, *, hides: bool = True) -> None:
        """Report something that was not understood; ``hides`` where it may hide variables."""

    def call(self, function: Value, arguments: Sequence[Argument], position: Position) -> Value:
        """Call a function value."""

    def run_generator(self, closure: Closure) -> Loaded:
        """Return what the yields of a generator function read."""

    def use(self, position: Position) -> None:
        """Note that a reference to the environment ended in a schema."""


NativeBody = Callable[[Calls, Sequence[Argument], Position], "Value"]


@dataclass(frozen=True, slots=True)
class Native:
    """A function of Effect that the reader knows."""

    name: str
    body: NativeBody = field(compare=False)


@dataclass(frozen=True, slots=True, eq=False)
class Closure:
    """A function of the source."""

    node: Node
    scope: Scope


Value = (
    Constant
    | Naming
    | ConfigValue
    | Loaded
    | SchemaValue
    | StructSchema
    | Decoder
    | EnvironmentObject
    | EnvironmentReference
    | InputText
    | Csv
    | ObjectValue
    | ArrayValue
    | Foreign
    | Namespace
    | Unknown
    | Native
    | Closure
)


def reads_in(value: Value) -> tuple[Read, ...]:
    """Return every read that a value carries, each once."""
    found: dict[Read, None] = {}
    seen: set[int] = set()
    pending: list[Value] = [value]
    while pending:
        each = pending.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        if isinstance(each, (ConfigValue, Loaded, Unknown)):
            found.update(dict.fromkeys(each.reads))
        elif isinstance(each, ObjectValue):
            pending.extend(reversed(list(each.entries.values())))
            pending.extend([each.rest] if each.rest else [])
        elif isinstance(each, ArrayValue):
            pending.extend(reversed(each.items))
            pending.extend([each.rest] if each.rest else [])
    return tuple(found)


def settle(calls: Calls, value: Value) -> tuple[Read, ...]:
    """Return the reads of a value that is used as it is; report what in it was not understood."""
    reads = reads_in(value)
    unsure: set[Read] = set()
    for unknown in _unknowns_in(value):
        if unknown.reads and not unknown.parameter:
            calls.trouble(unknown.position, unknown.why)
            unsure.update(unknown.reads)
    return tuple(replace(read, certain=False) if read in unsure else read for read in reads)


def _unknowns_in(value: Value) -> list[Unknown]:
    found: list[Unknown] = []
    seen: set[int] = set()
    pending: list[Value] = [value]
    while pending:
        each = pending.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        if isinstance(each, Unknown):
            found.append(each)
        elif isinstance(each, (ObjectValue, ArrayValue)):
            held = each.entries.values() if isinstance(each, ObjectValue) else each.items
            pending.extend(held)
            pending.extend([each.rest] if each.rest else [])
    return found
