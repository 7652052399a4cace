"""Terraform, gcloud and Node: whether they are there, and new enough."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from preflight.context import Context
from results import Result, failed, passed, unknown

MIN_TERRAFORM = (1, 11)
"""Write-only arguments came with it; each stack demands it by ``required_version``."""
NODE_MAJOR = 20
"""The terminal addon of cdktf-cli 0.21 exists for Node 20 only."""

_VERSION = re.compile(r"v?(\d+)\.(\d+)(?:\.(\d+))?(-[0-9A-Za-z.-]+)?")
_TIMEOUT_SECONDS = 60


def terraform(context: Context) -> Iterator[Result]:
    """Terraform, or what ``TERRAFORM`` names, is new enough for the stacks."""
    name = context.variables.get("TERRAFORM") or "terraform"
    needed = ".".join(map(str, MIN_TERRAFORM))
    fix = (
        f"install Terraform {needed} or newer (https://developer.hashicorp.com/terraform/install), "
        "or name it: TERRAFORM=/path/to/terraform"
    )
    output = _output(context, name, "version", "-json")
    if output is None:
        yield failed("terraform", f"{name} does not run", needed=f"{needed} or newer", fix=fix)
        return
    match = _VERSION.search(_terraform_version(output))
    if match is None:
        yield unknown("terraform", f"the version of {name} cannot be read", fix=f"{name} version")
        return
    version, pre_release = match[0].removeprefix("v"), match[4]
    # Terraform's own comparison: ">= 1.11" takes no pre-release.
    if pre_release or (int(match[1]), int(match[2])) < MIN_TERRAFORM:
        yield failed("terraform", f"{name} {version}", needed=f"{needed} or newer", fix=fix)
    else:
        yield passed("terraform", f"{name} {version}")


def gcloud(context: Context) -> Iterator[Result]:
    """Gcloud is there, with the component beta, which creates Cloud Run's own account."""
    output = _output(context, "gcloud", "version", "--format=json")
    if output is None:
        yield failed(
            "gcloud",
            "gcloud does not run",
            needed="the Google Cloud CLI",
            fix="install it: https://cloud.google.com/sdk/docs/install",
        )
        return
    try:
        components = json.loads(output)
    except ValueError:
        components = {}
    version = components.get("Google Cloud SDK") if isinstance(components, dict) else None
    if version is None:
        yield unknown("gcloud", "the version of gcloud cannot be read", fix="gcloud version")
    elif "beta" not in components:
        yield failed(
            "gcloud",
            f"gcloud {version} without the component beta",
            needed="the component beta",
            fix="gcloud components install beta",
        )
    else:
        yield passed("gcloud", f"gcloud {version}")


def node(context: Context) -> Iterator[Result]:
    """Node comes from the pinned packages."""
    path = context.root / ".venv" / "bin" / "node"
    output = _output(context, str(path), "--version")
    match = _VERSION.search(output or "")
    if match is None:
        yield failed("node", "node is not installed", needed=f"Node {NODE_MAJOR}", fix="make setup")
    elif int(match[1]) != NODE_MAJOR:
        yield failed("node", f"node {match[0]}", needed=f"Node {NODE_MAJOR}", fix="make setup")
    else:
        yield passed("node", f"node {match[0].removeprefix('v')}")


def _terraform_version(output: str) -> str:
    """Return what ``version -json`` calls the version; a wrapper may print lines before it."""
    try:
        document = json.loads(output[output.index("{") :])
        return str(document["terraform_version"])
    except (ValueError, KeyError, TypeError):
        return output


def _output(context: Context, name: str, *arguments: str) -> str | None:
    """Return what a tool prints; None where it is not there or fails."""
    path = shutil.which(name, path=context.variables.get("PATH", os.defpath))
    if path is None:
        return None
    # Terraform would ask its vendor for news, gcloud its own.
    quiet = {"CHECKPOINT_DISABLE": "1", "CLOUDSDK_CORE_DISABLE_PROMPTS": "1"}
    try:
        done = subprocess.run(
            [path, *arguments],
            env={**context.variables, **quiet},
            cwd=Path("/"),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_TIMEOUT_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None
