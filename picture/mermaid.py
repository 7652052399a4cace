"""A picture as Mermaid, which GitHub draws."""

from __future__ import annotations

import re
from collections.abc import Iterator

from picture.graph import Change, Kind, Node, Picture, Relation

_UNSAFE = re.compile(r"[^\w ,.:/()→−-]")  # noqa: RUF001
_SHAPES = {Kind.STORE: ('[("', '")]'), Kind.CALLER: ('(["', '"])')}
_COLOURS = {
    Change.ADDED: ("#d2f4d9", "#1a7f37", ""),
    Change.REMOVED: ("#ffd9d6", "#cf222e", "stroke-dasharray:6 3"),
    Change.CHANGED: ("#fff1c2", "#9a6700", ""),
}


def mermaid(picture: Picture) -> str:
    """Return the picture as a flowchart; what changed is coloured, and says so in words."""
    return "\n".join(_lines(picture)) + "\n"


def _lines(picture: Picture) -> Iterator[str]:
    ids = {node.id: f"n{index}" for index, node in enumerate(picture.nodes)}
    ids |= {group.id: f"g{index}" for index, group in enumerate(picture.groups)}
    yield "flowchart TB"
    yield from _group(picture, None, ids, "  ")
    for edge in picture.edges:
        arrow = "-.->" if edge.relation is Relation.READS else "-->"
        words = [*([edge.change] if edge.change else ()), *([edge.label] if edge.label else ())]
        label = f'|"{text(": ".join(words))}"|' if words else ""
        yield f"  {ids[edge.source]} {arrow}{label} {ids[edge.target]}"
    for change, (fill, stroke, more) in _COLOURS.items():
        changed = [ids[node.id] for node in picture.nodes if node.change is change]
        style = f"stroke:{stroke},stroke-width:2px{f',{more}' if more else ''}"
        if changed:
            yield f"  classDef {change} fill:{fill},color:#1a1f24,{style}"
            yield f"  class {','.join(changed)} {change}"
        indices = [str(i) for i, edge in enumerate(picture.edges) if edge.change is change]
        if indices:
            yield f"  linkStyle {','.join(indices)} {style}"


def _group(picture: Picture, parent: str | None, ids: dict[str, str], indent: str) -> Iterator[str]:
    """Yield what stands in a group, and in those inside of it."""
    for node in picture.nodes:
        if node.group == parent:
            yield f"{indent}{ids[node.id]}{_node(node)}"
    for group in picture.groups:
        inner = (
            list(_group(picture, group.id, ids, f"{indent}  ")) if group.parent == parent else []
        )
        if inner:
            yield f'{indent}subgraph {ids[group.id]}["{text(group.title) or " "}"]'
            yield from inner
            yield f"{indent}end"


def _node(node: Node) -> str:
    opening, closing = _SHAPES.get(node.kind, ('["', '"]'))
    title = f"{node.change}: {node.title}" if node.change else node.title
    return f"{opening}{'<br/>'.join(map(text, (title, *node.lines)))}{closing}"


def text(value: str) -> str:
    """Return a text in which nothing is a part of the language, or of the Markdown around it."""
    return _UNSAFE.sub(lambda match: f"#{ord(match[0])};", " ".join(value.split()))
