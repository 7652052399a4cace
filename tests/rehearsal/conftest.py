"""A session, and synthesized stacks, for each test; Terraform is that of all tests."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from provider_schema.store import SchemaStore
from rehearsal.run import Session
from rehearsal.synthesized import SynthesizedStack
from tests.terraform import shared_session

Stack = Callable[..., SynthesizedStack]


@pytest.fixture
def session() -> Iterator[Session]:
    with ExitStack() as ended:
        yield replace(shared_session(), ended=ended)


@pytest.fixture(scope="session")
def store() -> SchemaStore:
    return shared_session().store


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
