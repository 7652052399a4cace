"""What a person reads of a rehearsal: progress, failures, and the table at the end."""

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
    """Show a bar on a terminal, and nothing elsewhere."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        task = bar.add_task("rehearsal", total=steps)

        def told(stack: str, phase: str) -> None:
            bar.update(task, advance=1, description=f"{stack} {phase}".ljust(32))

        yield told


def table(results: Sequence[Result], phases: Sequence[str] = PHASES) -> None:
    """Print a row for each stack: its resources, seconds for each phase, and the verdict."""
    shown = list(phases)
    columns: list[tuple[str, Justify]] = [("stack", "left"), ("resources", "right")]
    columns += [(phase, "right") for phase in shown]
    rows = []
    for result in results:
        times = {p.name: f"{p.seconds:.2f}" for p in result.phases}
        failed = result.failed
        verdict = f"FAILED in {failed.name}" if failed else "ok"
        rows.append(
            [result.stack, str(result.resources), *(times.get(p, "-") for p in shown), verdict]
        )
    if len(results) > 1:
        totals = [
            sum(p.seconds for r in results for p in r.phases if p.name == name) for name in shown
        ]
        count = str(sum(r.resources for r in results))
        rows.append(["total", count, *(f"{t:.2f}" for t in totals), f"{sum(totals):.1f} s"])
    show([*columns, ("verdict", "left")], rows)


def show(columns: Sequence[tuple[str, Justify]], rows: Sequence[Sequence[str]]) -> None:
    """Print a table as wide as it needs to be."""
    made = Table(box=None, header_style="bold", pad_edge=False)
    for name, justify in columns:
        made.add_column(name, justify=justify, no_wrap=True)
    for row in rows:
        made.add_row(*row)
    # Of one width everywhere: a narrow terminal wraps the lines and loses nothing.
    Console(width=140, highlight=False, markup=False).print(made, soft_wrap=True)


def failure(result: Result, lines: Mapping[str, str]) -> Iterator[str]:
    """What Terraform said of the first failure, and who made the resources that it names."""
    failed = result.failed
    if failed is None:
        return
    yield f"--- {result.stack}: {failed.name} failed"
    yield errors_of(failed.output).rstrip()
    for address, path in result.constructs.items():
        yield whose(address, path, lines)


def whose(address: str, path: str, lines: Mapping[str, str]) -> str:
    """Name the construct of an address, and the line that made it where that is known."""
    at = f", made at {lines[path]}" if lines.get(path) else ""
    return f"{address} is the construct {path}{at}"
