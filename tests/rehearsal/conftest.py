"""The stand-in's schema for the session; a stage, and synthesized stacks, for each test."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from provider_schema.store import SchemaStore
from rehearsal.run import Stage, stage
from rehearsal.synthesized import Synthesized

Stack = Callable[..., Synthesized]


@pytest.fixture(scope="session")
def store() -> SchemaStore:
    return SchemaStore()


@pytest.fixture
def place(store: SchemaStore) -> Iterator[Stage]:
    with stage(store) as started:
        yield started


@pytest.fixture
def stack(tmp_path: Path) -> Stack:
    """Make a stack of resources given as ``{type: {name: arguments}}``."""

    def make(resources: Mapping[str, Any], name: str = "stack", **sections: Any) -> Synthesized:
        return written(
            tmp_path,
            name,
            {
                "terraform": {
                    "required_providers": {"google": {"source": "google", "version": "6.50.0"}},
                    "backend": {"gcs": {"bucket": "state", "prefix": name}},
                },
                "provider": {"google": [{"project": "acme", "region": "europe-west1"}]},
                "resource": resources,
                **sections,
            },
        )

    return make


def written(folder: Path, name: str, configuration: dict[str, Any]) -> Synthesized:
    """Write a configuration as a synthesized stack."""
    (folder / name).mkdir(exist_ok=True)
    (folder / name / "cdk.tf.json").write_text(json.dumps(configuration, indent=2))
    return Synthesized(name, folder / name, configuration)
