"""Hands one command what Terraform asks of secrets, as its variables, and to nobody else."""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping, Sequence
from typing import NoReturn

from constructs_lib.environment.environment import Environment
from constructs_lib.environment.wiring import SecretUse
from constructs_lib.postgres.server_certificate import certificate_in
from constructs_lib.postgres.variables import HANDED_OVER, SERVER_TLS
from secret_manager.client import SecretManager

STACK = "data"
"""The one stack with such variables."""


class NoCertificateError(Exception):
    """A secret that must hold a certificate holds none."""


def handed_over(environment: Environment) -> dict[str, SecretUse]:
    """Return the secrets that the stack needs, by the names of their variables."""
    if environment.settings.enabled_postgres is None:
        return {}
    return {
        f"TF_VAR_{HANDED_OVER[use.variable]}": use
        for use in environment.secrets
        if use.variable in HANDED_OVER
    }


def _value(use: SecretUse, manager: SecretManager) -> str:
    text = manager.access(use.secret_id, use.version).reveal().decode()
    if use.variable != SERVER_TLS:
        return text
    # The key stays with the machine.
    certificate = certificate_in(text)
    if not certificate:
        raise NoCertificateError(f"version {use.version} of {use.secret_id} holds no certificate")
    return certificate


def replace_process(
    program: str,
    command: Sequence[str],
    variables: Mapping[str, str],
    manager: SecretManager,
    uses: Mapping[str, SecretUse],
) -> NoReturn:
    """Become the command, so that its exit code and its signals are its own.

    Raises GoogleError and NoCertificateError, before anything is run.
    """
    values = {name: _value(use, manager) for name, use in uses.items()}
    # Python ignores it, and a program inherits that.
    ignored = signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    try:
        os.execve(program, list(command), {**variables, **values})
    finally:
        # Only reached where the program did not start: a closed connection would end this process.
        signal.signal(signal.SIGPIPE, ignored)
