"""The stand-in's schema for all tests; a session, and synthesized stacks, for each test."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from provider_schema.store import SchemaStore
from rehearsal.run import Session, open_session
from rehearsal.synthesized import SynthesizedStack

Stack = Callable[..., SynthesizedStack]


@pytest.fixture(scope="session")
def store() -> SchemaStore:
    return SchemaStore()


@pytest.fixture
def session(store: SchemaStore) -> Iterator[Session]:
    with open_session(store) as session:
        yield session


@pytest.fixture
def stack(tmp_path: Path) -> Stack:
    """Return a function that writes a stack of resources ``{type: {name: arguments}}``."""

    def write(
        resources: Mapping[str, Any], name: str = "stack", **sections: Any
    ) -> SynthesizedStack:
        return write_stack(
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

    return write


def write_stack(folder: Path, name: str, configuration: dict[str, Any]) -> SynthesizedStack:
    """Write a configuration as a synthesized stack."""
    (folder / name).mkdir(exist_ok=True)
    (folder / name / "cdk.tf.json").write_text(json.dumps(configuration, indent=2))
    return SynthesizedStack(name, folder / name, configuration)
