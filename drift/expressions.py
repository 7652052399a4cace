"""The evaluators of expressions: a function for every form of expression.

``EXPRESSIONS`` is the table, by the name that the grammar gives a form.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from tree_sitter import Node

from drift.contents import is_parameter, reads_in
from drift.known import constant_of
from drift.literals import fragment_text, number_of
from drift.members import element_of, member_of
from drift.source import Position, parts, text_of
from drift.values import (
    Argument,
    ArrayValue,
    Closure,
    ConfigValue,
    Constant,
    EnvironmentReference,
    Foreign,
    Interpreter,
    Loaded,
    ObjectValue,
    Scope,
    Unknown,
    Value,
)

LONGEST_TEXT = 1_000
"""Characters of a constant text; no name and no default is longer."""
MOST_ITEMS = 5_000
"""Items of a list that is spread into others."""

_GLOBALS = {"undefined": Constant(None), "NaN": Constant(float("nan"))}


def _identifier(interpreter: Interpreter, node: Node, scope: Scope) -> Value:
    name = text_of(node)
    interpreter.journal.identifiers.add((str(scope.source.path), node.start_byte))
    held = scope.find(name)
    if held is not None:
        return interpreter.resolve(held)
    return _GLOBALS.get(name, Foreign("global", (name,)))


def _constant(interpreter: Interpreter, node: Node, scope: Scope) -> Value:
    return {"true": Constant(True), "false": Constant(False)}.get(node.type, Constant(None))


def _number(interpreter: Interpreter, node: Node, scope: Scope) -> Value:
    number = number_of(text_of(node))
    if number is None:
        return Unknown(scope.source.position(node), "a number in a form that is not followed")
    return Constant(number)


def _string(interpreter: Interpreter, node: Node, scope: Scope) -> Value:
    return Constant("".join(map(fragment_text, parts(node))))


def _template(interpreter: Interpreter, node: Node, scope: Scope) -> Value:
    text = ""
    for part in parts(node):
        if part.type != "template_substitution":
            text += fragment_text(part)
            continue
        value = interpreter.evaluate(next(parts(part)), scope)
        constant = constant_of(value)
        if constant is None or constant.redacted:
            return _opaque(value, scope.source.position(part), "a template of more than constants")
        text += _joined(constant)
        if len(text) > LONGEST_TEXT:
            return Unknown(scope.source.position(node), f"a text of over {LONGEST_TEXT} characters")
    return Constant(text)


def _object(interpreter: Interpreter, node: Node, scope: Scope) -> Value:
    entries: dict[str, Value] = {}
    rest: Unknown | None = None
    for part in parts(node):
        if part.type == "spread_element":
            value = interpreter.evaluate(next(parts(part)), scope)
            if isinstance(value, ObjectValue):
                entries.update(value.entries)
                rest = rest or value.rest
            elif value != Constant(None):
                rest = _opaque(value, scope.source.position(part), "what is spread is not followed")
            continue
        key, value = _entry(interpreter, part, scope)
        if key is None:
            rest = _opaque(value, scope.source.position(part), "the key is not a constant")
        else:
            entries[key] = value
    return ObjectValue(entries, rest)


def _entry(interpreter: Interpreter, node: Node, scope: Scope) -> tuple[str | None, Value]:
    if node.type == "shorthand_property_identifier":
        return text_of(node), _identifier(interpreter, node, scope)
    if node.type == "method_definition":
        name = node.child_by_field_name("name")
        return text_of(name) if name else None, Closure(node, scope)
    key, value = node.child_by_field_name("key"), node.child_by_field_name("value")
    if key is None or value is None:
        return None, Unknown(scope.source.position(node), f"a {node.type.replace('_', ' ')} here")
    return _key(interpreter, key, scope), interpreter.evaluate(value, scope)


def _key(interpreter: Interpreter, node: Node, scope: Scope) -> str | None:
    if node.type == "property_identifier":
        return text_of(node)
    if node.type == "computed_property_name":
        node = next(parts(node))
    constant = constant_of(interpreter.evaluate(node, scope))
    return constant.text if constant else None


def _array(interpreter: Interpreter, node: Node, scope: Scope) -> Value:
    items, rest = _items(interpreter, node, scope)
    return ArrayValue(tuple(argument.value for argument in items), rest)


def _items(
    interpreter: Interpreter, node: Node, scope: Scope
) -> tuple[list[Argument], Unknown | None]:
    items: list[Argument] = []
    rest: Unknown | None = None
    for part in parts(node):
        position = scope.source.position(part)
        if part.type != "spread_element":
            items.append(Argument(interpreter.evaluate(part, scope), position))
            continue
        value = interpreter.evaluate(next(parts(part)), scope)
        if isinstance(value, ArrayValue) and len(items) + len(value.items) <= MOST_ITEMS:
            items.extend(Argument(item, position) for item in value.items)
            rest = rest or value.rest
        else:
            rest = _opaque(value, position, "what is spread is not followed")
    return items, rest


def _function(interpreter: Interpreter, node: Node, scope: Scope) -> Value:
    return Closure(node, scope)


def _call(interpreter: Interpreter, node: Node, scope: Scope) -> Value:
    position = scope.source.position(node)
    callee = node.child_by_field_name("function") or node.child_by_field_name("constructor")
    argument_list = node.child_by_field_name("arguments")
    if callee is None:
        return Unknown(position, "a call that is not followed")
    function = interpreter.evaluate(callee, scope)
    if argument_list is None:
        return interpreter.call(function, [], position)
    if argument_list.type != "arguments":
        if interpreter.is_reader(function):
            interpreter.report(position, "a tagged template")
        return _opaque(function, position, "a tagged template")
    arguments, rest = _items(interpreter, argument_list, scope)
    if rest is None:
        return interpreter.call(function, arguments, position)
    if interpreter.is_reader(function):
        interpreter.report(rest.position, rest.why)
    spread = ArrayValue(tuple(argument.value for argument in arguments), rest)
    return _opaque(spread, rest.position, rest.why)


def _member(interpreter: Interpreter, node: Node, scope: Scope) -> Value:
    target = node.child_by_field_name("object")
    field = node.child_by_field_name("property")
    position = scope.source.position(node)
    if target is None or field is None:
        return Unknown(position, "a member that is not followed")
    owner = interpreter.evaluate(target, scope)
    return _noted(interpreter, member_of(owner, text_of(field), position))


def _subscript(interpreter: Interpreter, node: Node, scope: Scope) -> Value:
    target, index = node.child_by_field_name("object"), node.child_by_field_name("index")
    position = scope.source.position(node)
    if target is None or index is None:
        return Unknown(position, "a member that is not followed")
    owner, key = interpreter.evaluate(target, scope), interpreter.evaluate(index, scope)
    return _noted(interpreter, element_of(owner, key, position))


def _noted(interpreter: Interpreter, value: Value) -> Value:
    """Note a reference to the environment, so that one which no schema decodes is reported."""
    if isinstance(value, EnvironmentReference):
        interpreter.journal.environment[value.position] = value.name
    return value


def _binary(interpreter: Interpreter, node: Node, scope: Scope) -> Value:
    left_node, right_node = node.child_by_field_name("left"), node.child_by_field_name("right")
    operator = node.child_by_field_name("operator")
    position = scope.source.position(node)
    if left_node is None or right_node is None or operator is None:
        return Unknown(position, "an operation that is not followed")
    left, right = interpreter.evaluate(left_node, scope), interpreter.evaluate(right_node, scope)
    sign = operator.type
    constant = constant_of(right)
    if sign in {"??", "||"} and isinstance(left, EnvironmentReference) and constant:
        return EnvironmentReference(left.name, left.position, constant)
    if sign == "+" and isinstance(left, Constant) and isinstance(right, Constant):
        text = _joined(left) + _joined(right)
        is_text = isinstance(left.value, str) or isinstance(right.value, str)
        if is_text and len(text) <= LONGEST_TEXT:
            return Constant(text, left.redacted or right.redacted)
    return _opaque(ArrayValue((left, right)), position, f"the operation {sign}")


def _joined(constant: Constant) -> str:
    """Return what a constant becomes in a longer text."""
    return "null" if constant.text is None else constant.text


def _conditional(interpreter: Interpreter, node: Node, scope: Scope) -> Value:
    branches = [node.child_by_field_name(name) for name in ("consequence", "alternative")]
    values = tuple(interpreter.evaluate(branch, scope) for branch in branches if branch is not None)
    return _opaque(ArrayValue(values), scope.source.position(node), "this depends on a condition")


def _unary(interpreter: Interpreter, node: Node, scope: Scope) -> Value:
    operand = node.child_by_field_name("argument")
    value = interpreter.evaluate(operand, scope) if operand is not None else Constant(None)
    number = value.value if isinstance(value, Constant) else None
    if text_of(node).startswith("-") and isinstance(number, (int, float)):
        return Constant(-number)
    return Unknown(
        scope.source.position(node), "an operation that is not followed", reads_in(value)
    )


def _assertion(interpreter: Interpreter, node: Node, scope: Scope) -> Value:
    return interpreter.evaluate(list(parts(node))[-1], scope)


def _yield(interpreter: Interpreter, node: Node, scope: Scope) -> Value:
    value = interpreter.evaluate(next(parts(node)), scope)
    return Loaded(value.reads) if isinstance(value, ConfigValue) else value


def _meta(interpreter: Interpreter, node: Node, scope: Scope) -> Value:
    return Foreign("global", (re.sub(r"\s", "", text_of(node)),))


def _opaque(value: Value, position: Position, why: str) -> Unknown:
    """Return what is not understood of a value, with the reads that went into it."""
    operands = value.items if isinstance(value, ArrayValue) else (value,)
    return Unknown(position, why, reads_in(value), any(map(is_parameter, operands)))


EXPRESSIONS: dict[str, Callable[[Interpreter, Node, Scope], Value]] = {
    "identifier": _identifier,
    "undefined": _constant,
    "null": _constant,
    "true": _constant,
    "false": _constant,
    "number": _number,
    "string": _string,
    "template_string": _template,
    "object": _object,
    "array": _array,
    "arrow_function": _function,
    "function_expression": _function,
    "generator_function": _function,
    "function_declaration": _function,
    "generator_function_declaration": _function,
    "call_expression": _call,
    "new_expression": _call,
    "member_expression": _member,
    "subscript_expression": _subscript,
    "binary_expression": _binary,
    "ternary_expression": _conditional,
    "unary_expression": _unary,
    "type_assertion": _assertion,
    "yield_expression": _yield,
    "meta_property": _meta,
}
