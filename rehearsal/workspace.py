"""Prepares a copy of a stack, in which Terraform runs and keeps its state."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rehearsal.synthesized import SynthesizedStack
from terraform_json import blocks, resources

STATE = "terraform.tfstate"
# Terraform reads the files that override others by name, and the last one wins.
OVERRIDE = "zzzz_rehearsal_override.tf.json"
UNPROTECTED = "zzzz_unprotected_override.tf.json"


def prepare(stack: SynthesizedStack, copy: Path, states: Mapping[str, Path]) -> None:
    """Copy the stack's folder, and configure Terraform to keep its state there.

    ``states`` holds the state files of stacks rehearsed before, by :func:`backend_key`. If the
    stack reads the remote state of one of them, it reads that file instead.
    """
    stack.copy_to(copy)
    override: dict[str, Any] = {"terraform": {"backend": {"local": {}}}}
    for kind, name, source in resources(stack.configuration, "data"):
        if kind != "terraform_remote_state":
            continue
        state = states.get(backend_key(source.get("backend", ""), source.get("config", {})))
        if state is not None:
            override.setdefault("data", {}).setdefault("terraform_remote_state", {})[name] = {
                "backend": "local",
                "config": {"path": str(state)},
            }
    # Terraform merges this file over the others, so that the stack's own files stay unchanged.
    (copy / OVERRIDE).write_text(json.dumps(override))


def backend_key(kind: str, config: Mapping[str, Any]) -> str:
    """Return the settings that identify a remote state, without its credentials and the like."""
    return json.dumps([kind, *(config.get(k) for k in ("bucket", "prefix", "path", "key"))])


def own_backend_key(configuration: Mapping[str, Any]) -> str | None:
    """Return the key of the stack's own backend, or None if it has no backend."""
    for _, settings in blocks(configuration.get("terraform"), 0):
        for (kind,), config in blocks(settings.get("backend", []), 1):
            return backend_key(kind, config)
    return None


def write_unprotected(stack: SynthesizedStack, copy: Path) -> None:
    """Take ``prevent_destroy`` from a copy, so that plans and destroys are not stopped."""
    for folder, configuration in ((stack.folder, stack.configuration), *stack.modules.items()):
        override: dict[str, dict[str, Any]] = {}
        for kind, name, resource in resources(configuration):
            if any("prevent_destroy" in body for _, body in blocks(resource.get("lifecycle"), 0)):
                override.setdefault(kind, {})[name] = {"lifecycle": {"prevent_destroy": False}}
        if override:
            target = Path(os.path.normpath(copy / os.path.relpath(folder, stack.folder)))
            (target / UNPROTECTED).write_text(json.dumps({"resource": override}))
