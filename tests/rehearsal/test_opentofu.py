"""OpenTofu goes through the same phases against the same stand-in."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path

import pytest

from provider_schema.store import SchemaStore
from rehearsal.run import PHASES, open_session, rehearse
from tests.rehearsal.conftest import Stack
from tests.rehearsal.test_lifecycle import PASSWORD, STACK


def test_each_provider_is_offered_under_the_registries_of_terraform_and_of_opentofu(
    store: SchemaStore, stack: Stack
) -> None:
    with open_session(store) as session:
        offered = json.loads(session.attach(stack(STACK)).reattach)
    assert offered.keys() == {
        "registry.terraform.io/hashicorp/google",
        "registry.opentofu.org/hashicorp/google",
    }
    assert len({json.dumps(server) for server in offered.values()}) == 1


def test_a_stack_with_a_password_goes_through_its_whole_life(
    store: SchemaStore, stack: Stack
) -> None:
    beside_python = str(Path(sys.executable).parent)
    tofu = shutil.which("tofu", path=f"{beside_python}{os.pathsep}{os.environ['PATH']}")
    if tofu is None:
        pytest.skip("OpenTofu, because no tofu is on PATH; make tofu builds one")
    with open_session(store, tofu) as session:
        (result,) = rehearse(session, [stack(STACK, variable=PASSWORD)])
    assert result.failed is None, result.failed
    assert [phase.name for phase in result.phases] == list(PHASES)
