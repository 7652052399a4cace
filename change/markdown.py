"""A report as a comment on GitHub: what matters is open, everything else is folded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from change import words
from change.report import Report, Section
from delivery.jobs.plans import MAX_BODY_CHARACTERS, length
from picture.graph import Picture
from picture.mermaid import mermaid

_TOO_LONG = "\nWhat is left out here, `beep-infra diff` prints.\n"


def markdown(report: Report, *, characters: int = MAX_BODY_CHARACTERS) -> str:
    """Return the report in at most so many characters, as GitHub counts them.

    The first screen is whole; of the folded parts, the last ones are left out.
    """
    text = first_screen(report)
    room = characters - length(_TOO_LONG)
    for picture in report.pictures:
        drawn = _drawn(picture)
        if length(text) + length(drawn) > room:
            return text + _TOO_LONG
        text += drawn
    for heading, lines in _folded(report):
        block = _details(heading, lines, room - length(text))
        if not block:
            return text + _TOO_LONG
        text += block
    return text


def first_screen(report: Report) -> str:
    """Return what a reviewer has to read."""
    parts = [
        f"### What {report.after} does to {report.before}",
        f"**{words.headline(report)}**",
        words.summary(report),
    ]
    for section in report.sections:
        lines = words.section_lines(report, section)
        shown = lines[: words.FIRST]
        if len(lines) > len(shown):
            shown.append(f"  and {len(lines) - len(shown)} more, below")
        parts.append(f"#### {section}\n\n{_fence(shown)}")
        if section is Section.LOSSES and report.allowed:
            parts.append("Meant: " + "; ".join(words.allowed_lines(report)))
    return "\n\n".join(parts) + "\n"


def _drawn(picture: Picture) -> str:
    heading = f"What changes in the picture of {picture.environment}"
    block = f"```mermaid\n{mermaid(picture)}```"
    return f"\n<details><summary>{heading}</summary>\n\n{block}\n\n</details>\n"


def _folded(report: Report) -> Iterator[tuple[str, list[str]]]:
    for section in report.sections:
        lines = words.section_lines(report, section)
        if len(lines) > words.FIRST:
            yield f"{section}: all {len(lines)}", lines
    if report.reaches:
        reaches = [str(reach) for reach in report.reaches]
        yield f"What depends on what changes: {len(reaches)}", reaches
    for stack in report.stacks:
        yield words.stack_summary(report, stack), list(words.stack_lines(report, stack))


def _details(heading: str, lines: list[str], room: int) -> str:
    """Return a folded part, cut at the end of a line; nothing if not a line has room."""

    def block(shown: list[str]) -> str:
        body = f"{_fence(shown)}\n\n" if shown else ""
        return f"\n<details><summary>{heading}</summary>\n\n{body}</details>\n"

    whole = block(lines)
    if length(whole) <= room:
        return whole
    left = room - length(block(["and 100000 more lines"]))
    shown: list[str] = []
    for line in lines:
        left -= length(line) + 1
        if left < 0:
            break
        shown.append(line)
    return block([*shown, f"and {len(lines) - len(shown)} more lines"]) if shown else ""


def _fence(lines: Iterable[str]) -> str:
    # A fence in a value would end the block.
    inside = "\n".join(lines).replace("```", "'''")
    return f"```diff\n{inside}\n```"
