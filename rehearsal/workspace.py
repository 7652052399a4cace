"""A stack's copy, in which Terraform works and keeps its state; the original is not touched."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rehearsal.synthesized import Synthesized

STATE = "terraform.tfstate"
OVERRIDE = "rehearsal_override.tf.json"


def prepare(stack: Synthesized, copy: Path, states: Mapping[str, Path]) -> None:
    """Copy the folder and let Terraform keep its state there.

    ``states``: state files of stacks rehearsed before, by :func:`backend_key`; a remote state of
    theirs is read from there.
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
    # Its own file, merged over cdk.tf.json by Terraform: the stack itself stays as it is.
    (copy / OVERRIDE).write_text(json.dumps(override))


def backend_key(kind: str, config: Mapping[str, Any]) -> str:
    """What tells one remote state from another; its credentials and the like do not."""
    return json.dumps([kind, *(config.get(k) for k in ("bucket", "prefix", "path", "key"))])


def own_backend_key(configuration: Mapping[str, Any]) -> str | None:
    """Where the stack itself keeps its state."""
    for kind, config in (configuration.get("terraform", {}).get("backend") or {}).items():
        return backend_key(kind, config)
    return None


def write_unprotected(stack: Synthesized, copy: Path) -> None:
    """Write the stack without ``prevent_destroy``, so that what it would stop can be seen."""
    configuration = json.loads(json.dumps(stack.configuration))
    for by_name in (configuration.get("resource") or {}).values():
        for resource in by_name.values():
            if isinstance(resource.get("lifecycle"), dict):
                resource["lifecycle"].pop("prevent_destroy", None)
    (copy / "cdk.tf.json").write_text(json.dumps(configuration, indent=2))
