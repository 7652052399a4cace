"""``rollout settle``: after a rollback, the templates go back as well."""

from __future__ import annotations

import typer

from beep_infra.output import Env, Json
from beep_infra.rollouts import (
    Allow,
    Approve,
    DryRun,
    Endpoint,
    finish,
    new_report,
    print_plans,
    rollout,
)

app = typer.Typer(add_completion=False, rich_markup_mode="markdown")


@app.command(name="settle")
def settle(
    env: Env,
    approve: Approve = None,
    allow: Allow = None,
    dry_run: DryRun = False,
    as_json: Json = False,
    endpoint: Endpoint = None,
) -> None:
    """Apply the images of what is served, after a rollback. Traffic stays where it is.

    Until then Terraform's template is that of the release that was left. `--dry-run` prints the
    fingerprint for `--approve`.

    Example:

      beep-infra rollout settle --env prod --approve FINGERPRINT
    """
    with rollout(env, endpoint, new_report(as_json)) as current:
        if dry_run:
            from delivery.rollout.forward import SETTLED

            print_plans(current.plan(current.served_release(), SETTLED), as_json)
        else:
            finish(current.settle(approved=approve, allowed=allow or ()), as_json)
