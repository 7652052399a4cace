"""``rollout abort``: ends what did not end, and gives the traffic back."""

from __future__ import annotations

import typer

from beep_infra.output import Env, Json
from beep_infra.rollouts import BreakLock, DryRun, Endpoint, Force, finish, new_report, rollout

app = typer.Typer(add_completion=False, rich_markup_mode="markdown")


@app.command(name="abort")
def abort(
    env: Env,
    break_lock: BreakLock = False,
    force: Force = False,
    dry_run: DryRun = False,
    as_json: Json = False,
    endpoint: Endpoint = None,
) -> None:
    """End the rollout that has not ended; traffic goes back to what had it before.

    What Terraform applied stays: `settle` brings that back.

    Example:

      beep-infra rollout abort --env prod
    """
    with rollout(env, endpoint, new_report(as_json)) as current:
        if dry_run:
            journal = current.open_journal()
            print(f"would abort the {journal.kind} of {journal.release.release}")
            for service, revision in (journal.done("pin") or {}).items():
                if revision:
                    print(f"    {service} goes back to {revision}")
        else:
            finish(current.abort(force=force, break_lock=break_lock), as_json)
