"""Every stack as it was last reviewed. ``make update-snapshots`` accepts a change."""

from __future__ import annotations

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

from tests.support import ENVIRONMENTS, Stacks

PARTS = ("foundation", "data", "migrations", "services", "monitoring", "budget")
STACKS = ("bootstrap", *(f"{name}-{part}" for name in ENVIRONMENTS for part in PARTS))


@pytest.mark.parametrize("name", STACKS)
def test_stack_as_reviewed(name: str, stacks: Stacks, snapshot: SnapshotAssertion) -> None:
    # Under // stands which tool wrote the file.
    stack = {key: value for key, value in stacks[name].items() if key != "//"}
    assert stack == snapshot(extension_class=JSONSnapshotExtension)


def test_there_is_one_stack_for_each_snapshot_and_no_other(stacks: Stacks) -> None:
    assert set(stacks) == set(STACKS)
