"""``rollout resume``: goes on with what did not end."""

from __future__ import annotations

from typing import Annotated

import typer

from beep_infra.output import Env, Json
from beep_infra.rollouts import BreakLock, DryRun, Endpoint, finish, new_report, rollout

app = typer.Typer(add_completion=False, rich_markup_mode="markdown")


@app.command(name="resume")
def resume(
    env: Env,
    proceed: Annotated[
        bool,
        typer.Option(
            "--proceed", help="Where gates come to no verdict, go on without; only if it is held."
        ),
    ] = False,
    break_lock: BreakLock = False,
    dry_run: DryRun = False,
    as_json: Json = False,
    endpoint: Endpoint = None,
) -> None:
    """Go on with the rollout that has not ended, from the step that it is at.

    It looks before it acts: what was done before the crash is not done again. A gate measures
    anew; exit code 3 says that it came to no verdict again.

    Examples:

      beep-infra rollout resume --env prod

      beep-infra rollout resume --env prod --proceed
    """
    with rollout(env, endpoint, new_report(as_json)) as current:
        if dry_run:
            from delivery.rollout.status import last_step

            journal = current.open_journal()
            print(f"would resume the {journal.kind} of {journal.release.release}")
            print(f"    at: {last_step(journal) or 'its beginning'}")
        else:
            finish(current.resume(proceed=proceed, break_lock=break_lock), as_json)
