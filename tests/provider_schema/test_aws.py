"""The classes of constructs_lib/aws.py write what the aws provider takes, and nothing else."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from cdktf import App

from constructs_lib import aws
from constructs_lib.environment.environment import Environment
from environments import load
from provider_schema.blocks import Block, CtyType
from provider_schema.store import load_aws
from scripts.extract_aws_schema import TYPES
from stacks.aws import AwsStack
from tests.support import ROOT, Stacks, edited, read, resources

SCHEMA = load_aws()
UNIQUE_ID = "100000000000000000001"
META = frozenset({"//", "depends_on", "lifecycle"})
"""What Terraform itself reads in the body of a resource."""


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return a stack with every type that is in use; the role is optional."""
    folder = tmp_path_factory.mktemp("aws")
    account = 'account_id = "123456789012"\n'
    files = edited(folder, ("prod", account, f'{account}api_account_unique_id = "{UNIQUE_ID}"\n'))
    return read(_synthesized(load(files).environments[-1], folder / "out"))["prod-aws"]


def _synthesized(environment: Environment, out: Path) -> Path:
    storage = environment.settings.managed_aws_storage
    assert storage is not None
    assert storage.aws is not None
    app = App(outdir=str(out))
    AwsStack(app, environment, storage, storage.aws)
    app.synth()
    return out


def faults(block: Block, arguments: Mapping[str, Any], where: str) -> Iterator[str]:
    """Yield what of the arguments the provider would refuse by its schema alone."""
    for name, value in arguments.items():
        path = f"{where}.{name}"
        if name in block.blocks:
            if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
                yield f"{path} is a block: a list of objects"
                continue
            nested = block.blocks[name]
            if nested.max_items and len(value) > nested.max_items:
                yield f"{path} stands {len(value)} times"
            for item in value:
                yield from faults(nested.block, item, path)
        elif name not in block.attributes:
            yield f"{path} is not in the schema"
        elif block.attributes[name].computed_only:
            yield f"{path} is computed"
        elif not _has_type(value, block.attributes[name].type):
            yield f"{path} = {value!r} is not {block.attributes[name].type}"
    required = {name for name, attribute in block.attributes.items() if attribute.required}
    required |= {name for name, nested in block.blocks.items() if nested.min_items}
    for name in sorted(required - arguments.keys()):
        yield f"{where}.{name} is missing"


def _has_type(value: Any, cty: CtyType) -> bool:
    match cty:
        case "string":
            return isinstance(value, str)
        case "bool":
            return isinstance(value, bool)
        case "number":
            return isinstance(value, int) and not isinstance(value, bool)
        case ["list" | "set", inner]:
            return isinstance(value, list) and all(_has_type(item, inner) for item in value)
        case ["map", inner]:
            return isinstance(value, dict) and all(_has_type(v, inner) for v in value.values())
    raise AssertionError(f"no argument in use has the type {cty}")


def _written(arguments: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in arguments.items() if name not in META}


def test_every_argument_is_in_the_schema_with_its_type_and_the_required_are_there(
    stack: dict[str, Any],
) -> None:
    found = [
        fault
        for kind, name, arguments in resources(stack)
        for fault in faults(SCHEMA.resources[kind], _written(arguments), f"{kind}.{name}")
    ]
    [provider] = stack["provider"]["aws"]
    assert [*found, *faults(SCHEMA.provider, provider, "provider")] == []


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        ({"buckett": "b"}, "x.buckett is not in the schema"),
        ({}, "x.bucket is missing"),
        ({"bucket": 1}, "x.bucket = 1 is not string"),
        ({"id": 1, "bucket": "b"}, "x.id = 1 is not string"),
        ({"bucket": "b", "cors_rule": {}}, "x.cors_rule is a block: a list of objects"),
        ({"bucket": "b", "cors_rule": [{}]}, "x.cors_rule.allowed_methods is missing"),
        (
            {"bucket": "b", "cors_rule": [{"allowed_methods": "PUT"}]},
            "x.cors_rule.allowed_methods = 'PUT' is not ['set', 'string']",
        ),
        ({"bucket": "b", "cors_rule": [{"max_age_seconds": "1"}]}, "x.cors_rule.max_age_seconds"),
    ],
)
def test_a_fault_against_the_schema_is_seen(arguments: dict[str, Any], fault: str) -> None:
    block = SCHEMA.resources["aws_s3_bucket_cors_configuration"]
    assert any(text.startswith(fault) for text in faults(block, arguments, "x"))


def test_a_computed_attribute_and_a_second_block_are_faults() -> None:
    key = faults(SCHEMA.resources["aws_kms_key"], {"arn": "x"}, "x")
    assert list(key) == ["x.arn is computed"]
    controls = {"bucket": "b", "rule": [{"object_ownership": "x"}] * 2}
    block = SCHEMA.resources["aws_s3_bucket_ownership_controls"]
    assert list(faults(block, controls, "x")) == ["x.rule stands 2 times"]


def test_the_schema_holds_the_types_in_use_and_no_other(stack: dict[str, Any]) -> None:
    written = set(re.findall(r'"(aws_\w+)"', (ROOT / "constructs_lib" / "aws.py").read_text()))
    assert SCHEMA.resources.keys() == TYPES == written == stack["resource"].keys()


def test_stacks_accept_the_version_of_the_provider_that_the_schema_is_of(stacks: Stacks) -> None:
    assert SCHEMA.provider_version == aws.PROVIDER_VERSION
    required = stacks["prod-aws"]["terraform"]["required_providers"]
    assert required == {"aws": {"source": "aws", "version": SCHEMA.provider_version}}
    others = [name for name in stacks if not name.endswith("-aws")]
    assert not [n for n in others if "aws" in stacks[n]["terraform"]["required_providers"]]


def test_no_package_of_the_bindings_is_installed() -> None:
    for file in ("requirements.in", "requirements.txt", "package.json"):
        assert "provider-aws" not in (ROOT / file).read_text(), file
    assert "provider-aws" in json.dumps(
        json.loads((ROOT / "provider_schema/data/aws-6.25.0.json").read_text())["source"]
    )
