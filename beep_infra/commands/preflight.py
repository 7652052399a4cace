"""``preflight``: whether an environment can be applied."""

from __future__ import annotations

import os
from datetime import date
from typing import Annotated

import typer

from beep_infra.output import FINDINGS, Json, Refusal
from beep_infra.report import print_results, print_results_as_json

app = typer.Typer(add_completion=False, rich_markup_mode="markdown")


@app.command(name="preflight")
def preflight(
    env: Annotated[str, typer.Argument(metavar="ENV", help="The environment, named as its file.")],
    offline: Annotated[
        bool, typer.Option("--offline", help="Ask this machine only: tools, settings, stacks.")
    ] = False,
    as_json: Json = False,
    endpoint: Annotated[
        str | None,
        typer.Option(hidden=True, help="What takes the place of Google, on this machine."),
    ] = None,
) -> None:
    """Check what must be so before ENV is applied, and say how to get there.

    Tools, settings, credentials, projects, billing, first APIs, organization policies, quotas
    against what the synthesized stacks need, state, DNS and regions. Nothing is changed. A check
    that cannot be done says why, and stops no other.

    Examples:

      beep-infra preflight dev

      beep-infra preflight prod --json

      beep-infra preflight dev --offline
    """
    from beep_infra.settings import ROOT, environment, require_checkout

    require_checkout("this reads what was synthesized")
    loaded = environment(env)

    from google_api import Google
    from preflight.checks import run
    from preflight.context import Context
    from results import Status
    from stacks.addresses import output_folder

    try:
        google = Google(project=loaded.shared.project_id, endpoint=endpoint)
    except ValueError as error:
        raise Refusal(f"--endpoint: {error}") from None
    context = Context(loaded, ROOT, output_folder(), google, dict(os.environ), date.today())
    results = list(run(context, offline=offline))
    if as_json:
        print_results_as_json(results, environment=env, offline=offline)
    else:
        print_results(results)
    if any(result.status is Status.FAILURE for result in results):
        raise typer.Exit(FINDINGS)
