"""The interpreter: it evaluates expressions, as far as they are constants, configs and schemas.

Any other expression is ``Unknown``: a value that carries the reads which went into it. It becomes
a finding only where a variable would be read through it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from tree_sitter import Node

from drift.contents import is_parameter, reads_in, settle
from drift.decoding import decode
from drift.effect_config import CONFIG
from drift.expressions import EXPRESSIONS
from drift.foreign import called_foreign
from drift.functions import bind_block, bind_parameters, result_of, yields_of
from drift.journal import Journal
from drift.known import OWN_PACKAGES
from drift.reads import Read
from drift.source import Position, parts
from drift.values import (
    Argument,
    Closure,
    Decoder,
    Foreign,
    Loaded,
    Native,
    Scope,
    Thunk,
    Unknown,
    Value,
)

MOST_STEPS = 300_000
"""Expressions that one comparison evaluates; a helper that calls itself twice ends here."""
DEEPEST = 100
"""Expressions nested in one another, calls of helpers included."""
READERS = frozenset({*CONFIG, "Config"}) - {"map", "all", "succeed", "fail"}
"""The names of Effect's functions that read a variable: of ``Config``, and ``Schema.Config``."""
_TRANSPARENT = frozenset(
    {
        "parenthesized_expression",
        "as_expression",
        "satisfies_expression",
        "non_null_expression",
        "await_expression",
        "instantiation_expression",
    }
)
"""Forms of expression whose value is that of their first part."""


class SchemaInterpreter:
    """The ``Interpreter`` that evaluators and known functions get; every comparison has its own."""

    def __init__(self) -> None:
        self.journal = Journal()
        self.references: dict[Thunk, set[Thunk]] = {}
        """The declarations that a declaration needed."""
        self._declaring: list[Thunk] = []
        self._call_sites: list[Position] = []
        self._reader_calls = 0
        self._steps = 0
        self._depth = 0

    def report(self, position: Position, message: str, *, hides: bool = True) -> None:
        """Report what is not understood; ``hides`` where it may hide variables."""
        self.journal.report(position, message, hides=hides)

    # Expressions

    def evaluate(self, node: Node, scope: Scope) -> Value:
        """Return what an expression is."""
        self._steps += 1
        if self._steps > MOST_STEPS:
            return self._exhausted(node, scope, f"more than {MOST_STEPS} expressions")
        if self._depth >= DEEPEST:
            return self._exhausted(node, scope, f"nested deeper than {DEEPEST} expressions")
        self._depth += 1
        try:
            evaluator = EXPRESSIONS.get(node.type)
            if evaluator is not None:
                return evaluator(self, node, scope)
            if node.type in _TRANSPARENT:
                return self.evaluate(next(parts(node)), scope)
            why = f"a {node.type.replace('_', ' ')} here"
            return Unknown(scope.source.position(node), why)
        except StopIteration:
            return Unknown(scope.source.position(node), "an expression without its parts")
        finally:
            self._depth -= 1

    def _exhausted(self, node: Node, scope: Scope, why: str) -> Unknown:
        position = scope.source.position(node)
        self.report(position, why)
        return Unknown(position, why)

    # Declarations

    def declare(self, scope: Scope, node: Node, position: Position) -> Thunk:
        """Return the declaration that an expression initializes."""

        def compute() -> Value:
            with self._declaration(thunk):
                return self.evaluate(node, scope)

        thunk = Thunk(position, compute)
        return thunk

    @contextmanager
    def _declaration(self, thunk: Thunk) -> Iterator[None]:
        # A declaration's reads stand where it stands, whichever helper asks for it first.
        call_sites, self._call_sites = self._call_sites, []
        self._declaring.append(thunk)
        try:
            yield
        finally:
            self._declaring.pop()
            self._call_sites = call_sites

    def resolve(self, held: Thunk | Value) -> Value:
        """Return the value of a name, and note which declaration needs it."""
        if not isinstance(held, Thunk):
            return held
        if self._declaring:
            self.references.setdefault(self._declaring[-1], set()).add(held)
        return held.value()

    # Calls

    def call(self, function: Value, arguments: Sequence[Argument], position: Position) -> Value:
        """Call a function value."""
        if isinstance(function, Native):
            return self._call_native(function, arguments, position)
        if isinstance(function, Closure):
            return self._call_closure(function, arguments, position)
        if isinstance(function, Decoder) and arguments:
            return decode(self, function.schema, arguments[0])
        if isinstance(function, Foreign):
            known = called_foreign(function)
            if isinstance(known, Native) and function.module.startswith(OWN_PACKAGES):
                why = "drift knows what it does and does not follow its code"
                self.journal.trust(position, function.module, known.name, why)
            if known is not None:
                return self.call(known, arguments, position)
        return self._call_unknown(function, arguments, position)

    def _call_native(
        self, function: Native, arguments: Sequence[Argument], position: Position
    ) -> Value:
        # A read stands where the declaration calls its helper, not inside the helper.
        outermost = self._call_sites[0] if self._call_sites else position
        result = function.body(self, arguments, outermost)
        if function.name in READERS:
            self._reader_calls += 1
            if isinstance(result, Unknown) and not result.is_parameter:
                self.report(result.position, result.why)
        return result

    def _call_closure(
        self, function: Closure, arguments: Sequence[Argument], position: Position
    ) -> Value:
        self.journal.called.add(function.node.id)
        scope = Scope(function.scope.source, function.scope)
        bind_parameters(self, function.node, arguments, scope)
        self._call_sites.append(position)
        try:
            return result_of(self, function.node, scope)
        finally:
            self._call_sites.pop()

    def _call_unknown(
        self, function: Value, arguments: Sequence[Argument], position: Position
    ) -> Value:
        operands = [function, *(argument.value for argument in arguments)]
        reads = tuple(dict.fromkeys(read for value in operands for read in reads_in(value)))
        if reads and all(isinstance(value, Loaded) or not reads_in(value) for value in operands):
            # What was read is read; what a function makes of it changes nothing about that.
            return Loaded(reads)
        if isinstance(function, Unknown):
            return Unknown(function.position, function.why, reads, function.is_parameter)
        name = function.label if isinstance(function, Foreign) else "this"
        why = f"what {name} does is not known"
        is_config = isinstance(function, Foreign) and function.path[:1] == ("Config",)
        if is_config or any(self.is_reader(value) for value in operands[1:]):
            self.report(position, why)
        return Unknown(position, why, reads, any(map(is_parameter, operands)))

    def is_reader(self, value: Value) -> bool:
        """Tell whether a function reads a variable whose name it is operands."""
        if isinstance(value, Native):
            return value.name in READERS
        if not isinstance(value, Closure):
            return False
        before = self._reader_calls
        self.probe(value)
        return self._reader_calls > before

    def probe(self, closure: Closure) -> Value:
        """Call a function that nothing calls, with parameters that stand for anything."""
        position = closure.scope.source.position(closure.node)
        why = "the parameter of a function that nothing calls"
        anything = Unknown(position, why, is_parameter=True)
        parameters = closure.node.child_by_field_name("parameters")
        count = len(parameters.named_children) if parameters else 1
        return self.call(closure, [Argument(anything, position)] * count, position)

    def run_generator(self, closure: Closure) -> Loaded:
        """Return what the yields of a generator function read."""
        self.journal.called.add(closure.node.id)
        scope = Scope(closure.scope.source, closure.scope)
        body = closure.node.child_by_field_name("body")
        reads: dict[Read, None] = {}
        if body is not None:
            bind_block(self, body, scope)
            for node, on_condition in yields_of(body):
                value = self.evaluate(node, scope)
                if on_condition and reads_in(value):
                    why = "whether this is read depends on a condition"
                    value = Unknown(scope.source.position(node), why, reads_in(value))
                reads.update(dict.fromkeys(settle(self, value)))
        return Loaded(tuple(reads))
