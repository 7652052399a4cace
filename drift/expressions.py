"""The forms of expressions, each as a function: what it is, from what its parts are.

``EXPRESSIONS`` is the table, by the name that the grammar gives a form.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from tree_sitter import Node

from drift.contents import reads_in
from drift.known import constant_of
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
MOST_ITEMS = 5_000

_GLOBALS = {"undefined": Constant(None), "NaN": Constant(float("nan"))}
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "v": "\v", "0": "\0", "\n": ""}


def _identifier(interpreter: Interpreter, node: Node, scope: Scope) -> Value:
    name = text_of(node)
    interpreter.journal.identifiers.add((str(scope.source.path), node.start_byte))
    found = scope.find(name)
    if found is not None:
        return interpreter.resolve(found)
    return _GLOBALS.get(name, Foreign("global", (name,)))


def _constant(interpreter: Interpreter, node: Node, scope: Scope) -> Value:
    return {"true": Constant(True), "false": Constant(False)}.get(node.type, Constant(None))


def _number(interpreter: Interpreter, node: Node, scope: Scope) -> Value:
    text = text_of(node).replace("_", "").lower()
    try:
        return Constant(int(text.removesuffix("n"), 0))
    except ValueError:
        pass
    try:
        number = float(text)
    except ValueError:
        return Unknown(scope.source.position(node), "a number in a form that is not followed")
    whole = number.is_integer() and abs(number) < 2**53
    return Constant(int(number) if whole else number)


def _string(interpreter: Interpreter, node: Node, scope: Scope) -> Value:
    return Constant("".join(map(_fragment, parts(node))))


def _template(interpreter: Interpreter, node: Node, scope: Scope) -> Value:
    text = ""
    for part in parts(node):
        if part.type != "template_substitution":
            text += _fragment(part)
            continue
        value = interpreter.evaluate(next(parts(part)), scope)
        constant = constant_of(value)
        if constant is None or constant.redacted:
            return _opaque(value, scope.source.position(part), "a template of more than constants")
        text += "null" if constant.text is None else constant.text
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
    called = node.child_by_field_name("function") or node.child_by_field_name("constructor")
    given = node.child_by_field_name("arguments")
    if called is None:
        return Unknown(position, "a call that is not followed")
    function = interpreter.evaluate(called, scope)
    if given is None:
        return interpreter.call(function, [], position)
    if given.type != "arguments":
        if interpreter.is_reader(function):
            interpreter.report(position, "a tagged template")
        return _opaque(function, position, "a tagged template")
    arguments, rest = _items(interpreter, given, scope)
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
    return _note(
        interpreter,
        member_of(interpreter, interpreter.evaluate(target, scope), text_of(field), position),
    )


def _subscript(interpreter: Interpreter, node: Node, scope: Scope) -> Value:
    target, index = node.child_by_field_name("object"), node.child_by_field_name("index")
    position = scope.source.position(node)
    if target is None or index is None:
        return Unknown(position, "a member that is not followed")
    value = interpreter.evaluate(target, scope)
    return _note(
        interpreter, element_of(interpreter, value, interpreter.evaluate(index, scope), position)
    )


def _note(interpreter: Interpreter, value: Value) -> Value:
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
    constants = [each for each in (left, right) if isinstance(each, Constant)]
    has_text = any(isinstance(each.value, str) for each in constants)
    if sign == "+" and len(constants) == 2 and has_text:
        text = "".join("null" if each.text is None else each.text for each in constants)
        if len(text) <= LONGEST_TEXT:
            return Constant(text, any(each.redacted for each in constants))
    return _opaque(ArrayValue((left, right)), position, f"the operation {sign}")


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
