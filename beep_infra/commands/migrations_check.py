"""``migrations check``: the statements that the database of an environment refuses."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from beep_infra.migration_files import read_folder
from beep_infra.output import FINDINGS, Env, Json, Refusal, print_json

app = typer.Typer(add_completion=False, rich_markup_mode="markdown")


@app.command(name="check")
def check(
    folder: Annotated[
        str, typer.Argument(metavar="FOLDER", help="The folder of drizzle, with .sql files.")
    ],
    env: Env,
    as_json: Json = False,
) -> None:
    """Report each statement of the migrations in FOLDER that the database of ENV refuses.

    Neither Cloud SQL nor a machine lets migrations run as a superuser. What needs one is reported
    with file, line, reason and the SQL to write instead, before a release stops half-way. Blocks of
    DO are read as well; a statement whose error the block handles is no finding.

    Every .sql file below FOLDER is read, by name. Nothing is connected to, and nothing is run.

    Examples:

      beep-infra migrations check ../beep/packages/_internal/db-admin/drizzle --env prod

      beep-infra migrations check drizzle --env dev --json
    """
    from beep_infra.settings import environment
    from migrations import Database, UnreadableFileError, as_data, as_text
    from migrations import check as check_texts

    postgres = environment(env).settings.enabled_postgres
    texts = read_folder(Path(folder))
    if postgres is None:
        if as_json:
            print_json({"environment": env, "engine": None, "files": list(texts), "findings": []})
        else:
            print(
                f"{env}: enable_postgres is false, so what its database refuses is not known here."
                " Nothing was checked."
            )
        return
    try:
        report = check_texts(texts, Database.of(postgres))
    except UnreadableFileError as error:
        raise Refusal(str(error)) from None
    if as_json:
        print_json({"environment": env, **as_data(report)})
    else:
        print(as_text(report, env))
    if report.findings:
        raise typer.Exit(FINDINGS)
