"""``recovery drill``: restores the newest backup beside an environment, and says what it saw."""

from __future__ import annotations

import signal
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from beep_infra.output import FINDINGS, Json, Refusal, print_json
from beep_infra.secret_manager import Endpoint, answering

if TYPE_CHECKING:
    from recovery_drill.drill import Drill

app = typer.Typer(add_completion=False, rich_markup_mode="markdown")


@app.command(name="drill")
def drill(
    env: Annotated[str, typer.Argument(metavar="ENV", help="The environment to drill.")],
    email: Annotated[
        str,
        typer.Option(
            "--as",
            metavar="EMAIL",
            help="Whose credentials these are: who signs in to the restored database.",
        ),
    ],
    yes: Annotated[bool, typer.Option("--yes", help="Begin without asking.")] = False,
    as_json: Json = False,
    endpoint: Endpoint = None,
) -> None:
    """Restore the newest backup to an instance of its own, read and time it, and remove it.

    The environment's own instance is only read. The other one costs what that one costs, for about
    an hour. It is removed whatever happens; what a killed drill left behind, the next one removes.

    Fails where extensions, roles, tables or policies are missing, or where it takes longer than
    `[recovery]` promises.

    Example:

      beep-infra recovery drill prod --as somebody@example.com
    """
    from beep_infra.settings import environment, require_checkout

    require_checkout("an installation has no packages to ask Google with")
    loaded = environment(env)

    from constructs_lib.postgres.settings import CloudSqlPostgres

    settings = loaded.settings
    postgres = settings.enabled_postgres
    if not isinstance(postgres, CloudSqlPostgres):
        raise Refusal(
            f"environments/{env}.toml: there is no database on Cloud SQL to restore\n"
            "    fix: for a machine see docs/runbook.md#restore-postgres-on-a-machine"
        )
    question = f"Create an instance {postgres.tier} in {settings.project_id} for about an hour?"
    if not yes:
        if as_json or not sys.stdin.isatty():
            raise Refusal("nobody can be asked whether to begin: use --yes")
        if not typer.confirm(question):
            raise typer.Exit(FINDINGS)

    from google_api import Google
    from recovery_drill.drill import Drilling
    from recovery_drill.sql_admin import SqlAdmin

    try:
        google = Google(project=settings.project_id, endpoint=endpoint)
    except ValueError as error:
        raise Refusal(f"--endpoint: {error}") from None
    # So that what ends a pipeline's job lets the drill remove its instance.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    with answering():
        done = Drilling(
            settings,
            postgres,
            loaded.names.postgres,
            email,
            SqlAdmin(google, settings.project_id),
            lambda text: print(text, file=sys.stderr, flush=True),
        ).run()
    if as_json:
        print_json(_data(done))
    else:
        _print(done)
    if done.findings:
        raise typer.Exit(FINDINGS)


def _data(done: Drill) -> dict[str, Any]:
    assert done.contents is not None
    return {
        "environment": done.environment,
        "backup": done.backup.number,
        "backup_begun": done.backup.begun.isoformat(),
        "backup_age_minutes": done.backup_age_minutes,
        "log_lag_minutes": done.log_lag_minutes,
        "seconds": {step: round(seconds, 1) for step, seconds in done.seconds.items()},
        "tables": [
            {"name": table.name, "rows": table.rows, "policies": table.policies}
            for table in done.contents.tables
        ],
        "extensions": sorted(done.contents.extensions),
        "findings": done.findings,
    }


def _print(done: Drill) -> None:
    assert done.contents is not None
    print(
        f"{done.environment}: backup {done.backup.number} of "
        f"{done.backup.begun:%Y-%m-%d %H:%M} UTC, "
        f"{done.backup_age_minutes} min old; the log is {done.log_lag_minutes} min behind"
    )
    steps = ", ".join(f"{step} {seconds / 60:.1f}" for step, seconds in done.seconds.items())
    print(f"back after {done.restore_minutes:.1f} min ({steps})")
    for table in done.contents.tables:
        print(f"  {table.name}: {table.rows} rows, {table.policies} policies")
    for finding in done.findings:
        print(f"failure: {finding}")
    if not done.findings:
        print("what the settings demand is there, within what is promised")
