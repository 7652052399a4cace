"""A report on a terminal."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from change import words
from change.facts import Mark
from change.report import Report

_STYLES = {Mark.GAINED: "green", Mark.LOST: "red", Mark.CHANGED: "yellow"}


def show(console: Console, report: Report) -> None:
    """Print what matters first, then each stack."""
    console.print(Text(f"What {report.after} does to {report.before}", "bold"))
    console.print(Text(words.headline(report), "bold red" if report.refused else "bold"))
    console.print(Text(words.summary(report), "dim"))
    for section in report.sections:
        _block(console, section, words.section_lines(report, section))
    for line in words.allowed_lines(report):
        console.print(Text(f"meant: {line}", "dim"))
    if report.reaches:
        _block(console, "What depends on what changes", [str(reach) for reach in report.reaches])
    for stack in report.stacks:
        _block(console, words.stack_summary(report, stack), list(words.stack_lines(report, stack)))


def _block(console: Console, heading: str, lines: list[str]) -> None:
    console.print()
    console.print(Text(heading, "bold cyan"))
    for line in lines:
        mark = line[:1]
        console.print(Text(line, _STYLES[Mark(mark)] if mark in [*Mark] else ""), soft_wrap=True)
