"""Real Terraform reads the same infrastructure from the review HCL as from the JSON."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest

from provider_schema.blocks import Block, ProviderSchema
from provider_schema.store import SchemaStore
from rehearsal.server import serve
from review import render
from tests.review.plans import plan, settle
from tests.support import ROOT, STACKS, Stacks

DIGEST = "@sha256:" + "0" * 64


def _variables(stack: dict[str, Any]) -> dict[str, str]:
    """Return a valid value for every variable of a stack, none of them its default."""
    return {
        name: f"example.com/{name}{DIGEST}" if name.startswith("image_") else f"{name:x<40}"
        for name in stack.get("variable", {})
    }


@pytest.fixture(scope="module")
def schemas(stacks: Stacks) -> tuple[ProviderSchema, ...]:
    """The types of all stacks: Terraform is loaded anew for others."""
    types = [{t for s in stacks.values() for t in s.get(kind, ())} for kind in ("resource", "data")]
    return SchemaStore().load_each(*types)


@pytest.fixture(scope="module")
def storing(schemas: tuple[ProviderSchema, ...]) -> tuple[ProviderSchema, ...]:
    """The same types, which store write-only arguments like any other."""
    return tuple(
        dataclasses.replace(
            schema,
            resources={n: _without_write_only(block) for n, block in schema.resources.items()},
        )
        for schema in schemas
    )


# The environments differ in values where they differ in no mode; those stacks are planned once.
PLANNED = [
    name
    for name in STACKS
    if name.startswith(("bootstrap", "prod-"))
    or name.endswith(("-foundation", "-data", "-services"))
]
WITH_WRITE_ONLY_OR_UNKNOWN = ("prod-foundation", "prod-data", "prod-services")


@pytest.mark.parametrize("name", PLANNED)
def test_the_plan_of_the_hcl_is_the_plan_of_the_json(
    name: str, stacks: Stacks, schemas: tuple[ProviderSchema, ...], tmp_path: Path
) -> None:
    stack = stacks[name]
    hcl = (ROOT / "cdktf.out" / "review" / f"{name}.tf").read_text()
    with serve(schemas, tmp_path) as attached:
        options: Any = {"attachment": attached, "variables": _variables(stack)}
        of_json = plan(tmp_path / "json", "cdk.tf.json", json.dumps(stack), **options)
        of_hcl = plan(tmp_path / "hcl", "main.tf", hcl, **options)
    settle(of_json["configuration"], of_hcl["configuration"])
    assert len(of_hcl.get("resource_changes", ())) >= len(stack.get("resource", ()))
    assert of_hcl == of_json


# Applying is slow; these hold every kind of value that no plan shows.
@pytest.mark.parametrize("name", WITH_WRITE_ONLY_OR_UNKNOWN)
def test_values_that_no_plan_shows_are_equal_once_applied(
    name: str, stacks: Stacks, storing: tuple[ProviderSchema, ...], tmp_path: Path
) -> None:
    # A plan shows neither values that only the cloud knows nor write-only arguments.
    stack = json.loads(json.dumps(stacks[name]))
    for variable in stack.get("variable", {}).values():
        variable.pop("ephemeral", None)
    text = json.dumps(stack)
    with serve(storing, tmp_path) as attached:
        options: Any = {
            "attachment": attached,
            "variables": _variables(stack),
            "apply": True,
        }
        of_json = plan(tmp_path / "json", "cdk.tf.json", text, **options)
        of_hcl = plan(tmp_path / "hcl", "main.tf", render(text, stack=name), **options)
    if name.endswith("-data"):
        assert "secret_data_wo" in json.dumps(of_json)
        assert "postgresql://beep_app:db_app_passwordxx" in json.dumps(of_json)
    assert of_hcl == of_json


def _without_write_only(block: Block) -> Block:
    """Return a block whose write-only arguments are stored like any other."""
    return dataclasses.replace(
        block,
        attributes={
            name: dataclasses.replace(attribute, write_only=False)
            for name, attribute in block.attributes.items()
        },
        blocks={
            name: dataclasses.replace(nested, block=_without_write_only(nested.block))
            for name, nested in block.blocks.items()
        },
    )
