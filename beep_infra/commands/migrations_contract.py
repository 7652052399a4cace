"""``migrations contract``: the statements that take away what the version before may use."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from beep_infra.migration_files import read_folder
from beep_infra.output import Json, Refusal, print_json

app = typer.Typer(add_completion=False, rich_markup_mode="markdown")


@app.command(name="contract")
def contract(
    folder: Annotated[
        str, typer.Argument(metavar="FOLDER", help="The folder of drizzle, with .sql files.")
    ],
    as_json: Json = False,
) -> None:
    """List the statements of the migrations in FOLDER that the version before may not survive.

    They drop, rename or narrow what a file before has made: a table, a column, a type, a
    constraint, rights, rows that a policy shows. A release with such a file is marked `contract`;
    a rollout neither goes back past it by itself nor on request. With `--json` they are listed as a
    release file has them, under `contract_statements`.

    Every .sql file below FOLDER is read, by name. Nothing is connected to, and nothing is run. The
    exit code is 0, whatever is listed.

    Example:

      beep-infra migrations contract ../beep/packages/_internal/db-admin/drizzle
    """
    from migrations import UnreadableFileError, contracts
    from migrations.contract import by_file

    root = Path(folder)
    texts = {str(Path(path).relative_to(root)): text for path, text in read_folder(root).items()}
    try:
        listed = contracts(texts)
    except UnreadableFileError as error:
        raise Refusal(str(error)) from None
    if as_json:
        print_json({"files": list(texts), "contract_statements": by_file(listed)})
        return
    for entry in listed:
        print(entry)
    files = "1 file" if len(texts) == 1 else f"{len(texts)} files"
    statements = (
        "1 statement takes" if len(listed) == 1 else f"{len(listed) or 'no'} statements take"
    )
    print(f"{files}: {statements} away what the version before may use")
