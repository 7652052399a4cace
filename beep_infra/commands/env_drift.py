"""``env drift``: compares the applications' own schema with the contract."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from beep_infra.output import FINDINGS, ContractVersion, Json, Refusal, print_json, version_of

app = typer.Typer(add_completion=False, rich_markup_mode="markdown")


@app.command(name="drift")
def drift(
    paths: Annotated[
        list[str],
        typer.Argument(
            metavar="PATH...",
            help="ServerEnv.ts, ClientEnv.ts, files that they need, or a directory with them.",
        ),
    ],
    update: Annotated[
        bool,
        typer.Option(
            "--update",
            help="Print the declarations that end the drift, as Python text for "
            "envschema/variables.py. Nothing is written.",
        ),
    ] = False,
    contract: ContractVersion = None,
    as_json: Json = False,
) -> None:
    """Compare the schema in the application's TypeScript with the declared contract.

    Reports what is new, removed, renamed, or of another kind, need, default or secrecy, with file,
    line and column. The source is parsed and never executed; code that is not understood is a
    finding too. The default of a secret is never printed.

    Examples:

      beep-infra env drift ../beep/packages/shared/env/src

      beep-infra env drift ServerEnv.ts --json

      beep-infra env drift ServerEnv.ts --update
    """
    if update and as_json:
        raise Refusal("--update and --json exclude each other")
    from drift import SourceError, compare, declarations
    from drift.render import as_data, as_text

    try:
        report = compare([Path(path) for path in paths], version=version_of(contract))
    except SourceError as error:
        raise Refusal(str(error)) from None
    if update:
        print(declarations(report), end="")
    elif as_json:
        print_json(as_data(report))
    else:
        print(as_text(report), end="")
    if not report.is_clean:
        raise typer.Exit(FINDINGS)
