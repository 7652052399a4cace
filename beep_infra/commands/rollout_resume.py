"""``rollout resume``: goes on with what did not end."""

from __future__ import annotations

import typer

from beep_infra.output import Env, Json
from beep_infra.rollouts import BreakLock, DryRun, Endpoint, finish, new_report, rollout

app = typer.Typer(add_completion=False, rich_markup_mode="markdown")


@app.command(name="resume")
def resume(
    env: Env,
    break_lock: BreakLock = False,
    dry_run: DryRun = False,
    as_json: Json = False,
    endpoint: Endpoint = None,
) -> None:
    """Go on with the rollout that has not ended, from the step that it is at.

    It looks before it acts: what was done before the crash is not done again.

    Example:

      beep-infra rollout resume --env prod
    """
    with rollout(env, endpoint, new_report(as_json)) as current:
        if dry_run:
            from delivery.rollout.status import last_step

            journal = current.open_journal()
            print(f"would resume the {journal.kind} of {journal.release.release}")
            print(f"    at: {last_step(journal) or 'its beginning'}")
        else:
            finish(current.resume(break_lock=break_lock), as_json)
