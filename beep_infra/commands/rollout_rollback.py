"""``rollout rollback``: gives all traffic to an earlier release."""

from __future__ import annotations

from typing import Annotated

import typer

from beep_infra.output import Env, Json
from beep_infra.rollouts import BreakLock, DryRun, Endpoint, Force, finish, new_report, rollout

app = typer.Typer(add_completion=False, rich_markup_mode="markdown")


@app.command(name="rollback")
def rollback(
    env: Env,
    to: Annotated[
        str | None,
        typer.Option(metavar="RELEASE", help="The release. Without it what served before."),
    ] = None,
    force: Force = False,
    break_lock: BreakLock = False,
    dry_run: DryRun = False,
    as_json: Json = False,
    endpoint: Endpoint = None,
) -> None:
    """Give all traffic to an earlier release, within seconds.

    One call for each service, without Terraform and its state. A rollout that has not ended is
    ended; `--break-lock` also stops one that still runs. Refused past a contract migration.

    Examples:

      beep-infra rollout rollback --env prod

      beep-infra rollout rollback --env prod --to 2026-11-25.1 --break-lock
    """
    with rollout(env, endpoint, new_report(as_json)) as current:
        if dry_run:
            goal = current.rollback_goal(to=to, force=force)
            print(f"would go back to {goal.release.release}")
            for service, revision in goal.served.items():
                print(f"    {service} goes back to {revision}")
        else:
            finish(current.rollback(to=to, force=force, break_lock=break_lock), as_json)
