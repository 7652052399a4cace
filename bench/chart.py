"""A bar for each measured case, as SVG text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

ROW = 26
LABEL = 230
BAR = 380
WIDTH = 760


@dataclass(frozen=True)
class Bar:
    """One case: its name, which ends in ``stock`` or who answers, its time and its memory."""

    name: str
    seconds: float
    memory_mb: float


def drawn(bars: Iterable[Bar]) -> str:
    """Return the chart; the longest bar is the slowest case."""
    rows = list(bars)
    slowest = max(bar.seconds for bar in rows)
    height = ROW * len(rows) + 10
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        'font-family="sans-serif" font-size="13">',
        # Without a ground of its own the text cannot be read on a dark page.
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>',
    ]
    for number, bar in enumerate(rows):
        top = number * ROW + 5
        width = max(2, round(BAR * bar.seconds / slowest))
        colour = "#b8bec6" if bar.name.endswith("stock") else "#1a7f64"
        lines += [
            f'<text x="{LABEL - 10}" y="{top + 18}" text-anchor="end">{escape(bar.name)}</text>',
            f'<rect x="{LABEL}" y="{top + 4}" width="{width}" height="{ROW - 8}" fill="{colour}"/>',
            f'<text x="{LABEL + width + 8}" y="{top + 18}">'
            f"{bar.seconds:.1f} s, {bar.memory_mb:.0f} MB</text>",
        ]
    return "\n".join([*lines, "</svg>", ""])
