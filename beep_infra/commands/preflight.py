"""``preflight``: whether an environment can be applied."""

from __future__ import annotations

import os
from collections import Counter
from typing import TYPE_CHECKING, Annotated

import typer

from beep_infra.output import FINDINGS, Json, Refusal, print_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from preflight.result import Result

app = typer.Typer(add_completion=False, rich_markup_mode="markdown")


@app.command(name="preflight")
def preflight(
    env: Annotated[str, typer.Argument(metavar="ENV", help="The environment, named as its file.")],
    offline: Annotated[
        bool, typer.Option("--offline", help="Ask this machine only: tools, settings, stacks.")
    ] = False,
    as_json: Json = False,
    endpoint: Annotated[
        str | None,
        typer.Option(hidden=True, help="What takes the place of Google, on this machine."),
    ] = None,
) -> None:
    """Check what must be so before ENV is applied, and say how to get there.

    Tools, settings, credentials, projects, billing, first APIs, organization policies, quotas
    against what the synthesized stacks need, state, DNS and regions. Nothing is changed. A check
    that cannot be done says why, and stops no other.

    Examples:

      beep-infra preflight dev

      beep-infra preflight prod --json

      beep-infra preflight dev --offline
    """
    from beep_infra.settings import ROOT, environment, require_checkout

    require_checkout("this reads what was synthesized")
    loaded = environment(env)

    from google_api import Google
    from preflight.checks import run
    from preflight.context import Context
    from preflight.result import Status
    from stacks.addresses import output_folder

    try:
        google = Google(project=loaded.shared.project_id, endpoint=endpoint)
    except ValueError as error:
        raise Refusal(f"--endpoint: {error}") from None
    context = Context(loaded, ROOT, output_folder(), google, dict(os.environ))
    results = list(run(context, offline=offline))
    if as_json:
        print_json(
            {
                "environment": env,
                "offline": offline,
                "results": [
                    {
                        "check": result.check,
                        "status": result.status.value,
                        "seen": result.seen,
                        "needed": result.needed or None,
                        "fix": result.fix.splitlines(),
                    }
                    for result in results
                ],
            }
        )
    else:
        _print(results)
    if any(result.status is Status.FAILURE for result in results):
        raise typer.Exit(FINDINGS)


def _print(results: Sequence[Result]) -> None:
    """Print a table to a terminal, and otherwise a block of lines for each result."""
    from rich.console import Console

    from preflight.result import Status

    console = Console()
    if console.is_terminal:
        print_table(console, results)
    else:
        for result in results:
            print(f"{result.status.value}: {result.check}: {result.seen}")
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

    from preflight.result import Status

    styles = {Status.PASS: "green", Status.WARNING: "yellow", Status.FAILURE: "bold red"}
    table = Table(show_lines=True)
    for heading in ("", "check", "seen"):
        table.add_column(heading, no_wrap=heading != "seen")
    for result in results:
        table.add_row(
            Text(result.status.value, styles.get(result.status, "dim")),
            Text(result.check),
            Text(result.seen + (f"\nneeded: {result.needed}" if result.needed else "")),
        )
    console.print(table)
    # Below the table, where no border gets into a command that is pasted.
    for result in results:
        if result.fix:
            console.print(Text(f"\n# {result.check}: {result.seen}", "dim"), soft_wrap=True)
            console.print(Text(result.fix), soft_wrap=True)
