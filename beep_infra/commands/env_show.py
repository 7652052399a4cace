"""``env show``: shows where the value of each variable comes from."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from beep_infra.output import Env, Json, Refusal, print_json

if TYPE_CHECKING:
    from collections.abc import Iterable

    from environments.matrix import Source

app = typer.Typer(add_completion=False, rich_markup_mode="markdown")


@app.command(name="show")
def show(
    env: Env,
    application: Annotated[
        str | None, typer.Argument(metavar="[APP]", help="One application; all without it.")
    ] = None,
    as_markdown: Annotated[
        bool, typer.Option("--markdown", help="Print the matrix of all applications as Markdown.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Show where each variable of APP, or of all applications, comes from.

    literal: the environment file sets it. topology: it follows from other settings. secret@2:
    version 2 of a secret; its value is not known here and never shown. What is marked "build" is
    compiled into the image by next build; the running service does not read it.

    Examples:

      beep-infra env show --env prod

      beep-infra env show api --env prod --json

      beep-infra env show --env prod --markdown
    """
    from beep_infra.settings import application as find_application
    from beep_infra.settings import environment
    from environments.matrix import markdown, sources

    if as_markdown and (as_json or application):
        raise Refusal("--markdown shows all applications: leave out APP and --json")
    loaded = environment(env)
    if application:
        find_application(loaded, application)
    if as_markdown:
        print(markdown(loaded))
    elif as_json:
        print_json([asdict(source) for source in sources(loaded, application)])
    else:
        _print_table(sources(loaded, application))


def _print_table(rows: Iterable[Source]) -> None:
    """Print a line for each variable, source and value, with the applications that share them."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    shared: dict[tuple[str, str, str, str], list[str]] = {}
    for row in rows:
        source = f"{row.source}, build" if row.is_built_in else row.source
        value = "(secret)" if row.value is None else row.value
        shared.setdefault((row.variable, source, row.origin, value), []).append(row.app)
    table = Table(box=None, header_style="bold", pad_edge=False)
    for column in ("variable", "source", "from", "value", "applications"):
        table.add_column(column, overflow="fold")
    for cells, apps in shared.items():
        table.add_row(*(Text(cell) for cell in (*cells, ", ".join(apps))))
    console = Console()
    if not console.is_terminal:
        # In a file or a pipe each row stays on one line, whatever its length.
        console = Console(width=400)
    console.print(table)
