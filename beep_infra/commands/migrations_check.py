"""``migrations check``: the statements that the database of an environment refuses."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from beep_infra.output import FINDINGS, Env, Json, Refusal, decoded, print_json

MAX_BYTES = 4_194_304
"""A larger file is refused: it is data, and sqlglot reads half a megabyte a second."""

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
    texts = _texts(Path(folder))
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


def _texts(folder: Path) -> dict[str, str]:
    """Return the texts of all .sql files below a folder, in the order of their paths.

    Links to folders are not followed. Raises Refusal for what cannot be read.
    """
    if not folder.is_dir():
        reason = "is not a folder" if folder.exists() else "does not exist"
        raise Refusal(f"{folder}: {reason}; name the folder that drizzle.config.ts has as out")
    paths = [
        Path(place, name)
        for place, _, names in os.walk(folder, onerror=_unreadable)
        for name in names
        if name.lower().endswith(".sql")
    ]
    if not paths:
        there = sorted(path.name for path in folder.iterdir())
        listed = f"there are: {', '.join(there[:10])}" if there else "the folder is empty"
        raise Refusal(f"{folder}: has no .sql file, nor has a folder below it; {listed}")
    return {str(path): _text(path) for path in sorted(paths, key=lambda path: path.parts)}


def _unreadable(error: OSError) -> None:
    raise Refusal(f"{error.filename}: cannot be read: {error.strerror}")


def _text(path: Path) -> str:
    try:
        if not path.is_file():
            raise Refusal(f"{path}: is not a file")
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise Refusal(f"{path}: cannot be read: {error.strerror}") from None
    if len(content) > MAX_BYTES:
        raise Refusal(f"{path}: is larger than {MAX_BYTES} bytes; load data in another way")
    text = decoded(str(path), content)
    if "\0" in text:
        raise Refusal(f"{path}: holds a NUL byte, which no SQL does")
    return text
