"""The forms of expressions, each as a function: what it is, from what its parts are.

``EXPRESSIONS`` is the table, by the name that the grammar gives a form.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from tree_sitter import Node

from drift.known import constant_of
from drift.members import element_of, member_of
from drift.scope import Scope
from drift.source import Position, parts, text_of
from drift.values import (
    Argument,
    ArrayValue,
    Closure,
    ConfigValue,
    Constant,
    EnvironmentReference,
    Foreign,
    Loaded,
    ObjectValue,
    Unknown,
    Value,
    reads_in,
)

if TYPE_CHECKING:
    from drift.evaluate import Evaluator

LONGEST_TEXT = 1_000
MOST_ITEMS = 5_000

_GLOBALS = {"undefined": Constant(None), "NaN": Constant(float("nan"))}
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "v": "\v", "0": "\0", "\n": ""}


def _identifier(evaluator: Evaluator, node: Node, scope: Scope) -> Value:
    name = text_of(node)
    evaluator.visited.add((str(scope.module.source.path), node.start_byte))
    found = scope.find(name)
    if found is not None:
        return evaluator.resolve(found)
    return _GLOBALS.get(name, Foreign("global", (name,)))


def _constant(evaluator: Evaluator, node: Node, scope: Scope) -> Value:
    return {"true": Constant(True), "false": Constant(False)}.get(node.type, Constant(None))


def _number(evaluator: Evaluator, node: Node, scope: Scope) -> Value:
    text = text_of(node).replace("_", "").lower()
    try:
        return Constant(int(text.removesuffix("n"), 0))
    except ValueError:
        pass
    try:
        number = float(text)
    except ValueError:
        return Unknown(evaluator.at(node, scope), "a number in a form that is not followed")
    whole = number.is_integer() and abs(number) < 2**53
    return Constant(int(number) if whole else number)


def _string(evaluator: Evaluator, node: Node, scope: Scope) -> Value:
    return Constant("".join(map(_fragment, parts(node))))


def _template(evaluator: Evaluator, node: Node, scope: Scope) -> Value:
    text = ""
    for part in parts(node):
        if part.type != "template_substitution":
            text += _fragment(part)
            continue
        value = evaluator.evaluate(next(parts(part)), scope)
        constant = constant_of(value)
        if constant is None or constant.redacted:
            return _opaque(value, evaluator.at(part, scope), "a template of more than constants")
        text += "null" if constant.text is None else constant.text
        if len(text) > LONGEST_TEXT:
            return Unknown(evaluator.at(node, scope), f"a text of over {LONGEST_TEXT} characters")
    return Constant(text)


def _object(evaluator: Evaluator, node: Node, scope: Scope) -> Value:
    entries: dict[str, Value] = {}
    rest: Unknown | None = None
    for part in parts(node):
        if part.type == "spread_element":
            value = evaluator.evaluate(next(parts(part)), scope)
            if isinstance(value, ObjectValue):
                entries.update(value.entries)
                rest = rest or value.rest
            elif value != Constant(None):
                rest = _opaque(value, evaluator.at(part, scope), "what is spread is not followed")
            continue
        key, value = _entry(evaluator, part, scope)
        if key is None:
            rest = _opaque(value, evaluator.at(part, scope), "the key is not a constant")
        else:
            entries[key] = value
    return ObjectValue(entries, rest)


def _entry(evaluator: Evaluator, node: Node, scope: Scope) -> tuple[str | None, Value]:
    if node.type == "shorthand_property_identifier":
        return text_of(node), _identifier(evaluator, node, scope)
    if node.type == "method_definition":
        name = node.child_by_field_name("name")
        return text_of(name) if name else None, Closure(node, scope)
    key, value = node.child_by_field_name("key"), node.child_by_field_name("value")
    if key is None or value is None:
        return None, Unknown(evaluator.at(node, scope), f"a {node.type.replace('_', ' ')} here")
    return _key(evaluator, key, scope), evaluator.evaluate(value, scope)


def _key(evaluator: Evaluator, node: Node, scope: Scope) -> str | None:
    if node.type == "property_identifier":
        return text_of(node)
    if node.type == "computed_property_name":
        node = next(parts(node))
    constant = constant_of(evaluator.evaluate(node, scope))
    return constant.text if constant else None


def _array(evaluator: Evaluator, node: Node, scope: Scope) -> Value:
    items, rest = _items(evaluator, node, scope)
    return ArrayValue(tuple(argument.value for argument in items), rest)


def _items(evaluator: Evaluator, node: Node, scope: Scope) -> tuple[list[Argument], Unknown | None]:
    items: list[Argument] = []
    rest: Unknown | None = None
    for part in parts(node):
        position = evaluator.at(part, scope)
        if part.type != "spread_element":
            items.append(Argument(evaluator.evaluate(part, scope), position))
            continue
        value = evaluator.evaluate(next(parts(part)), scope)
        if isinstance(value, ArrayValue) and len(items) + len(value.items) <= MOST_ITEMS:
            items.extend(Argument(item, position) for item in value.items)
            rest = rest or value.rest
        else:
            rest = _opaque(value, position, "what is spread is not followed")
    return items, rest


def _function(evaluator: Evaluator, node: Node, scope: Scope) -> Value:
    return Closure(node, scope)


def _call(evaluator: Evaluator, node: Node, scope: Scope) -> Value:
    position = evaluator.at(node, scope)
    called = node.child_by_field_name("function") or node.child_by_field_name("constructor")
    given = node.child_by_field_name("arguments")
    if called is None:
        return Unknown(position, "a call that is not followed")
    function = evaluator.evaluate(called, scope)
    if given is None:
        return evaluator.call(function, [], position)
    if given.type != "arguments":
        if evaluator.is_reader(function):
            evaluator.trouble(position, "a tagged template")
        return _opaque(function, position, "a tagged template")
    arguments, rest = _items(evaluator, given, scope)
    if rest is None:
        return evaluator.call(function, arguments, position)
    if evaluator.is_reader(function):
        evaluator.trouble(rest.position, rest.why)
    spread = ArrayValue(tuple(argument.value for argument in arguments), rest)
    return _opaque(spread, rest.position, rest.why)


def _member(evaluator: Evaluator, node: Node, scope: Scope) -> Value:
    target = node.child_by_field_name("object")
    field = node.child_by_field_name("property")
    position = evaluator.at(node, scope)
    if target is None or field is None:
        return Unknown(position, "a member that is not followed")
    return _note(
        evaluator, member_of(evaluator, evaluator.evaluate(target, scope), text_of(field), position)
    )


def _subscript(evaluator: Evaluator, node: Node, scope: Scope) -> Value:
    target, index = node.child_by_field_name("object"), node.child_by_field_name("index")
    position = evaluator.at(node, scope)
    if target is None or index is None:
        return Unknown(position, "a member that is not followed")
    value = evaluator.evaluate(target, scope)
    return _note(
        evaluator, element_of(evaluator, value, evaluator.evaluate(index, scope), position)
    )


def _note(evaluator: Evaluator, value: Value) -> Value:
    if isinstance(value, EnvironmentReference):
        evaluator.environment[value.position] = value.name
    return value


def _binary(evaluator: Evaluator, node: Node, scope: Scope) -> Value:
    left_node, right_node = node.child_by_field_name("left"), node.child_by_field_name("right")
    operator = node.child_by_field_name("operator")
    position = evaluator.at(node, scope)
    if left_node is None or right_node is None or operator is None:
        return Unknown(position, "an operation that is not followed")
    left, right = evaluator.evaluate(left_node, scope), evaluator.evaluate(right_node, scope)
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


def _conditional(evaluator: Evaluator, node: Node, scope: Scope) -> Value:
    branches = [node.child_by_field_name(name) for name in ("consequence", "alternative")]
    values = tuple(evaluator.evaluate(branch, scope) for branch in branches if branch is not None)
    return _opaque(ArrayValue(values), evaluator.at(node, scope), "this depends on a condition")


def _unary(evaluator: Evaluator, node: Node, scope: Scope) -> Value:
    operand = node.child_by_field_name("argument")
    value = evaluator.evaluate(operand, scope) if operand is not None else Constant(None)
    number = value.value if isinstance(value, Constant) else None
    if text_of(node).startswith("-") and isinstance(number, (int, float)):
        return Constant(-number)
    return Unknown(evaluator.at(node, scope), "an operation that is not followed", reads_in(value))


def _assertion(evaluator: Evaluator, node: Node, scope: Scope) -> Value:
    return evaluator.evaluate(list(parts(node))[-1], scope)


def _yield(evaluator: Evaluator, node: Node, scope: Scope) -> Value:
    value = evaluator.evaluate(next(parts(node)), scope)
    return Loaded(value.reads) if isinstance(value, ConfigValue) else value


def _meta(evaluator: Evaluator, node: Node, scope: Scope) -> Value:
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


EXPRESSIONS: dict[str, Callable[[Evaluator, Node, Scope], Value]] = {
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
