"""Reads back the YAML that the collector's configuration is written in: no more than that."""

from __future__ import annotations

import json
from typing import Any


def parse(text: str) -> Any:
    """Return the value of a document of mappings, lists and scalars; raises on anything else."""
    lines = [(len(line) - len(line.lstrip()), line.strip()) for line in text.splitlines()]
    value, rest = _block(lines)
    assert not rest, rest[0]
    return value


def _block(lines: list[tuple[int, str]]) -> tuple[Any, list[tuple[int, str]]]:
    indent = lines[0][0]
    if lines[0][1].startswith("- "):
        items = []
        while lines and lines[0][0] == indent and lines[0][1].startswith("- "):
            # What follows the dash is a block of its own, indented by the dash.
            value, lines = _entry([(indent + 2, lines[0][1][2:]), *lines[1:]])
            items.append(value)
        return items, lines
    table: dict[str, Any] = {}
    while lines and lines[0][0] == indent:
        key, colon, inner = lines[0][1].partition(":")
        assert colon, lines[0]
        assert inner[:1] in {"", " "}, lines[0]
        assert key not in table, lines[0]
        if inner:
            table[key], lines = _scalar(inner.strip()), lines[1:]
        else:
            assert lines[1][0] == indent + 2, lines[1]
            table[key], lines = _block(lines[1:])
    return table, lines


def _entry(lines: list[tuple[int, str]]) -> tuple[Any, list[tuple[int, str]]]:
    head = lines[0][1]
    quoted = head[0] in "\"'"
    if not quoted and (head.endswith(":") or ": " in head):
        return _block(lines)
    return _scalar(head), lines[1:]


def _scalar(text: str) -> Any:
    if text.startswith("'"):
        assert text.count("'") == 2, text
        assert text.endswith("'"), text
        return text[1:-1]
    if text[0].isalpha() or text[0] == "/" or text[-1] in "smh":
        return {"true": True, "false": False}.get(text, text)
    return json.loads(text)
