"""``secrets status``: which versions of an environment's secrets are there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from beep_infra.output import FINDINGS, Env, Json, print_json
from beep_infra.secret_manager import Endpoint

if TYPE_CHECKING:
    from secret_manager.inventory import Entry, Inventory

app = typer.Typer(add_completion=False, rich_markup_mode="markdown")


@app.command(name="status")
def status(env: Env, as_json: Json = False, endpoint: Endpoint = None) -> None:
    """Show each secret of an environment: who writes it, what is pinned, and what is there.

    Fails where a pinned version is missing, disabled or destroyed. No value is read.

    Examples:

      beep-infra secrets status --env dev

      beep-infra secrets status --env prod --json
    """
    from beep_infra.secret_manager import answering, connected

    loaded, manager = connected(env, endpoint)

    from secret_manager.inventory import take, unused

    with answering():
        inventory = take(loaded, manager)
        left_over = tuple(unused(loaded, manager))
    if as_json:
        print_json(
            {
                "environment": env,
                "project": manager.project,
                "secrets": [_data(entry) for entry in inventory.entries],
                "unused": list(left_over),
            }
        )
    else:
        _print(inventory, left_over)
    if inventory.findings:
        raise typer.Exit(FINDINGS)


def _data(entry: Entry) -> dict[str, Any]:
    use, finding = entry.use, entry.finding()
    return {
        "variable": use.variable,
        "secret": use.secret_id,
        "written_by": _writer(entry),
        "readers": list(use.readers),
        "pinned": use.version,
        "versions": None
        if entry.versions is None
        else [
            {"number": v.number, "state": v.state.value, "created": v.created}
            for v in entry.versions
        ],
        "newer": [v.number for v in entry.newer],
        "what": finding.what if finding else None,
        "fix": finding.fix if finding else None,
    }


def _writer(entry: Entry) -> str:
    from constructs_lib.environment.source import Origin

    return {
        Origin.GIVEN: "secrets sync, given",
        Origin.GENERATED: "secrets sync, generated",
        Origin.TERRAFORM: "Terraform",
        Origin.GOOGLE: "Terraform, chosen by Google",
    }[entry.use.value.origin]


def _print(inventory: Inventory, left_over: tuple[str, ...]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, header_style="bold", pad_edge=False)
    for column in ("variable", "secret", "written by", "pinned", "versions"):
        table.add_column(column, overflow="fold")
    for entry in inventory.entries:
        versions = ", ".join(f"{v.number} {v.state}" for v in entry.versions or ())
        cells = (entry.use.variable, entry.use.secret_id, _writer(entry), str(entry.use.version))
        table.add_row(*map(Text, cells), Text(versions or "none"))
    console = Console()
    if not console.is_terminal:
        # In a file or a pipe each row stays on one line, whatever its length.
        console = Console(width=400)
    console.print(table)
    print()
    for entry in inventory.entries:
        for version in entry.newer:
            print(
                f"note: {entry.use.secret_id}: version {version.number} of {version.created} is "
                f"newer than the pinned version {entry.use.version}"
            )
        if not entry.use.readers:
            print(f"note: {entry.use.secret_id}: nothing reads it")
    for secret_id in left_over:
        print(f"note: {secret_id}: the environment has no such secret any more")
    for finding in inventory.findings:
        print(f"failure: {finding.what}\n    fix: {finding.fix}")
    ready = len(inventory.entries) - len(inventory.findings)
    print(f"{ready} of {len(inventory.entries)} secrets have the version that is pinned")
