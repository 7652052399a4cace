"""A picture as SVG, in light and dark, readable without any font or file of others."""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from picture.graph import Node, Relation
from picture.layout import LINE_HEIGHT, PADDING, TITLE_SIZE, Box, Layout, Line

STYLE = """
.drawing { --ink: #1a1f24; --faint: #57606a; --paper: #ffffff; --rim: #c3c9d0; --line: #4a545f;
  --group: #8c959f; --service: #dbeafe; --job: #e6e2fb; --store: #dcf2e0; --secrets: #fdecc8;
  --edge: #d3f0f2; --outside: #eef0f2;
  font-family: Helvetica, Arial, "Liberation Sans", sans-serif; }
@media (prefers-color-scheme: dark) { .drawing { --ink: #e8edf2; --faint: #a9b3bd;
  --paper: #14181c; --rim: #4b555f; --line: #aab4be; --group: #66717c; --service: #17365e;
  --job: #352f63; --store: #16412a; --secrets: #54400f; --edge: #12444a; --outside: #262c32; } }
.drawing .paper { fill: var(--paper); }
.drawing .group { fill: none; stroke: var(--group); stroke-dasharray: 5 4; }
.drawing .group-title { fill: var(--faint); font-size: 12.5px; font-weight: bold; }
.drawing .node { fill: var(--outside); stroke: var(--rim); }
.drawing .service { fill: var(--service); } .drawing .job { fill: var(--job); }
.drawing .store, .drawing .machine { fill: var(--store); }
.drawing .secrets { fill: var(--secrets); } .drawing .edge { fill: var(--edge); }
.drawing .title { fill: var(--ink); font-size: 14px; font-weight: bold; }
.drawing .line { fill: var(--ink); font-size: 12.5px; }
.drawing .label { fill: var(--ink); font-size: 12px; text-anchor: middle; }
.drawing .label, .drawing .group-title { paint-order: stroke; stroke: var(--paper);
  stroke-width: 5px; stroke-linejoin: round; }
.drawing .way { fill: none; stroke: var(--line); stroke-width: 1.4; }
.drawing .reads { stroke-dasharray: 2 4; }
.drawing .head { fill: var(--line); }
"""
_ROUND = 6
"""Pixels by which corners are rounded."""


def svg(layout: Layout) -> str:
    """Return the picture as a document of SVG, which can stand in a page too."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="drawing" role="img" '
        f'viewBox="0 0 {layout.width:g} {layout.height:g}" '
        f'width="{layout.width:g}" height="{layout.height:g}">\n'
        f"<title>{escape(layout.picture.title)}</title>\n"
        f"<style>{STYLE}</style>\n"
        '<defs><marker id="head" viewBox="0 0 8 8" refX="7.5" refY="4" markerWidth="8" '
        'markerHeight="8" orient="auto" markerUnits="userSpaceOnUse">'
        '<path class="head" d="M0 0.5 L8 4 L0 7.5 z"/></marker></defs>\n'
        f'<rect class="paper" width="{layout.width:g}" height="{layout.height:g}"/>\n'
        + "".join(f"{part}\n" for part in _parts(layout))
        + "</svg>\n"
    )


def _parts(layout: Layout) -> Iterator[str]:
    for _, box in layout.groups:
        yield _rect("group", box)
    for line in layout.lines:
        yield _way(line)
    for node, box in layout.nodes:
        yield _node(node, box)
    for group, box in layout.groups:
        yield _text("group-title", box.x + 12, box.y + 20, group.title)
    for line in layout.lines:
        if line.label:
            x = line.label.x + line.label.width / 2
            y = line.label.y + line.label.height - 4
            yield _text("label", x, y, line.edge.label)


def _node(node: Node, box: Box) -> str:
    left, y = box.x + PADDING, box.y + PADDING + TITLE_SIZE - 3
    texts = [_text("title", left, y, node.title)]
    texts += [
        _text("line", left, y + LINE_HEIGHT * number, line)
        for number, line in enumerate(node.lines, start=1)
    ]
    return f"<g>{_rect(f'node {node.kind}', box)}{''.join(texts)}</g>"


def _way(line: Line) -> str:
    (x, y), *rest = line.points
    steps = " ".join(f"L{a:g} {b:g}" for a, b in rest)
    classes = "way" if line.edge.relation is Relation.CALLS else f"way {line.edge.relation}"
    return f'<path class={quoteattr(classes)} d="M{x:g} {y:g} {steps}" marker-end="url(#head)"/>'


def _rect(classes: str, box: Box) -> str:
    return (
        f'<rect class="{classes}" x="{box.x:g}" y="{box.y:g}" width="{box.width:g}" '
        f'height="{box.height:g}" rx="{_ROUND}"/>'
    )


def _text(classes: str, x: float, y: float, text: str) -> str:
    return f'<text class="{classes}" x="{x:g}" y="{y:g}">{escape(text)}</text>'
