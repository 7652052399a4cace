"""Write ``docs/reference/pictures``: ``python -m scripts.pictures``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from change.side import read_side
from picture.contents import connections
from picture.graph import Picture, bundled
from picture.layout import Layout, lay_out
from picture.mermaid import mermaid
from picture.page import Table
from picture.read import read
from picture.svg import svg

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "docs" / "reference" / "pictures"

_HEAD = """# The picture of {name}

Made by `make update-snapshots` from the synthesized stacks; a test compares the two. What is drawn
and what is not, and the same as a page with all about the environment:
[pictures](../../concepts/pictures.md).

![{name}: who talks to whom; the same is in the table below]({name}.svg)

"""


def files(drawn: Iterable[tuple[Picture, Layout]]) -> Iterator[tuple[str, str]]:
    """Yield the name and the content of each file."""
    for picture, layout in drawn:
        yield f"{picture.environment}.svg", svg(layout)
        yield f"{picture.environment}.md", _page(picture)


def _page(picture: Picture) -> str:
    return (
        f"{_HEAD.format(name=picture.environment)}## Who talks to whom\n\n"
        f"{_table(connections(picture))}\n"
        f"## As Mermaid\n\n```mermaid\n{mermaid(bundled(picture))}```\n"
    )


def _table(table: Table) -> str:
    lines = (table.heads, ("---",) * len(table.heads), *table.rows)
    return "".join(f"| {' | '.join(_cells(line))} |\n" for line in lines)


def _cells(line: Iterable[object]) -> Iterator[str]:
    for cell in line:
        # A bar would end a cell, and a host is no link.
        yield str(cell).replace("|", "\\|").replace("<", "&lt;")


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    side = read_side(ROOT / "cdktf.out")
    pictures = [read(side, environment) for environment in side.environments]
    for name, content in files(zip(pictures, lay_out(pictures), strict=True)):
        (FOLDER / name).write_text(content, encoding="utf-8")
