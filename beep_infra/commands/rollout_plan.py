"""``rollout plan``: what a release would change, and the fingerprint to approve."""

from __future__ import annotations

import typer

from beep_infra.output import Env, Json
from beep_infra.rollouts import Endpoint, ReleaseFile, print_plans, read_file, rollout

app = typer.Typer(add_completion=False, rich_markup_mode="markdown")


@app.command(name="plan")
def plan(env: Env, release: ReleaseFile, as_json: Json = False, endpoint: Endpoint = None) -> None:
    """Print what a release would change, with the fingerprint that approves it.

    It plans every stack that was synthesized, with a refresh. Nothing is changed. Two plans with
    the same effects have the same fingerprint.

    Example:

      beep-infra rollout plan --env prod --release release.json
    """
    with rollout(env, endpoint) as current:
        wanted = read_file(release, current)
        current.refuse_hidden_contract(wanted)
        print_plans(current.plan(wanted), as_json)
