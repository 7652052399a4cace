"""A page as HTML that asks the network for nothing: a picture, and sections of tables."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from picture.svg import STYLE

_CSS = Path(__file__).with_name("page.css").read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Link:
    """A text that leads somewhere when it is clicked."""

    text: str
    href: str


Cell = str | Link


@dataclass(frozen=True, slots=True)
class Table:
    """Rows below heads; the first cell of a row names it."""

    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page with a heading of its own."""

    id: str
    title: str
    text: str
    tables: tuple[Table, ...] = ()
    drawing: str = ""
    """A picture as SVG, of which every text is escaped already."""


def page(title: str, introduction: str, sections: Sequence[Section]) -> str:
    """Return the page; texts are escaped here, and no style but that of the page applies."""
    hashes = " ".join(f"'sha256-{_hash(style)}'" for style in (_CSS, STYLE))
    policy = f"default-src 'none'; style-src {hashes}; base-uri 'none'; form-action 'none'"
    links = "".join(f'<li><a href="#{s.id}">{escape(s.title)}</a></li>' for s in sections)
    return "".join(
        (
            '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n',
            f'<meta http-equiv="Content-Security-Policy" content="{escape(policy)}">\n',
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n',
            '<meta name="color-scheme" content="light dark">\n',
            f"<title>{escape(title)}</title>\n<style>{_CSS}</style>\n</head>\n<body>\n",
            f"<header>\n<h1>{escape(title)}</h1>\n<p>{escape(introduction)}</p>\n",
            f'<nav aria-label="Sections"><ul>{links}</ul></nav>\n</header>\n<main>\n',
            *map(_section, sections),
            "</main>\n</body>\n</html>\n",
        )
    )


def _hash(style: str) -> str:
    return base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()


def _section(section: Section) -> str:
    heading = f"{section.id}-heading"
    return "".join(
        (
            f'<section id="{section.id}" aria-labelledby="{heading}">\n',
            f'<h2 id="{heading}">{escape(section.title)}</h2>\n',
            f"<p>{escape(section.text)}</p>\n",
            _scrolled(section.drawing, f"{section.title}, drawn") if section.drawing else "",
            *(_scrolled(_table(table), table.caption) for table in section.tables),
            "</section>\n",
        )
    )


def _scrolled(content: str, label: str) -> str:
    """Return a part that is scrolled by itself where it is wider than the page, by keys too."""
    return (
        f'<div class="wide" role="region" aria-label="{escape(label)}" tabindex="0">\n'
        f"{content}</div>\n"
    )


def _table(table: Table) -> str:
    heads = "".join(f'<th scope="col">{escape(head)}</th>' for head in table.heads)
    return (
        f"<table>\n<caption>{escape(table.caption)}</caption>\n<thead><tr>{heads}</tr></thead>\n"
        f"<tbody>\n{''.join(_rows(table.rows))}</tbody>\n</table>\n"
    )


def _rows(rows: Iterable[tuple[Cell, ...]]) -> Iterator[str]:
    for first, *rest in rows:
        cells = "".join(f"<td>{_cell(cell)}</td>" for cell in rest)
        yield f'<tr><th scope="row">{_cell(first)}</th>{cells}</tr>\n'


def _cell(cell: Cell) -> str:
    if isinstance(cell, Link):
        return f'<a href="{escape(cell.href)}">{escape(cell.text)}</a>'
    return "<br>".join(map(escape, cell.split("\n")))
