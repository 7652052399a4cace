"""Values for the variables of a stack: canaries for secrets, digests for images."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator, Mapping
from typing import Any

from terraform_json import blocks

CANARY = "canary-"


def values(configuration: Mapping[str, Any], run_id: str) -> dict[str, str]:
    """Return a value for each variable that is a secret or has no default, by name.

    ``run_id`` makes the canaries different in each run; it has at least 16 characters.
    """
    return {
        name: canary(name, run_id) if is_secret(variable) else _placeholder(name, variable)
        for name, variable in _variables(configuration)
        if is_secret(variable) or "default" not in variable
    }


def is_secret(variable: Mapping[str, Any]) -> bool:
    """Return whether a variable is declared as a secret."""
    return bool(variable.get("sensitive") or variable.get("ephemeral"))


def canaries(configuration: Mapping[str, Any], run_id: str) -> dict[str, str]:
    """Return the canaries of the secret variables, by name."""
    variables = _variables(configuration)
    return {n: canary(n, run_id) for n, variable in variables if is_secret(variable)}


def _variables(configuration: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for (name,), variable in blocks(configuration.get("variable", []), 1):
        yield name, variable


def canary(name: str, run_id: str) -> str:
    """Return a password that occurs nowhere else, of characters that need no escape in a URL."""
    return f"{CANARY}{run_id}-{name.replace('_', '-')}"


def new_run_id() -> str:
    """Return a random id, which makes the canaries of a run differ from those of other runs."""
    return secrets.token_hex(12)


def _placeholder(name: str, variable: Mapping[str, Any]) -> str:
    if name.startswith("image_"):
        digest = hashlib.sha256(name.encode()).hexdigest()
        return f"registry.example/beep/{name.removeprefix('image_')}@sha256:{digest}"
    return {"number": "1", "bool": "false"}.get(str(variable.get("type", "")), f"rehearsal-{name}")
