from __future__ import annotations

from pathlib import Path

import pytest

from environments import Configuration
from policy.stack import Stack, read_stacks


@pytest.fixture(scope="session")
def all_stacks(outdir: Path, configuration: Configuration) -> tuple[Stack, ...]:
    return read_stacks(outdir, configuration)
