"""Addresses are a contract: they read like the construct tree."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from cdktf import App
from cdktf_cdktf_provider_google.pubsub_topic import PubsubTopic
from constructs import Construct

from constructs_lib.environment.stack import Stack
from constructs_lib.terraform import google_provider
from tests.support import Stacks, addresses, resources, strings


def test_no_address_ends_in_a_hash(stacks: Stacks) -> None:
    for stack in stacks.values():
        for kind in ("resource", "variable", "output"):
            for address in strings({kind: list(stack.get(kind, {}))}):
                assert not re.search(r"_[0-9A-F]{8}$", address)
        assert not [a for a in addresses(stack) if re.search(r"_[0-9A-F]{8}$", a)]


def test_an_address_is_the_construct_path_in_snake_case(stacks: Stacks) -> None:
    for stack in stacks.values():
        for _, name, arguments in resources(stack):
            path = arguments["//"]["metadata"]["path"].partition("/")[2]
            assert name == path.replace("/", "_").replace("-", "_")


def test_the_top_constructs_are_named_as_the_modules_of_the_plan(stacks: Stacks) -> None:
    tops = {
        arguments["//"]["metadata"]["path"].split("/")[1]
        for name, stack in stacks.items()
        if name.startswith("prod-")
        for _, _, arguments in resources(stack)
    }
    assert {"cloud-run", "postgres", "redis", "secrets", "monitoring", "network"} <= tops


def test_two_paths_that_give_one_address_are_refused(tmp_path: Path) -> None:
    app = App(outdir=str(tmp_path))
    stack = Stack(
        app,
        "s",
        state_bucket="b",
        state_prefix="p",
    )
    google_provider(stack, project_id="project", region="us-central1", labels={})
    parent = Construct(stack, "a")
    PubsubTopic(parent, "b-c", name="first")
    PubsubTopic(Construct(parent, "b"), "c", name="second")
    with pytest.raises(RuntimeError, match="a/b/c and a/b-c both become a_b_c"):
        app.synth()
