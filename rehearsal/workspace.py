"""Prepares a copy of a stack, in which Terraform runs and keeps its state."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rehearsal.synthesized import SynthesizedStack

STATE = "terraform.tfstate"
OVERRIDE = "rehearsal_override.tf.json"


def prepare(stack: SynthesizedStack, copy: Path, states: Mapping[str, Path]) -> None:
    """Copy the stack's folder, and configure Terraform to keep its state there.

    ``states`` holds the state files of stacks rehearsed before, by :func:`backend_key`. If the
    stack reads the remote state of one of them, it reads that file instead.
    """
    shutil.copytree(
        stack.folder,
        copy,
        ignore=shutil.ignore_patterns(".terraform", "*.tfstate*", ".terraform.lock*"),
    )
    override: dict[str, Any] = {"terraform": {"backend": {"local": {}}}}
    remote = (stack.configuration.get("data") or {}).get("terraform_remote_state", {})
    for name, source in remote.items():
        state = states.get(backend_key(source.get("backend", ""), source.get("config", {})))
        if state is not None:
            override.setdefault("data", {}).setdefault("terraform_remote_state", {})[name] = {
                "backend": "local",
                "config": {"path": str(state)},
            }
    # Terraform merges this file over cdk.tf.json, so that the stack's own file stays unchanged.
    (copy / OVERRIDE).write_text(json.dumps(override))


def backend_key(kind: str, config: Mapping[str, Any]) -> str:
    """Return the settings that identify a remote state, without its credentials and the like."""
    return json.dumps([kind, *(config.get(k) for k in ("bucket", "prefix", "path", "key"))])


def own_backend_key(configuration: Mapping[str, Any]) -> str | None:
    """Return the key of the stack's own backend, or None if it has no backend."""
    for kind, config in (configuration.get("terraform", {}).get("backend") or {}).items():
        return backend_key(kind, config)
    return None


def write_unprotected(stack: SynthesizedStack, copy: Path) -> None:
    """Write the stack without ``prevent_destroy``, so that plans and destroys are not stopped."""
    configuration = json.loads(json.dumps(stack.configuration))
    for by_name in (configuration.get("resource") or {}).values():
        for resource in by_name.values():
            if isinstance(resource.get("lifecycle"), dict):
                resource["lifecycle"].pop("prevent_destroy", None)
    (copy / "cdk.tf.json").write_text(json.dumps(configuration, indent=2))
