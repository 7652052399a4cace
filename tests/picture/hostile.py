"""A picture whose names try to be a part of every language that it is drawn in."""

from __future__ import annotations

from picture.graph import Change, Drawing, Kind, Picture, Relation

HOSTILE = '"]; end\n```\n<script>alert(1)</script> & %% click n0 "javascript:1" #35; \'|]]>'


def hostile() -> Picture:
    drawing = Drawing()
    drawing.group("run", HOSTILE)
    drawing.node("a", Kind.SERVICE, HOSTILE, lines=(HOSTILE,), group="run", change=Change.ADDED)
    drawing.node("b", Kind.STORE, HOSTILE)
    drawing.edge("a", "b", Relation.READS, HOSTILE)
    return drawing.picture(HOSTILE, HOSTILE)
