"""What several of the intents look at."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from environments import load
from tests.support import (
    ENVIRONMENTS,
    Edit,
    Stacks,
    edited,
    of_type,
    synthesized,
)

EVERY_ENVIRONMENT = pytest.mark.parametrize("name", ENVIRONMENTS)
SERVICE = "google_cloud_run_v2_service"
JOB = "google_cloud_run_v2_job"


def workloads(stacks: Stacks, name: str) -> dict[str, dict[str, Any]]:
    return {
        **of_type(stacks[f"{name}-services"], SERVICE),
        **of_type(stacks[f"{name}-migrations"], JOB),
    }


def machines(stacks: Stacks, name: str) -> dict[str, dict[str, Any]]:
    return of_type(stacks[f"{name}-data"], "google_compute_instance")


def made(folder: Path, *edits: Edit) -> Stacks:
    """Return the stacks of the environments whose files are changed, and ``bootstrap``."""
    changed = {name for name, _, _ in edits}
    configuration = load(edited(folder, *edits))
    kept = tuple(e for e in configuration.environments if e.settings.environment in changed)
    return synthesized(replace(configuration, environments=kept), folder / "out")
