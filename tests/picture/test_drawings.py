"""Drawings are readable, current, and hold no name as a part of their language."""

from __future__ import annotations

import re
from itertools import combinations
from xml.etree import ElementTree

import pytest

from picture.graph import Picture
from picture.layout import Box, Layout, LayoutError, Line, lay_out
from picture.mermaid import mermaid
from picture.svg import svg
from scripts import pictures as script
from tests.picture.hostile import HOSTILE, hostile
from tests.support import ENVIRONMENTS

LAPTOP = 1366
_LINE = re.compile(
    r'(flowchart TB|subgraph g\d+\["[^"\n]*"\]|end|n\d+(\["|\[\("|\(\[")[^"\n]*("\]|"\)\]|"\]\))'
    r'|[ng]\d+ -\.?-\.?>(\|"[^"\n]*"\|)? [ng]\d+|-?classDef \w+ [\w:#,. -]+|class [n\d,]+ \w+'
    r"|linkStyle [\d,]+ [\w:#,. -]+)"
)


def overlap(a: Box, b: Box) -> bool:
    return (
        a.x < b.x + b.width
        and b.x < a.x + a.width
        and a.y < b.y + b.height
        and b.y < a.y + a.height
    )


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_no_node_and_no_label_covers_another(layouts: dict[str, Layout], environment: str) -> None:
    layout = layouts[environment]
    named = [(node.title, box) for node, box in layout.nodes]
    named += [(line.edge.label, line.label) for line in layout.lines if line.label]
    assert [
        (a, b) for (a, one_box), (b, other) in combinations(named, 2) if overlap(one_box, other)
    ] == []


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_no_line_runs_through_a_node(layouts: dict[str, Layout], environment: str) -> None:
    layout = layouts[environment]

    def through(line: Line, box: Box) -> bool:
        inner = Box(box.x + 1, box.y + 1, box.width - 2, box.height - 2)
        return any(
            overlap(Box(min(x, u), min(y, v), abs(x - u) or 0.1, abs(y - v) or 0.1), inner)
            for (x, y), (u, v) in zip(line.points, line.points[1:], strict=False)
        )

    assert [
        (line.edge.key, node.title)
        for line in layout.lines
        for node, box in layout.nodes
        if through(line, box)
    ] == []


def test_production_is_as_wide_as_a_laptop_without_being_made_smaller(
    layouts: dict[str, Layout],
) -> None:
    assert layouts["prod"].width < LAPTOP - 40


def test_the_committed_files_are_current(
    pictures: dict[str, Picture], layouts: dict[str, Layout]
) -> None:
    written = dict(script.files((pictures[name], layouts[name]) for name in ENVIRONMENTS))
    committed = {path.name: path.read_text() for path in script.FOLDER.iterdir()}
    assert committed == written, "run make update-snapshots"


def test_svg_holds_a_hostile_name_as_text_only(layouts: dict[str, Layout]) -> None:
    root = ElementTree.fromstring(svg(layouts["hostile"]))
    tags = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert tags == {"svg", "title", "style", "defs", "marker", "path", "rect", "g", "text"}
    texts = [e.text for e in root.iter() if e.tag.endswith("}text")]
    assert texts.count(HOSTILE) == 4


@pytest.mark.parametrize("picture", [hostile(), None])
def test_each_line_of_mermaid_is_one_that_was_meant(
    picture: Picture | None, pictures: dict[str, Picture]
) -> None:
    drawn = [picture] if picture else [*pictures.values()]
    for text in map(mermaid, drawn):
        for line in text.splitlines():
            assert _LINE.fullmatch(line.strip()), line
        assert "`" not in text
        assert "<" not in text.replace("<br/>", "")


def test_without_node_the_fix_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda *_, **__: None)
    with pytest.raises(LayoutError, match="run make setup"):
        lay_out([hostile()])
