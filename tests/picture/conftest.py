from __future__ import annotations

import pytest

from change.side import Side
from picture.graph import Picture
from picture.layout import Layout, lay_out
from picture.read import read
from policy.stack import Stack
from tests.picture.hostile import hostile
from tests.support import ENVIRONMENTS, Stacks


@pytest.fixture(scope="session")
def side(stacks: Stacks) -> Side:
    return Side({name: Stack(name, stack, None) for name, stack in stacks.items()})


@pytest.fixture(scope="session")
def pictures(side: Side) -> dict[str, Picture]:
    return {name: read(side, name) for name in ENVIRONMENTS}


@pytest.fixture(scope="session")
def layouts(pictures: dict[str, Picture]) -> dict[str, Layout]:
    """Node runs once for all of them."""
    drawn = {**pictures, "hostile": hostile()}
    return dict(zip(drawn, lay_out(drawn.values()), strict=True))
