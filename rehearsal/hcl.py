"""Reads Terraform's HCL as far as a rehearsal must know it, into the form of Terraform's JSON.

Terraform itself reads the files, and says what is wrong with them: so this reading goes on behind a
mistake. Literals become values, and every other expression becomes text, as in JSON:
``"${var.name}"``. The grammar is that of the package ``tree-sitter-hcl``.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tree_sitter import Language, Node, Parser


@dataclass(frozen=True)
class HclBlock:
    """A block of a file: its type, labels and body, and the line on which it begins."""

    type: str
    labels: tuple[str, ...]
    body: Mapping[str, Any]
    line: int


def read_blocks(content: bytes) -> Iterator[HclBlock]:
    """Yield the blocks at the top of a file, in their order."""
    for node in _body(_parser().parse(content).root_node):
        if node.type == "block":
            kind, labels, body = _block(node)
            yield HclBlock(kind, labels, body, node.start_point.row + 1)


def read_names(content: bytes) -> set[str]:
    """Return the names that a file of values (``.tfvars``) sets."""
    root = _parser().parse(content).root_node
    return {_text(node.named_children[0]) for node in _body(root) if node.type == "attribute"}


@functools.cache
def _parser() -> Parser:
    # Only a folder of HCL needs the grammar.
    import tree_sitter_hcl

    return Parser(Language(tree_sitter_hcl.language()))


def _body(node: Node) -> list[Node]:
    """Return the attributes and blocks of a file or block."""
    return [
        child
        for body in node.named_children
        if body.type == "body"
        for child in body.named_children
    ]


def _block(node: Node) -> tuple[str, tuple[str, ...], dict[str, Any]]:
    head = [n for n in node.named_children if n.type in ("identifier", "string_lit")]
    kind, *labels = (_label(child) for child in head)
    content: dict[str, Any] = {}
    for child in _body(node):
        if child.type == "attribute" and len(child.named_children) > 1:
            name, expression = child.named_children[:2]
            content[_text(name)] = _value(expression)
        elif child.type == "block":
            inner_kind, inner_labels, inner = _block(child)
            content.setdefault(inner_kind, []).append(nested(inner_labels, inner))
    return kind, tuple(labels), content


def nested(labels: tuple[str, ...], body: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the body of a block below its labels, as JSON has it."""
    for label in reversed(labels):
        body = {label: body}
    return body


def _value(node: Node) -> Any:
    inner = node
    while inner.type in ("expression", "literal_value", "collection_value") and (
        len(inner.named_children) == 1
    ):
        inner = inner.named_children[0]
    match inner.type:
        case "string_lit":
            return _label(inner)
        case "bool_lit" | "null_lit" | "numeric_lit":
            return _literal(_text(inner))
        case "tuple":
            return [_value(item) for item in inner.named_children if item.type == "expression"]
        case "object":
            elements = (item for item in inner.named_children if item.type == "object_elem")
            return {_key(item): _value(item.named_children[-1]) for item in elements}
    return f"${{{_text(node)}}}"


def _literal(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text  # such as 0x10, which Terraform refuses


def _key(element: Node) -> str:
    key = _value(element.named_children[0])
    return str(key).removeprefix("${").removesuffix("}")


def _label(node: Node) -> str:
    text = _text(node)
    if node.type == "identifier":
        return text
    try:
        return str(json.loads(text))
    except ValueError:
        return text.strip('"')


def _text(node: Node) -> str:
    return (node.text or b"").decode(errors="replace")
