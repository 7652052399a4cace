"""Functions of the source: their parameters, their blocks, and what they return."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from tree_sitter import Node

from drift.members import element_of, member_of
from drift.source import Position, parts, text_of
from drift.values import (
    Argument,
    ArrayValue,
    Closure,
    Constant,
    Interpreter,
    ObjectValue,
    Scope,
    Thunk,
    Unknown,
    Value,
)

FUNCTIONS = frozenset(
    {
        "arrow_function",
        "function_expression",
        "generator_function",
        "function_declaration",
        "generator_function_declaration",
        "method_definition",
    }
)
_DECLARATIONS = frozenset({"lexical_declaration", "variable_declaration"})
_CONDITIONS = frozenset(
    {
        "if_statement",
        "switch_statement",
        "for_statement",
        "for_in_statement",
        "while_statement",
        "do_statement",
        "try_statement",
        "ternary_expression",
        "binary_expression",
    }
)
"""Statements and expressions that may skip or repeat their parts."""


def bind_parameters(
    interpreter: Interpreter, function: Node, arguments: Sequence[Argument], scope: Scope
) -> None:
    """Bind the parameters of a function to the arguments of a call."""
    single = function.child_by_field_name("parameter")
    if single is not None:
        patterns = [single]
    else:
        listed = function.child_by_field_name("parameters")
        patterns = list(parts(listed)) if listed is not None else []
    for index, parameter in enumerate(patterns):
        pattern = parameter.child_by_field_name("pattern") or parameter
        if pattern.type == "rest_pattern":
            value: Value = ArrayValue(tuple(argument.value for argument in arguments[index:]))
            pattern = next(parts(pattern), pattern)
        else:
            value = arguments[index].value if index < len(arguments) else Constant(None)
        default = parameter.child_by_field_name("value")
        if default is not None and value == Constant(None):
            value = interpreter.evaluate(default, scope)
        for name, bound in unpack(
            interpreter, pattern, value, scope, scope.source.position(pattern)
        ):
            scope.names[name] = bound


def bind_block(interpreter: Interpreter, block: Node, scope: Scope) -> None:
    """Bind what the statements of a block declare; nothing is evaluated yet."""
    for statement in parts(block):
        if statement.type in _DECLARATIONS:
            for declarator in parts(statement):
                for name, thunk in declarations_of(interpreter, declarator, scope):
                    scope.names[name] = thunk
        elif statement.type in FUNCTIONS:
            function = statement.child_by_field_name("name")
            if function is not None:
                scope.names[text_of(function)] = Closure(statement, scope)


def declarations_of(
    interpreter: Interpreter, declarator: Node, scope: Scope
) -> Iterator[tuple[str, Thunk]]:
    """Return the names that a declarator declares, with their declarations."""
    pattern, node = declarator.child_by_field_name("name"), declarator.child_by_field_name("value")
    if pattern is None or node is None:
        return
    position = scope.source.position(node)
    declaration = interpreter.declare(scope, node, position)
    if pattern.type == "identifier":
        yield text_of(pattern), declaration
        return
    for name in _names(pattern):
        yield name, Thunk(position, _part(interpreter, pattern, declaration, scope, name))


def _part(
    interpreter: Interpreter, pattern: Node, declaration: Thunk, scope: Scope, name: str
) -> Callable[[], Value]:
    """Return what computes the part of a declared value that a name of its pattern stands for."""
    position = declaration.position

    def compute() -> Value:
        value = interpreter.resolve(declaration)
        values = dict(unpack(interpreter, pattern, value, scope, position))
        return values.get(name, Unknown(position, "a pattern that is not followed"))

    return compute


def _names(pattern: Node) -> Iterator[str]:
    pending = [pattern]
    while pending:
        node = pending.pop()
        if node.type in {"identifier", "shorthand_property_identifier_pattern"}:
            yield text_of(node)
        elif node.type == "pair_pattern":
            value = node.child_by_field_name("value")
            pending.extend([value] if value is not None else [])
        elif node.type in {"object_assignment_pattern", "assignment_pattern"}:
            left = node.child_by_field_name("left")
            pending.extend([left] if left is not None else [])
        else:
            pending.extend(reversed(list(parts(node))))


def unpack(
    interpreter: Interpreter, pattern: Node, value: Value, scope: Scope, position: Position
) -> Iterator[tuple[str, Value]]:
    """Return the names of a pattern with the parts of a value that they stand for."""
    if pattern.type in {"identifier", "shorthand_property_identifier_pattern"}:
        yield text_of(pattern), value
    elif pattern.type in {"object_assignment_pattern", "assignment_pattern"}:
        left, right = pattern.child_by_field_name("left"), pattern.child_by_field_name("right")
        if left is not None and right is not None:
            if value == Constant(None):
                value = interpreter.evaluate(right, scope)
            yield from unpack(interpreter, left, value, scope, position)
    elif pattern.type == "object_pattern":
        for part in parts(pattern):
            yield from _unpack_member(interpreter, part, value, scope, position)
    elif pattern.type == "array_pattern":
        for index, part in enumerate(parts(pattern)):
            element = element_of(value, Constant(index), position)
            yield from unpack(interpreter, part, element, scope, position)
    else:
        for name in _names(pattern):
            yield name, Unknown(position, "a pattern that is not followed")


def _unpack_member(
    interpreter: Interpreter, part: Node, value: Value, scope: Scope, position: Position
) -> Iterator[tuple[str, Value]]:
    target = part
    if part.type == "pair_pattern":
        key, inner = part.child_by_field_name("key"), part.child_by_field_name("value")
        if key is None or inner is None:
            return
        name, target = text_of(key), inner
    elif part.type == "object_assignment_pattern":
        left = part.child_by_field_name("left")
        name = text_of(left) if left is not None else ""
    else:
        name = text_of(part)
    if isinstance(value, ObjectValue) and name not in value.entries and value.rest is None:
        member: Value = Constant(None)
    else:
        member = member_of(value, name, position)
    yield from unpack(interpreter, target, member, scope, position)


def result_of(interpreter: Interpreter, function: Node, scope: Scope) -> Value:
    """Return what a function returns, where no condition decides it."""
    body = function.child_by_field_name("body")
    position = scope.source.position(function)
    if body is None or "generator" in function.type:
        return Unknown(position, "a function that is not followed")
    if body.type != "statement_block":
        return interpreter.evaluate(body, scope)
    bind_block(interpreter, body, scope)
    for statement in parts(body):
        if statement.type == "return_statement":
            value = next(parts(statement), None)
            return interpreter.evaluate(value, scope) if value is not None else Constant(None)
        if statement.type in _CONDITIONS:
            why = "a function whose result depends on a condition or a loop"
            return Unknown(scope.source.position(statement), why)
    return Constant(None)


def yields_of(body: Node) -> Iterator[tuple[Node, bool]]:
    """Return what the yields of a body yield, and whether a condition decides about it."""
    pending = [(body, False)]
    while pending:
        node, on_condition = pending.pop()
        if node.type in FUNCTIONS and node is not body:
            continue
        if node.type == "yield_expression":
            operand = next(parts(node), None)
            if operand is not None:
                yield operand, on_condition
        on_condition = on_condition or node.type in _CONDITIONS
        pending.extend((child, on_condition) for child in reversed(list(parts(node))))
