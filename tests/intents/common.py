"""What several of the intents look at."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from environments import ENVIRONMENTS, load
from tests.support import (
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


def made(folder: Path, *edits: Edit) -> Stacks:
    """Return the stacks of changed environment files."""
    return synthesized(load(edited(folder, *edits)), folder / "out")
