"""``secrets export``: runs one command with the passwords that Terraform asks for."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from beep_infra.output import Env, Refusal
from beep_infra.secret_manager import Endpoint

app = typer.Typer(add_completion=False, rich_markup_mode="markdown")


# What follows COMMAND belongs to it, options included.
@app.command(name="export", context_settings={"allow_interspersed_args": False})
def export(
    env: Env,
    command: Annotated[
        list[str], typer.Argument(metavar="-- COMMAND...", help="The command and its arguments.")
    ],
    stack: Annotated[
        str, typer.Option(metavar="STACK", help="The stack whose variables are set: data.")
    ] = "data",
    endpoint: Endpoint = None,
) -> None:
    """Run COMMAND with what Terraform asks of the database as its variables.

    These are its passwords and, of a machine, the certificate, in the versions that the
    environment's file pins. They are set for this one command: neither this shell nor a file gets
    them. The command takes the place of this process, so its exit code and its signals are its own.

    Example:

      beep-infra secrets export --env dev -- terraform -chdir=cdktf.out/stacks/dev-data plan
    """
    import shutil

    from beep_infra.secret_manager import answering, connected

    loaded, manager = connected(env, endpoint)

    from secret_manager.handover import STACK, NoCertificateError, handed_over, replace_process

    if stack.removeprefix(f"{env}-") != STACK:
        raise Refusal(f"--stack: the stack {stack} asks for no secret; only {STACK} does")
    uses = handed_over(loaded)
    if not uses:
        raise Refusal(
            f"{env}-{STACK} asks for no secret, as enable_postgres is false; run it as is"
        )
    program = shutil.which(command[0])
    if program is None:
        raise Refusal(f"{command[0]}: there is no such command")
    try:
        with answering():
            replace_process(program, command, os.environ, manager, uses)
    except NoCertificateError as error:
        raise Refusal(
            f"{error}; beep-infra secrets sync --env {env} --rotate DB_PG_SERVER_TLS makes one"
        ) from None
