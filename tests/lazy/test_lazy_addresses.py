"""Addresses that Node allocates: those of Python, with the same refusal of two alike."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.lazy.fresh import PACKAGE, environment
from tests.lazy.interpreter import Interpreter, Output

# A stack and constructs with the ids that the test gives, each id a child of the one before.
BUILD = f"""
import json, jsii_lazy
jsii_lazy.activate("{PACKAGE}")
prepare, use, paths = PROGRAM
exec(prepare)

from cdktf import App, TerraformStack
from constructs import Construct
from {PACKAGE}.pubsub_topic import PubsubTopic
from jsii_lazy import addresses
from constructs_lib.environment.stack import Stack

app = App(outdir="/nowhere")
arguments = dict(state_bucket="b", state_prefix="p")


def topics(stack):
    scopes = {{}}
    for *parents, last in paths:
        scope = stack
        for depth, name in enumerate(parents, 1):
            key = tuple(parents[:depth])
            if key not in scopes:
                scopes[key] = Construct(scope, name)
            scope = scopes[key]
        yield PubsubTopic(scope, last, name="topic")


exec(use)
"""
# With this, the installed cdktf is one whose addresses nobody has looked at.
UNKNOWN_CDKTF = "from jsii_lazy import _versions; _versions.KNOWN_CDKTF = '0.0.1'"
PATHS = [
    ["topic"],
    ["with-hyphen"],
    ["nested", "a-b", "c_d"],
    ["nested", "a-b", "UPPER"],
    ["--", "0"],
    ["dots.and:colons", "é"],
]
PRINT = """
ids = [topic.friendly_unique_id for topic in topics(Stack(app, "s", **arguments))]
print(json.dumps([addresses.allocated_in_node(), ids]))
"""
COLLIDE = """
try:
    [topic.friendly_unique_id for topic in topics(Stack(app, "s", **arguments))]
except RuntimeError as error:
    print(json.dumps([addresses.allocated_in_node(), type(error).__name__, str(error)]))
"""
COLLIDING = [["a", "b-c"], ["a", "b", "c"]]
TEXT = "s: a/b/c and a/b-c both become a_b_c; rename one of the constructs"


@pytest.fixture(scope="module")
def with_unknown_cdktf() -> Iterator[Interpreter]:
    """Another process: what is prepared there holds for all of it."""
    with Interpreter("-O", environment=environment("1")) as interpreter:
        yield interpreter


def run(interpreter: Interpreter, use: str, paths: list[list[str]], *, prepare: str = "") -> Output:
    """Build the constructs; return what this prints, and what it says."""
    return interpreter.run(f"PROGRAM = {(prepare, use, paths)!r}\n{BUILD}")


def test_node_allocates_the_addresses_that_python_would(
    shared: Interpreter, with_unknown_cdktf: Interpreter
) -> None:
    (in_node, found), _ = run(shared, PRINT, PATHS)
    (in_python, expected), _ = run(with_unknown_cdktf, PRINT, PATHS, prepare=UNKNOWN_CDKTF)
    assert in_node
    assert not in_python
    assert found == expected
    assert found[2] == "nested_a_b_c_d"


def test_two_paths_that_give_one_address_are_refused_by_name_in_node(shared: Interpreter) -> None:
    value, _ = run(shared, COLLIDE, COLLIDING)
    assert value == [True, "AddressCollisionError", TEXT]


def test_an_unknown_cdktf_leaves_the_addresses_to_python_and_is_named_once(
    with_unknown_cdktf: Interpreter,
) -> None:
    (in_node, _, text), _ = run(with_unknown_cdktf, COLLIDE, COLLIDING, prepare=UNKNOWN_CDKTF)
    assert not in_node
    assert TEXT in text
    said = with_unknown_cdktf.stderr()
    assert said.count("jsii_lazy: cdktf 0.21.0 is not 0.0.1: Python allocates the addresses") == 1


def test_a_stack_that_does_not_ask_keeps_the_ids_of_cdktf(shared: Interpreter) -> None:
    use = """
print(json.dumps([t.friendly_unique_id for t in topics(TerraformStack(app, "plain"))]))
"""
    (address,), _ = run(shared, use, [["a", "b"]])
    assert address.startswith("a_b_")
    assert len(address) == len("a_b_") + 8


def test_a_cdktf_of_another_version_than_python_sees_is_not_loaded() -> None:
    prepare = "from jsii_lazy import _versions; _versions.known_cdktf = lambda: '0.0.1'"
    refusal = r"cdktf is 0\.21\.0 and not 0\.0\.1; set JSII_LAZY=0"
    with (
        Interpreter("-O", environment=environment("1")) as interpreter,
        pytest.raises(AssertionError, match=refusal),
    ):
        run(interpreter, PRINT, PATHS, prepare=prepare)
