"""Hands the passwords to one command as variables of Terraform, and to nothing else."""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping, Sequence
from typing import NoReturn

from constructs_lib.environment.environment import Environment
from constructs_lib.environment.wiring import SecretUse
from constructs_lib.postgres.variables import PASSWORD_VARIABLES
from secret_manager.client import SecretManager

STACK = "data"
"""The one stack with such variables."""


def passwords(environment: Environment) -> dict[str, SecretUse]:
    """Return the secrets that the stack needs, by the names of their variables."""
    if environment.settings.enabled_postgres is None:
        return {}
    return {
        f"TF_VAR_{PASSWORD_VARIABLES[use.variable]}": use
        for use in environment.secrets
        if use.variable in PASSWORD_VARIABLES
    }


def replace_process(
    program: str,
    command: Sequence[str],
    variables: Mapping[str, str],
    manager: SecretManager,
    uses: Mapping[str, SecretUse],
) -> NoReturn:
    """Become the command, so that its exit code and its signals are its own.

    Raises GoogleError, before anything is run.
    """
    values = {
        name: manager.access(use.secret_id, use.version).reveal().decode()
        for name, use in uses.items()
    }
    # Python ignores it, and a program inherits that.
    ignored = signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    try:
        os.execve(program, list(command), {**variables, **values})
    finally:
        # Only reached where the program did not start: a closed connection would end this process.
        signal.signal(signal.SIGPIPE, ignored)
