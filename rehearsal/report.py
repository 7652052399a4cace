"""Prints a rehearsal for people: progress, failures, and the table at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Literal

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from rehearsal.run import PHASES, Result, errors_of

Justify = Literal["left", "right"]


@contextmanager
def progress(steps: int) -> Iterator[Callable[[str, str], None]]:
    """Show a progress bar, on a terminal only; yield the function that advances it."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        task = bar.add_task("rehearsal", total=steps)

        def advance(stack: str, phase: str) -> None:
            bar.update(task, advance=1, description=f"{stack} {phase}".ljust(32))

        yield advance


def print_results_table(results: Sequence[Result], phases: Sequence[str] = PHASES) -> None:
    """Print a row for each stack: its resources, seconds for each phase, and the verdict."""
    columns: list[tuple[str, Justify]] = [("stack", "left"), ("resources", "right")]
    columns += [(phase, "right") for phase in phases]
    rows = []
    for result in results:
        times = {p.name: f"{p.seconds:.2f}" for p in result.phases}
        failed = result.failed
        verdict = f"FAILED in {failed.name}" if failed else "ok"
        rows.append(
            [result.stack, str(result.resources), *(times.get(p, "-") for p in phases), verdict]
        )
    if len(results) > 1:
        totals = [
            sum(p.seconds for r in results for p in r.phases if p.name == name) for name in phases
        ]
        count = str(sum(r.resources for r in results))
        rows.append(["total", count, *(f"{t:.2f}" for t in totals), f"{sum(totals):.1f} s"])
    print_table([*columns, ("verdict", "left")], rows)


def print_table(columns: Sequence[tuple[str, Justify]], rows: Sequence[Sequence[str]]) -> None:
    """Print a table as wide as it needs to be."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name, justify in columns:
        table.add_column(name, justify=justify, no_wrap=True)
    for row in rows:
        table.add_row(*row)
    # The same width everywhere: a narrow terminal wraps the lines instead of cutting them.
    Console(width=140, highlight=False, markup=False).print(table, soft_wrap=True)


def failure(result: Result, lines: Mapping[str, str]) -> Iterator[str]:
    """Yield Terraform's output of the first failure, and the constructs of resources in it.

    ``lines`` holds the line of our source that creates a construct, by its path.
    """
    failed = result.failed
    if failed is None:
        return
    yield f"--- {result.stack}: {failed.name} failed"
    yield errors_of(failed.output).rstrip()
    for address, path in result.constructs.items():
        yield describe_construct(address, path, lines)


def describe_construct(address: str, path: str, lines: Mapping[str, str]) -> str:
    """Return which construct an address is, and the line that creates it, if that is known."""
    created = f", created at {lines[path]}" if lines.get(path) else ""
    return f"{address} is the construct {path}{created}"
