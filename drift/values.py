"""What an expression of the schema can be, as far as the interpreter understands TypeScript.

A function holds the scope it was written in, a scope holds values, and a known function gets the
interpreter: these types name one another, so they stand in one module.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from tree_sitter import Node

from drift.journal import Journal
from drift.reads import Naming, Read
from drift.source import Position, Source
from envschema.kinds import Kind
from envschema.variables import Need


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
class ConfigValue:
    """An Effect ``Config``: what it reads, and its members where it is a group."""

    reads: tuple[Read, ...]
    members: Mapping[str, ConfigValue] | None = None
    constant: Constant | None = None
    """The value of ``Config.succeed``."""
    size: int = 1
    """Of how many configs it consists: itself, its members, and theirs."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """Something that has read its variables; what follows no longer changes how."""

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
    trims: bool = False
    """Whether blanks around the text are removed before it is read."""


@dataclass(frozen=True, slots=True)
class StructSchema:
    """An Effect ``S.Struct``."""

    fields: Mapping[str, Value]
    position: Position


@dataclass(frozen=True, slots=True)
class Decoder:
    """``S.decodeUnknownSync(schema)`` or a relative, before it gets what to decode."""

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
    trims: bool = False
    """Whether blanks around it, or around each part, are removed."""


@dataclass(frozen=True, slots=True)
class Csv:
    """The decoded items of a comma-separated text."""

    item: Kind | None
    trims: bool = False


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
    why: str = field(default="", compare=False)
    """Why its file is not followed."""
    member: Callable[[str], Value | None] = field(default=lambda name: None, compare=False)
    """What a given file declares under the name of a member, where one does."""

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
    """What the interpreter does not understand: where, why, and which reads went into it."""

    position: Position
    why: str
    reads: tuple[Read, ...] = ()
    is_parameter: bool = False
    """Whether it stands for an argument of a function that nothing calls, and is no finding."""


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument of a call, with its place."""

    value: Value
    position: Position


class Interpreter(Protocol):
    """What an evaluator of expressions, or a known function, may ask for."""

    journal: Journal

    def report(self, position: Position, message: str, *, hides: bool = True) -> None:
        """Report what is not understood; ``hides`` where it may hide variables."""

    def evaluate(self, node: Node, scope: Scope) -> Value:
        """Return what an expression is."""

    def declare(self, scope: Scope, node: Node, position: Position) -> Thunk:
        """Return the declaration that an expression initializes."""

    def resolve(self, held: Thunk | Value) -> Value:
        """Return the value of a name, and note which declaration needs it."""

    def call(self, function: Value, arguments: Sequence[Argument], position: Position) -> Value:
        """Call a function value."""

    def run_generator(self, closure: Closure) -> Loaded:
        """Return what the yields of a generator function read."""

    def is_reader(self, value: Value) -> bool:
        """Tell whether a function reads a variable whose name it is given."""


NativeBody = Callable[[Interpreter, Sequence[Argument], Position], "Value"]


@dataclass(frozen=True, slots=True)
class Native:
    """A function of Effect that the interpreter knows."""

    name: str
    body: NativeBody = field(compare=False)


class Thunk:
    """A declaration whose value is computed once, when it is needed."""

    def __init__(self, position: Position, compute: Callable[[], Value]) -> None:
        self.position = position
        self._compute = compute
        self._value: Value | None = None
        self._is_running = False

    def value(self) -> Value:
        """Return the value; a declaration that needs itself is not understood."""
        if self._value is None:
            if self._is_running:
                return Unknown(self.position, "the declaration needs itself")
            self._is_running = True
            try:
                self._value = self._compute()
            finally:
                self._is_running = False
        return self._value


class Scope:
    """The names of a file, a function or a block."""

    def __init__(self, source: Source, parent: Scope | None = None) -> None:
        self.source = source
        self.parent = parent
        self.names: dict[str, Thunk | Value] = {}

    def find(self, name: str) -> Thunk | Value | None:
        """Return what a name stands for here, or None where nothing declares it."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names:
                return scope.names[name]
            scope = scope.parent
        return None


@dataclass(frozen=True, slots=True, eq=False)
class Closure:
    """A function of the source, with the names around it."""

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
