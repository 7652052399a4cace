"""The commands by name, and what a shell gets back."""

from __future__ import annotations

import os
import sys
import traceback
from importlib import import_module
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

from beep_infra.output import FINDINGS, USAGE, Refusal

_COMMANDS = {
    "env": {
        "check": "beep_infra.commands.env_check",
        "build-args": "beep_infra.commands.env_build_args",
        "show": "beep_infra.commands.env_show",
        "drift": "beep_infra.commands.env_drift",
    },
    "migrations": {
        "check": "beep_infra.commands.migrations_check",
        "contract": "beep_infra.commands.migrations_contract",
    },
    "environment": {"new": "beep_infra.commands.environment_new"},
    "access": {"explain": "beep_infra.commands.access_explain"},
    "secrets": {
        "status": "beep_infra.commands.secrets_status",
        "sync": "beep_infra.commands.secrets_sync",
        "export": "beep_infra.commands.secrets_export",
    },
    "recovery": {"drill": "beep_infra.commands.recovery_drill"},
    "rollout": {
        "plan": "beep_infra.commands.rollout_plan",
        "run": "beep_infra.commands.rollout_run",
        "resume": "beep_infra.commands.rollout_resume",
        "status": "beep_infra.commands.rollout_status",
        "rollback": "beep_infra.commands.rollout_rollback",
        "settle": "beep_infra.commands.rollout_settle",
        "abort": "beep_infra.commands.rollout_abort",
        "history": "beep_infra.commands.rollout_history",
        "diff": "beep_infra.commands.rollout_diff",
        "with-lock": "beep_infra.commands.rollout_with_lock",
    },
    "beep-infra": {
        "cost": "beep_infra.commands.cost",
        "diff": "beep_infra.commands.diff",
        "page": "beep_infra.commands.page",
        "picture": "beep_infra.commands.picture",
        "preflight": "beep_infra.commands.preflight",
        "rename": "beep_infra.commands.rename",
        "verify": "beep_infra.commands.verify",
    },
}
"""The modules of each group's commands; each has a Typer called ``app`` with one command."""


class _LazyGroup(TyperGroup):
    """Imports a command's module when the command is asked for."""

    def list_commands(self, ctx: Any) -> list[str]:
        return [*super().list_commands(ctx), *self._modules]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        module = self._modules.get(cmd_name)
        if module is None:
            return super().get_command(ctx, cmd_name)
        return get_command(import_module(module).app)

    @property
    def _modules(self) -> dict[str, str]:
        return _COMMANDS[self.name or "beep-infra"]

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        name, command, rest = super().resolve_command(ctx, args)
        return args[0] if args else name, command, rest


app = typer.Typer(
    name="beep-infra",
    cls=_LazyGroup,
    epilog="Exit codes: 0 nothing found, 1 findings, 2 wrong use or unreadable input, "
    "3 a rollout is held.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)
env = typer.Typer(
    cls=_LazyGroup,
    rich_markup_mode="markdown",
    no_args_is_help=True,
)
app.add_typer(env, name="env")
environment = typer.Typer(
    cls=_LazyGroup,
    rich_markup_mode="markdown",
    no_args_is_help=True,
)
app.add_typer(environment, name="environment")
access = typer.Typer(
    cls=_LazyGroup,
    rich_markup_mode="markdown",
    no_args_is_help=True,
)
app.add_typer(access, name="access")
migrations = typer.Typer(
    cls=_LazyGroup,
    rich_markup_mode="markdown",
    no_args_is_help=True,
)
app.add_typer(migrations, name="migrations")
secrets = typer.Typer(
    cls=_LazyGroup,
    rich_markup_mode="markdown",
    no_args_is_help=True,
)
app.add_typer(secrets, name="secrets")
recovery = typer.Typer(
    cls=_LazyGroup,
    rich_markup_mode="markdown",
    no_args_is_help=True,
)
app.add_typer(recovery, name="recovery")
rollout = typer.Typer(
    cls=_LazyGroup,
    rich_markup_mode="markdown",
    no_args_is_help=True,
)
app.add_typer(rollout, name="rollout")


@app.callback()
def _root() -> None:
    """The environments and the contract of the beep applications, as a tool."""


@env.callback()
def _env() -> None:
    """Check dotenv files, print image build inputs, show the sources of values, find drift."""


@environment.callback()
def _environment() -> None:
    """Add environments."""


@access.callback()
def _access() -> None:
    """Show who may do what."""


@migrations.callback()
def _migrations() -> None:
    """Check migrations before a database runs them."""


@secrets.callback()
def _secrets() -> None:
    """Show, add and hand over the values of an environment's secrets."""


@recovery.callback()
def _recovery() -> None:
    """See whether what was lost can be brought back."""


@rollout.callback()
def _rollout() -> None:
    """Roll releases out, and back."""


def main() -> None:
    """Run one command; whatever happens, no traceback and no value reaches the terminal."""
    try:
        app(prog_name="beep-infra")
    except Refusal as refusal:
        print(f"beep-infra: {refusal}", file=sys.stderr)
        sys.exit(USAGE)
    except BrokenPipeError:
        # The reader has what it wanted, as in `beep-infra ... | head`; nothing is left to flush.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(FINDINGS)
    except OSError as error:
        print(f"beep-infra: {error.strerror or 'input or output failed'}", file=sys.stderr)
        sys.exit(USAGE)
    except Exception as error:
        # Its message may quote a value; the place is enough to find the fault.
        frame = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{Path(frame.filename).name}:{frame.lineno}"
        print(
            f"beep-infra: a fault of this command: {type(error).__name__} at {place}",
            file=sys.stderr,
        )
        sys.exit(USAGE)
