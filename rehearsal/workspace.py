"""Prepares a copy of a stack, in which Terraform runs and keeps its state."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from rehearsal.synthesized import SynthesizedStack
from terraform_json import blocks, resources

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
    for kind, name, source in resources(stack.configuration, "data"):
        if kind != "terraform_remote_state":
            continue
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
    for _, settings in blocks(configuration.get("terraform"), 0):
        for (kind,), config in blocks(settings.get("backend", []), 1):
            return backend_key(kind, config)
    return None


def write_unprotected(stack: SynthesizedStack, copy: Path) -> None:
    """Write the stack without ``prevent_destroy``, so that plans and destroys are not stopped."""
    configuration = json.loads(json.dumps(stack.configuration))
    for _, _, resource in resources(configuration):
        for _, lifecycle in blocks(resource.get("lifecycle"), 0):
            cast(dict[str, Any], lifecycle).pop("prevent_destroy", None)
    (copy / "cdk.tf.json").write_text(json.dumps(configuration, indent=2))
