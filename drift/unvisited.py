"""What the interpreter did not visit: mentions of Effect's Config, so that nothing is dropped."""

from __future__ import annotations

from tree_sitter import Node

from drift.modules import Module
from drift.source import identifiers_in, text_of
from drift.values import Closure, Interpreter, Namespace, Native, Value

_NO_EXPRESSION = frozenset(
    {
        "import_specifier",
        "import_clause",
        "namespace_import",
        "export_specifier",
        "nested_type_identifier",
        "nested_identifier",
        "type_query",
        "type_annotation",
    }
)
"""Nodes around a name that is imported, exported or a type, so never evaluated."""
_PATTERNS = frozenset(
    {
        "required_parameter",
        "optional_parameter",
        "formal_parameters",
        "pair_pattern",
        "array_pattern",
        "rest_pattern",
    }
)
"""Nodes around a name that a parameter or a pattern binds."""


def report_unvisited_mentions(interpreter: Interpreter, module: Module) -> None:
    """Report every mention of Effect's Config and of the environment that was not evaluated."""
    source = module.source
    aliases = _aliases(interpreter, module)
    file, reported_to = str(source.path), 0
    for start, word in identifiers_in(source.text):
        is_visited = (file, start) in interpreter.journal.identifiers
        if word not in aliases or start < reported_to or is_visited:
            continue
        node = source.root.named_descendant_for_byte_range(start, start + len(word))
        if node is None or node.type not in {"identifier", "shorthand_property_identifier"}:
            continue
        expression = _expression_around(interpreter, module, node)
        if expression is not None:
            reported_to = expression.end_byte
            why = f"{text_of(node)} is used in code that is not followed"
            interpreter.report(source.position(node), why)


def _aliases(interpreter: Interpreter, module: Module) -> set[bytes]:
    """Return the names that stand for something that reads the environment."""
    aliases = {b"process", b"Bun"}
    words_of_closures: dict[bytes, frozenset[bytes]] = {}
    schemas: set[bytes] = set()
    for name, held in module.scope.names.items():
        value = interpreter.resolve(held)
        if isinstance(value, Closure):
            words = frozenset(word for _, word in identifiers_in(value.node.text or b""))
            words_of_closures[name.encode()] = words
        elif value == Namespace("Schema"):
            schemas.add(name.encode())
        elif _reads_when_called(value):
            aliases.add(name.encode())
    # A function that uses such a name is such a name itself, and so on.
    growing = True
    while growing:
        users = {name for name, words in words_of_closures.items() if words & aliases} - aliases
        growing = bool(users)
        aliases |= users
    return aliases | schemas


def _reads_when_called(value: Value) -> bool:
    if isinstance(value, Namespace):
        return value.name in {"", "Config"}
    return isinstance(value, Native) and value.name not in {"pipe", "flow", "identity", "constant"}


def _expression_around(interpreter: Interpreter, module: Module, node: Node) -> Node | None:
    """Return the expression that uses a name to read something, or None where it reads nothing."""
    parent = node.parent
    if parent is None or parent.type in _NO_EXPRESSION | _PATTERNS:
        return None
    if parent.child_by_field_name("name") == node:
        return None
    outer = node
    chain = [text_of(node)]
    while parent is not None and parent.type in {"member_expression", "call_expression"}:
        if parent.type == "member_expression":
            field = parent.child_by_field_name("property")
            chain.append(text_of(field) if field is not None else "")
        outer, parent = parent, parent.parent
    if parent is not None and parent.type in _NO_EXPRESSION:
        return None
    return outer if _reads_environment(interpreter, module, chain) else None


def _reads_environment(interpreter: Interpreter, module: Module, chain: list[str]) -> bool:
    """Tell whether a name and the members taken from it can read a variable."""
    name, *members = chain
    held = module.scope.names.get(name)
    value = interpreter.resolve(held) if held is not None else None
    if isinstance(value, Namespace):
        path = [value.name, *members] if value.name else members
        if path[:1] == ["Schema"]:
            return path[1:2] == ["Config"]
        return path[:1] == ["Config"] and path[1:2] != ["isConfig"]
    if name in {"process", "Bun"} and value is None:
        return members[:1] == ["env"]
    return True
