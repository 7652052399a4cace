"""Where the nodes and edges of a picture are drawn: positions by ELK, which runs in Node.

Sizes are computed here, from the widths of letters, so that the same picture gives the same bytes
on every machine. ELK (npm package elkjs) is pure JavaScript and asks for no fonts.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from picture.graph import Edge, Group, Node, Picture, Relation, bundled

TITLE_SIZE = 14
LINE_SIZE = 12.5
LABEL_SIZE = 12
LINE_HEIGHT = 17
PADDING = 10
_SCRIPT = Path(__file__).with_name("layout.cjs")
_TIMEOUT_SECONDS = 60
_NARROW = frozenset("iljtfrI.,:;'|!()[]/ -")
_WIDE = frozenset("mwMW@%")
_BOLD = 1.12
_OPTIONS = {
    "elk.layered.thoroughness": "7",
    "elk.algorithm": "layered",
    "elk.direction": "DOWN",
    "elk.hierarchyHandling": "INCLUDE_CHILDREN",
    "elk.edgeRouting": "ORTHOGONAL",
    "elk.json.shapeCoords": "ROOT",
    "elk.json.edgeCoords": "ROOT",
    "elk.randomSeed": "1",
    "elk.padding": "[top=12,left=12,bottom=12,right=12]",
    "elk.spacing.nodeNode": "18",
    "elk.spacing.edgeNode": "12",
    "elk.spacing.edgeEdge": "10",
    "elk.spacing.edgeLabel": "3",
    "elk.layered.spacing.nodeNodeBetweenLayers": "34",
    "elk.layered.spacing.edgeNodeBetweenLayers": "14",
    "elk.layered.spacing.edgeEdgeBetweenLayers": "12",
    "elk.layered.layering.strategy": "LONGEST_PATH_SOURCE",
    "elk.layered.nodePlacement.strategy": "NETWORK_SIMPLEX",
}


class LayoutError(Exception):
    """ELK did not lay a picture out; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle, in pixels from the left and the top."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Line:
    """An edge as the points between which it runs, and where its label is."""

    edge: Edge
    points: tuple[tuple[float, float], ...]
    label: Box | None


@dataclass(frozen=True, slots=True)
class Layout:
    """A picture with positions."""

    picture: Picture
    width: float
    height: float
    groups: tuple[tuple[Group, Box], ...]
    """Outer ones before those inside of them."""
    nodes: tuple[tuple[Node, Box], ...]
    lines: tuple[Line, ...]


def lay_out(pictures: Iterable[Picture]) -> list[Layout]:
    """Return the pictures with positions; raises LayoutError.

    Node starts once for all of them.
    """
    drawn = [bundled(picture) for picture in pictures]
    graphs = _run([_graph(picture) for picture in drawn])
    return [_layout(picture, graph) for picture, graph in zip(drawn, graphs, strict=True)]


def width_of(text: str, size: float, *, bold: bool = False) -> float:
    """Return how wide a text of a sans-serif font is at most, about, in pixels."""
    return sum(map(_width, text)) * size * (_BOLD if bold else 1)


def _width(letter: str) -> float:
    """Return the width of a letter of DejaVu Sans, the widest of the usual fonts, in em."""
    if letter in _NARROW:
        return 0.4
    if letter in _WIDE or not letter.isascii():
        return 1
    return 0.69 if letter.isupper() else 0.62


def _run(graphs: Sequence[Any]) -> Any:
    node = shutil.which("node", path=str(Path(sys.executable).parent)) or shutil.which("node")
    if node is None:
        raise LayoutError("there is no Node to lay the picture out with; run make setup")
    process = subprocess.run(
        [node, _SCRIPT],
        input=json.dumps(graphs),
        capture_output=True,
        text=True,
        check=False,
        timeout=_TIMEOUT_SECONDS,
    )
    if process.returncode:
        reason = process.stderr.strip().partition("\n")[0]
        raise LayoutError(f"ELK did not lay the picture out: {reason}; run make setup")
    return json.loads(process.stdout)


def _graph(picture: Picture) -> dict[str, Any]:
    sizes = Counter(node.group for node in picture.nodes)
    children: dict[str | None, list[dict[str, Any]]] = {}
    for node in picture.nodes:
        # ELK does not see the title of a group: what stands alone in it is as wide.
        title = picture.titles.get(node.group or "", "") if sizes[node.group] == 1 else ""
        least = round(width_of(title, LINE_SIZE, bold=True))
        children.setdefault(node.group, []).append(_node(node, least))
    # Inner groups come after those around them.
    for group in reversed(picture.groups):
        children.setdefault(group.parent, []).append(
            {
                "id": group.id,
                "children": children.pop(group.id, []),
                "layoutOptions": _group_options(group),
            }
        )
    return {
        "id": "",
        "layoutOptions": _OPTIONS,
        "children": children.get(None, []),
        "edges": [_edge(index, edge) for index, edge in enumerate(picture.edges)],
    }


def _group_options(group: Group) -> dict[str, str]:
    room = LINE_HEIGHT + 16 if group.title else 14
    return {"elk.padding": f"[top={room},left=14,bottom=14,right=14]"}


def _node(node: Node, least: int) -> dict[str, Any]:
    widths = [
        width_of(node.title, TITLE_SIZE, bold=True),
        *(width_of(t, LINE_SIZE) for t in node.lines),
    ]
    height = LINE_HEIGHT * (1 + len(node.lines)) + 2 * PADDING - 4
    return {"id": node.id, "width": max(least, round(max(widths)) + 2 * PADDING), "height": height}


def _edge(index: int, edge: Edge) -> dict[str, Any]:
    width = round(width_of(edge.label, LABEL_SIZE)) + 4
    label = {
        "text": edge.label,
        "width": width,
        "height": LABEL_SIZE + 4,
        "layoutOptions": {"elk.edgeLabels.inline": "true"},
    }
    return {
        "id": f"edge {index}",
        "sources": [edge.source],
        "targets": [edge.target],
        "labels": [label] if edge.label and edge.relation is not Relation.READS else [],
    }


def _layout(picture: Picture, graph: Any) -> Layout:
    boxes: dict[str, Box] = {}

    def collect(children: Iterable[Any]) -> None:
        for child in children:
            boxes[child["id"]] = _box(child)
            collect(child.get("children", ()))

    collect(graph["children"])
    lines = []
    for edge, drawn in zip(picture.edges, graph["edges"], strict=True):
        for section in drawn["sections"]:
            points = [section["startPoint"], *section.get("bendPoints", ()), section["endPoint"]]
            labels = drawn.get("labels", ())
            lines.append(
                Line(
                    edge,
                    tuple((round(p["x"], 1), round(p["y"], 1)) for p in points),
                    _box(labels[0]) if labels else None,
                )
            )
    return Layout(
        picture,
        round(graph["width"], 1),
        round(graph["height"], 1),
        tuple((group, boxes[group.id]) for group in picture.groups),
        tuple((node, boxes[node.id]) for node in picture.nodes),
        tuple(lines),
    )


def _box(shape: Any) -> Box:
    return Box(*(round(shape[key], 1) for key in ("x", "y", "width", "height")))
