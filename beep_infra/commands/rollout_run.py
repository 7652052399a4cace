"""``rollout run``: brings a release to all users."""

from __future__ import annotations

import typer

from beep_infra.output import Env, Json
from beep_infra.rollouts import (
    Allow,
    Approve,
    DryRun,
    Endpoint,
    ReleaseFile,
    finish,
    new_report,
    print_plans,
    read_file,
    rollout,
)

app = typer.Typer(add_completion=False, rich_markup_mode="markdown")


@app.command(name="run")
def run(
    env: Env,
    release: ReleaseFile,
    approve: Approve = None,
    allow: Allow = None,
    dry_run: DryRun = False,
    as_json: Json = False,
    endpoint: Endpoint = None,
) -> None:
    """Bring a release to all users: apply, migrate, test, shift by steps, and check.

    The effects are planned again under the lock, and must have the fingerprint that was approved.
    A candidate that fails goes back by itself. Whatever else stops it, `resume` goes on. Exit code
    3: a gate came to no verdict, and the traffic stays as it is until somebody decides.

    Examples:

      beep-infra rollout run --env prod --release release.json --approve FINGERPRINT

      beep-infra rollout run --env dev --release release.json
    """
    with rollout(env, endpoint, new_report(as_json)) as current:
        wanted = read_file(release, current)
        if dry_run:
            current.refuse_hidden_contract(wanted)
            print_plans(current.plan(wanted), as_json)
        else:
            finish(current.run(wanted, approved=approve, allowed=allow or ()), as_json)
