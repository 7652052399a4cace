"""Values for the variables of a stack: canaries for secrets, digests for images."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from typing import Any

CANARY = "canary-"


def values(configuration: Mapping[str, Any], run: str) -> dict[str, str]:
    """A value for each variable that has no default or holds a secret, by name.

    ``run`` makes the canaries of a run its own; it is at least 16 characters.
    """
    return {
        name: canary(name, run) if is_secret(variable) else _plain(name, variable)
        for name, variable in (configuration.get("variable") or {}).items()
        if is_secret(variable) or "default" not in variable
    }


def is_secret(variable: Mapping[str, Any]) -> bool:
    """Whether a variable is declared as a secret."""
    return bool(variable.get("sensitive") or variable.get("ephemeral"))


def canaries(configuration: Mapping[str, Any], run: str) -> dict[str, str]:
    """The secrets among the values."""
    variables = configuration.get("variable") or {}
    return {n: canary(n, run) for n, variable in variables.items() if is_secret(variable)}


def canary(name: str, run: str) -> str:
    """A password that no honest file holds; of the characters that a URL leaves alone."""
    return f"{CANARY}{run}-{name.replace('_', '-')}"


def new_run() -> str:
    """What tells the canaries of one run from those of another."""
    return secrets.token_hex(12)


def _plain(name: str, variable: Mapping[str, Any]) -> str:
    if name.startswith("image_"):
        digest = hashlib.sha256(name.encode()).hexdigest()
        return f"registry.example/beep/{name.removeprefix('image_')}@sha256:{digest}"
    return {"number": "1", "bool": "false"}.get(variable.get("type", ""), f"rehearsal-{name}")
