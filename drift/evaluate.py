"""Evaluating the expressions of a schema, as far as they are constants, configs and schemas.

What an expression is beyond that is ``Unknown``: a value like any other, which carries the reads
that went into it. It becomes a finding where a variable would be read through it, and only there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from tree_sitter import Node

from drift.effect_config import CONFIG
from drift.effect_schema import decode
from drift.functions import bind_block, bind_parameters, result_of, yields_of
from drift.known import constant_of
from drift.members import called_foreign, element_of, member_of
from drift.scope import Scope, Thunk
from drift.source import Position, parts, text_of
from drift.values import (
    Argument,
    ArrayValue,
    Closure,
    ConfigValue,
    Constant,
    Decoder,
    EnvironmentReference,
    Foreign,
    Loaded,
    Native,
    ObjectValue,
    Read,
    Unknown,
    Value,
    reads_in,
    settle,
)

MOST_STEPS = 300_000
"""Expressions that one comparison evaluates; a helper that calls itself twice ends here."""
DEEPEST = 100
"""Expressions inside each other, calls of helpers included."""
LONGEST_TEXT = 1_000
MOST_ITEMS = 5_000

READERS = frozenset({*CONFIG, "Config"}) - {"map", "all", "succeed", "fail"}
"""Functions of Effect that make a config, and ``S.Config``, by their names."""
_GLOBALS = {"undefined": Constant(None), "NaN": Constant(float("nan"))}
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
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "v": "\v", "0": "\0", "\n": ""}


class Evaluator:
    """Evaluates expressions, and keeps what was not understood on the way."""

    def __init__(self) -> None:
        self.troubles: dict[tuple[Position, str], bool] = {}
        """Each place and message, with whether it may hide variables."""
        self.visited: set[tuple[str, int]] = set()
        """The identifiers that were looked up, by file and byte."""
        self.environment: dict[Position, str] = {}
        """Each ``process.env.NAME`` that was evaluated."""
        self.used: set[Position] = set()
        """Those of them that a schema reads."""
        self.called: set[int] = set()
        """The functions that were called, by the id of their node."""
        self.references: dict[Thunk, set[Thunk]] = {}
        """Which declarations of a module each one needed."""
        self._declaring: list[Thunk] = []
        self._sites: list[Position] = []
        self._reader_calls = 0
        self._steps = 0
        self._depth = 0

    # What the combinators ask for

    def trouble(self, position: Position, message: str, *, hides: bool = True) -> None:
        """Report something that was not understood, once."""
        key = (position, message)
        self.troubles[key] = self.troubles.get(key, False) or hides

    def use(self, position: Position) -> None:
        """Note that a reference to the environment ended in a schema."""
        self.used.add(position)

    def call(self, function: Value, arguments: Sequence[Argument], position: Position) -> Value:
        """Call a function value."""
        if isinstance(function, Native):
            at = self._sites[0] if self._sites else position
            result = function.body(self, arguments, at)
            if function.name in READERS:
                self._reader_calls += 1
                if isinstance(result, Unknown) and not result.parameter:
                    self.trouble(result.position, result.why)
            return result
        if isinstance(function, Closure):
            return self._call_closure(function, arguments, position)
        if isinstance(function, Decoder) and arguments:
            return decode(self, function.schema, arguments[0])
        if isinstance(function, Foreign):
            known = called_foreign(function)
            if known is not None:
                return self.call(known, arguments, position)
        given = [function, *(argument.value for argument in arguments)]
        if all(isinstance(value, Loaded) or not reads_in(value) for value in given):
            # What was read is read; what a function makes of it changes nothing about that.
            loaded = Loaded(tuple(dict.fromkeys(r for value in given for r in reads_in(value))))
            if loaded.reads:
                return loaded
        reads = tuple(dict.fromkeys(read for value in given for read in reads_in(value)))
        if isinstance(function, Unknown):
            return Unknown(function.position, function.why, reads, function.parameter)
        name = function.label if isinstance(function, Foreign) else "this"
        why = f"what {name} does is not known"
        parameter = any(isinstance(value, Unknown) and value.parameter for value in given)
        is_config = isinstance(function, Foreign) and function.path[:1] == ("Config",)
        if is_config or any(self._is_reader(value) for value in given[1:]):
            self.trouble(position, why)
        return Unknown(position, why, reads, parameter)

    def _is_reader(self, value: Value) -> bool:
        """Tell whether a function reads a variable whose name it is given."""
        if isinstance(value, Native):
            return value.name in READERS
        if not isinstance(value, Closure):
            return False
        before = self._reader_calls
        self.probe(value)
        return self._reader_calls > before

    def run_generator(self, closure: Closure) -> Loaded:
        """Return what the yields of a generator function read."""
        self.called.add(closure.node.id)
        scope = Scope(closure.scope.module, closure.scope)
        body = closure.node.child_by_field_name("body")
        reads: dict[Read, None] = {}
        if body is not None:
            bind_block(self, body, scope)
            for node, on_condition in yields_of(body):
                value = self.evaluate(node, scope)
                if on_condition and reads_in(value):
                    why = "whether this is read depends on a condition"
                    value = Unknown(scope.module.source.position(node), why, reads_in(value))
                reads.update(dict.fromkeys(settle(self, value)))
        return Loaded(tuple(reads))

    def probe(self, closure: Closure) -> Value:
        """Call a function that nothing calls, with parameters that stand for anything."""
        position = closure.scope.module.source.position(closure.node)
        anything = Unknown(position, "the parameter of a function that nothing calls", (), True)
        parameters = closure.node.child_by_field_name("parameters")
        count = len(parameters.named_children) if parameters else 1
        return self.call(closure, [Argument(anything, position)] * count, position)

    def _call_closure(
        self, function: Closure, arguments: Sequence[Argument], position: Position
    ) -> Value:
        self.called.add(function.node.id)
        scope = Scope(function.scope.module, function.scope)
        bind_parameters(self, function.node, arguments, scope)
        self._sites.append(position)
        try:
            return result_of(self, function.node, scope)
        finally:
            self._sites.pop()

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
        sites, self._sites = self._sites, []
        self._declaring.append(thunk)
        try:
            yield
        finally:
            self._declaring.pop()
            self._sites = sites

    def resolve(self, found: Thunk | Value) -> Value:
        """Return the value of a declaration, and note which declaration needs it."""
        if not isinstance(found, Thunk):
            return found
        if self._declaring:
            self.references.setdefault(self._declaring[-1], set()).add(found)
        return found.value()

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
            method = _METHODS.get(node.type)
            if method is not None:
                return method(self, node, scope)
            if node.type in _TRANSPARENT:
                return self.evaluate(next(parts(node)), scope)
            return Unknown(self._at(node, scope), f"a {node.type.replace('_', ' ')} here")
        except StopIteration:
            return Unknown(self._at(node, scope), "an expression without its parts")
        finally:
            self._depth -= 1

    def _exhausted(self, node: Node, scope: Scope, why: str) -> Unknown:
        position = self._at(node, scope)
        self.trouble(position, why)
        return Unknown(position, why)

    def _at(self, node: Node, scope: Scope) -> Position:
        return scope.module.source.position(node)

    def _identifier(self, node: Node, scope: Scope) -> Value:
        name = text_of(node)
        self.visited.add((str(scope.module.source.path), node.start_byte))
        found = scope.find(name)
        if found is not None:
            return self.resolve(found)
        return _GLOBALS.get(name, Foreign("global", (name,)))

    def _constant(self, node: Node, scope: Scope) -> Value:
        return {"true": Constant(True), "false": Constant(False)}.get(node.type, Constant(None))

    def _number(self, node: Node, scope: Scope) -> Value:
        text = text_of(node).replace("_", "").lower()
        try:
            return Constant(int(text.removesuffix("n"), 0))
        except ValueError:
            pass
        try:
            number = float(text)
        except ValueError:
            return Unknown(self._at(node, scope), "a number in a form that is not followed")
        whole = number.is_integer() and abs(number) < 2**53
        return Constant(int(number) if whole else number)

    def _string(self, node: Node, scope: Scope) -> Value:
        return Constant("".join(map(_fragment, parts(node))))

    def _template(self, node: Node, scope: Scope) -> Value:
        text = ""
        for part in parts(node):
            if part.type != "template_substitution":
                text += _fragment(part)
                continue
            value = self.evaluate(next(parts(part)), scope)
            constant = constant_of(value)
            if constant is None or constant.redacted:
                return _opaque(value, self._at(part, scope), "a template of more than constants")
            text += "null" if constant.text is None else constant.text
            if len(text) > LONGEST_TEXT:
                return Unknown(self._at(node, scope), f"a text of over {LONGEST_TEXT} characters")
        return Constant(text)

    def _object(self, node: Node, scope: Scope) -> Value:
        entries: dict[str, Value] = {}
        rest: Unknown | None = None
        for part in parts(node):
            if part.type == "spread_element":
                value = self.evaluate(next(parts(part)), scope)
                if isinstance(value, ObjectValue):
                    entries.update(value.entries)
                    rest = rest or value.rest
                elif value != Constant(None):
                    rest = _opaque(value, self._at(part, scope), "what is spread is not followed")
                continue
            key, value = self._entry(part, scope)
            if key is None:
                rest = _opaque(value, self._at(part, scope), "the key is not a constant")
            else:
                entries[key] = value
        return ObjectValue(entries, rest)

    def _entry(self, node: Node, scope: Scope) -> tuple[str | None, Value]:
        if node.type == "shorthand_property_identifier":
            return text_of(node), self._identifier(node, scope)
        if node.type == "method_definition":
            name = node.child_by_field_name("name")
            return text_of(name) if name else None, Closure(node, scope)
        key, value = node.child_by_field_name("key"), node.child_by_field_name("value")
        if key is None or value is None:
            return None, Unknown(self._at(node, scope), f"a {node.type.replace('_', ' ')} here")
        return self._key(key, scope), self.evaluate(value, scope)

    def _key(self, node: Node, scope: Scope) -> str | None:
        if node.type == "property_identifier":
            return text_of(node)
        if node.type == "computed_property_name":
            node = next(parts(node))
        constant = constant_of(self.evaluate(node, scope))
        return constant.text if constant else None

    def _array(self, node: Node, scope: Scope) -> Value:
        items, rest = self._items(node, scope)
        return ArrayValue(tuple(argument.value for argument in items), rest)

    def _items(self, node: Node, scope: Scope) -> tuple[list[Argument], Unknown | None]:
        items: list[Argument] = []
        rest: Unknown | None = None
        for part in parts(node):
            position = self._at(part, scope)
            if part.type != "spread_element":
                items.append(Argument(self.evaluate(part, scope), position))
                continue
            value = self.evaluate(next(parts(part)), scope)
            if isinstance(value, ArrayValue) and len(items) + len(value.items) <= MOST_ITEMS:
                items.extend(Argument(item, position) for item in value.items)
                rest = rest or value.rest
            else:
                rest = _opaque(value, position, "what is spread is not followed")
        return items, rest

    def _function(self, node: Node, scope: Scope) -> Value:
        return Closure(node, scope)

    def _call(self, node: Node, scope: Scope) -> Value:
        position = self._at(node, scope)
        called = node.child_by_field_name("function") or node.child_by_field_name("constructor")
        given = node.child_by_field_name("arguments")
        if called is None:
            return Unknown(position, "a call that is not followed")
        function = self.evaluate(called, scope)
        if given is None:
            return self.call(function, [], position)
        if given.type != "arguments":
            if self._is_reader(function):
                self.trouble(position, "a tagged template")
            return _opaque(function, position, "a tagged template")
        arguments, rest = self._items(given, scope)
        if rest is None:
            return self.call(function, arguments, position)
        if self._is_reader(function):
            self.trouble(rest.position, rest.why)
        spread = ArrayValue(tuple(argument.value for argument in arguments), rest)
        return _opaque(spread, rest.position, rest.why)

    def _member(self, node: Node, scope: Scope) -> Value:
        target = node.child_by_field_name("object")
        field = node.child_by_field_name("property")
        position = self._at(node, scope)
        if target is None or field is None:
            return Unknown(position, "a member that is not followed")
        return self._note(member_of(self, self.evaluate(target, scope), text_of(field), position))

    def _subscript(self, node: Node, scope: Scope) -> Value:
        target, index = node.child_by_field_name("object"), node.child_by_field_name("index")
        position = self._at(node, scope)
        if target is None or index is None:
            return Unknown(position, "a member that is not followed")
        value = self.evaluate(target, scope)
        return self._note(element_of(self, value, self.evaluate(index, scope), position))

    def _note(self, value: Value) -> Value:
        if isinstance(value, EnvironmentReference):
            self.environment[value.position] = value.name
        return value

    def _binary(self, node: Node, scope: Scope) -> Value:
        left_node, right_node = node.child_by_field_name("left"), node.child_by_field_name("right")
        operator = node.child_by_field_name("operator")
        position = self._at(node, scope)
        if left_node is None or right_node is None or operator is None:
            return Unknown(position, "an operation that is not followed")
        left, right = self.evaluate(left_node, scope), self.evaluate(right_node, scope)
        sign = operator.type
        constant = constant_of(right)
        if sign in {"??", "||"} and isinstance(left, EnvironmentReference) and constant:
            return EnvironmentReference(left.name, left.position, constant)
        constants = [each for each in (left, right) if isinstance(each, Constant)]
        has_text = any(isinstance(each.value, str) for each in constants)
        if sign == "+" and len(constants) == 2 and has_text:
            text = "".join("null" if each.text is None else each.text for each in constants)
            if len(text) <= LONGEST_TEXT:
                return Constant(text, any(each.redacted for each in constants))
        return _opaque(ArrayValue((left, right)), position, f"the operation {sign}")

    def _conditional(self, node: Node, scope: Scope) -> Value:
        branches = [node.child_by_field_name(name) for name in ("consequence", "alternative")]
        values = tuple(self.evaluate(branch, scope) for branch in branches if branch is not None)
        return _opaque(ArrayValue(values), self._at(node, scope), "this depends on a condition")

    def _unary(self, node: Node, scope: Scope) -> Value:
        operand = node.child_by_field_name("argument")
        value = self.evaluate(operand, scope) if operand is not None else Constant(None)
        number = value.value if isinstance(value, Constant) else None
        if text_of(node).startswith("-") and isinstance(number, (int, float)):
            return Constant(-number)
        return Unknown(self._at(node, scope), "an operation that is not followed", reads_in(value))

    def _assertion(self, node: Node, scope: Scope) -> Value:
        return self.evaluate(list(parts(node))[-1], scope)

    def _yield(self, node: Node, scope: Scope) -> Value:
        value = self.evaluate(next(parts(node)), scope)
        return Loaded(value.reads) if isinstance(value, ConfigValue) else value

    def _meta(self, node: Node, scope: Scope) -> Value:
        return Foreign("global", (re.sub(r"\s", "", text_of(node)),))


def _opaque(value: Value, position: Position, why: str) -> Unknown:
    """Return what is not understood of a value, with the reads that went into it."""
    held = value.items if isinstance(value, ArrayValue) else (value,)
    for each in held:
        if isinstance(each, Unknown) and each.parameter:
            return Unknown(position, why, reads_in(value), True)
    return Unknown(position, why, reads_in(value))


def _fragment(node: Node) -> str:
    text = text_of(node)
    if node.type != "escape_sequence":
        return text
    code = re.fullmatch(r"\\(?:x|u\{?)([0-9a-fA-F]+)\}?", text)
    if code:
        number = int(code[1], 16)
        return chr(number) if number < 0xD800 or 0xDFFF < number < 0x110000 else "\ufffd"
    return _ESCAPES.get(text[1:].replace("\r\n", "\n"), text[1:])


_Method = Callable[[Evaluator, Node, Scope], Value]
_METHODS: dict[str, _Method] = {
    "identifier": Evaluator._identifier,
    "undefined": Evaluator._constant,
    "null": Evaluator._constant,
    "true": Evaluator._constant,
    "false": Evaluator._constant,
    "number": Evaluator._number,
    "string": Evaluator._string,
    "template_string": Evaluator._template,
    "object": Evaluator._object,
    "array": Evaluator._array,
    "arrow_function": Evaluator._function,
    "function_expression": Evaluator._function,
    "generator_function": Evaluator._function,
    "function_declaration": Evaluator._function,
    "generator_function_declaration": Evaluator._function,
    "call_expression": Evaluator._call,
    "new_expression": Evaluator._call,
    "member_expression": Evaluator._member,
    "subscript_expression": Evaluator._subscript,
    "binary_expression": Evaluator._binary,
    "ternary_expression": Evaluator._conditional,
    "unary_expression": Evaluator._unary,
    "type_assertion": Evaluator._assertion,
    "yield_expression": Evaluator._yield,
    "meta_property": Evaluator._meta,
}
