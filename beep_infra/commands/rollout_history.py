"""``rollout history``: the rollouts of an environment."""

from __future__ import annotations

import typer

from beep_infra.output import Env, Json, print_json
from beep_infra.rollouts import Endpoint, rollout

app = typer.Typer(add_completion=False, rich_markup_mode="markdown")


@app.command(name="history")
def history(env: Env, as_json: Json = False, endpoint: Endpoint = None) -> None:
    """Print the rollouts of an environment, the newest first. `--json` prints every step.

    Example:

      beep-infra rollout history --env prod
    """
    with rollout(env, endpoint) as current:
        journals = current.journals()[::-1]
        if as_json:
            print_json([journal.model_dump(mode="json") for journal in journals])
            return
        for journal in journals:
            began = f"{journal.started_at:%Y-%m-%d %H:%M}"
            outcome = journal.outcome or "has not ended"
            print(f"{journal.number} {began} {journal.kind} {journal.release.release}: {outcome}")
            print(f"    by {journal.holder}{f', {journal.run_url}' if journal.run_url else ''}")
            if journal.reason:
                print(f"    {journal.reason}")
            for finding in journal.findings:
                print(f"    from outside fails {finding}")
