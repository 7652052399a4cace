"""``rollout diff``: what differs between two releases."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from beep_infra.output import FINDINGS, Env, Json, Refusal, print_json
from beep_infra.rollouts import Endpoint, rollout

if TYPE_CHECKING:
    from delivery.release import Release
    from delivery.rollout.engine import Rollout

app = typer.Typer(add_completion=False, rich_markup_mode="markdown")


@app.command(name="diff")
def diff(
    old: Annotated[str, typer.Argument(metavar="RELEASE", help="A release of the history.")],
    new: Annotated[str, typer.Argument(metavar="RELEASE", help="Another one.")],
    env: Env,
    as_json: Json = False,
    endpoint: Endpoint = None,
) -> None:
    """Print what differs between two releases: commit, images, and the mark of the migrations.

    Example:

      beep-infra rollout diff 2026-11-25.1 2026-11-26.1 --env prod
    """
    from delivery.rollout.status import difference

    with rollout(env, endpoint) as current:
        changes = difference(_release(current, old), _release(current, new), env)
        if as_json:
            print_json({name: {"old": a, "new": b} for name, (a, b) in changes.items()})
        else:
            for name, (before, after) in changes.items():
                print(f"{name}\n    - {before or 'not in the release'}")
                print(f"    + {after or 'not in the release'}")
    if changes:
        raise typer.Exit(FINDINGS)


def _release(current: Rollout, name: str) -> Release:
    releases = {journal.release.release: journal.release for journal in current.journals()}
    if name not in releases:
        known = ", ".join(reversed(releases)) or "none"
        raise Refusal(f"the history has no release {name}; there are: {known}")
    return releases[name]
