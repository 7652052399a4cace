"""``rollout with-lock``: runs another command while no rollout can begin."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING, Annotated

import typer

from beep_infra.output import Env, Refusal
from beep_infra.rollouts import Endpoint, rollout

if TYPE_CHECKING:
    from delivery.rollout.world import Meanwhile

_INTERVAL_SECONDS = 60

app = typer.Typer(add_completion=False, rich_markup_mode="markdown")


# What follows COMMAND belongs to it, options included.
@app.command(name="with-lock", context_settings={"allow_interspersed_args": False})
def with_lock(
    env: Env,
    command: Annotated[
        list[str], typer.Argument(metavar="-- COMMAND...", help="The command and its arguments.")
    ],
    endpoint: Endpoint = None,
) -> None:
    """Run COMMAND under the lock of the environment's rollouts, and end with its exit code.

    Before, the traffic of each service is pinned to the revision that has it: what COMMAND applies
    reaches no user before the next rollout. It is refused while a rollout has not ended.

    Example:

      beep-infra rollout with-lock --env dev -- cdktf deploy dev-monitoring
    """
    program = shutil.which(command[0])
    if program is None:
        raise Refusal(f"{command[0]}: there is no such command")
    with rollout(env, endpoint) as current:
        code = current.under_the_lock(lambda meanwhile: _run([program, *command[1:]], meanwhile))
    # A shell says so of a command that a signal ended.
    raise typer.Exit(code if code >= 0 else 128 - code)


def _run(command: list[str], meanwhile: Meanwhile) -> int:
    """Run a command that has this terminal, and return its exit code."""
    from delivery.rollout.terraform import communicate

    process = subprocess.Popen(command, text=True)
    communicate(process, meanwhile, _INTERVAL_SECONDS)
    return process.returncode
