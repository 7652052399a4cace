"""One fake for all tests; each gets a world of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.delivery.rollout.scene import Scene
from tests.google_api.fake import FakeGoogle


@pytest.fixture(scope="session")
def fake() -> Iterator[FakeGoogle]:
    fake = FakeGoogle()
    yield fake
    fake.close()


@pytest.fixture
def scene(fake: FakeGoogle) -> Scene:
    return Scene(fake)
