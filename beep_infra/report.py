"""How the results of checks are printed: a table for people, lines for logs, JSON for programs."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from beep_infra.output import print_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from results import Result


def print_results(results: Sequence[Result]) -> None:
    """Print a table to a terminal, and otherwise a block of lines for each result."""
    from rich.console import Console

    from results import Status

    console = Console()
    if console.is_terminal:
        print_table(console, results)
    else:
        for result in results:
            print(f"{result.status.value}: {result.check}: {_seen(result)}")
            if result.needed:
                print(f"    needed: {result.needed}")
            for line in result.fix.splitlines():
                print(f"    fix: {line}")
    counts = Counter(result.status for result in results)
    words = {
        Status.FAILURE: "failed",
        Status.WARNING: "warnings",
        Status.UNKNOWN: "not checked",
        Status.PASS: "passed",
    }
    print()
    print(", ".join(f"{counts[status]} {word}" for status, word in words.items()))


def print_table(console: Console, results: Sequence[Result]) -> None:
    """Print a table, and below it what to paste."""
    from rich.table import Table
    from rich.text import Text

    from results import Status

    styles = {Status.PASS: "green", Status.WARNING: "yellow", Status.FAILURE: "bold red"}
    table = Table(show_lines=True)
    for heading in ("", "check", "seen"):
        table.add_column(heading, no_wrap=heading != "seen")
    for result in results:
        table.add_row(
            Text(result.status.value, styles.get(result.status, "dim")),
            Text(result.check),
            Text(_seen(result) + (f"\nneeded: {result.needed}" if result.needed else "")),
        )
    console.print(table)
    # Below the table, where no border gets into a command that is pasted.
    for result in results:
        if result.fix:
            console.print(Text(f"\n# {result.check}: {_seen(result)}", "dim"), soft_wrap=True)
            console.print(Text(result.fix), soft_wrap=True)


def print_results_as_json(results: Sequence[Result], **about: Any) -> None:
    """Print the results as JSON, after what they are about."""
    print_json(
        {
            **about,
            "results": [
                {
                    "check": result.check,
                    "asked": result.asked or None,
                    "status": result.status.value,
                    "seen": result.seen,
                    "needed": result.needed or None,
                    "fix": result.fix.splitlines(),
                }
                for result in results
            ],
        }
    )


def _seen(result: Result) -> str:
    return f"{result.asked}: {result.seen}" if result.asked else result.seen
