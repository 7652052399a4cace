"""A stack that stands alone is resolved once; a value from another stack is refused there."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.lazy.fresh import PACKAGE
from tests.lazy.interpreter import Interpreter

# Two stacks; the second refers to a topic of the first where it is told to.
BUILD = f"""
import json, jsii_lazy
jsii_lazy.activate("{PACKAGE}")
outdir, stands_alone, refers = PROGRAM
from cdktf import App, GcsBackend, TerraformStack
from {PACKAGE}.provider import GoogleProvider
from {PACKAGE}.pubsub_topic import PubsubTopic
from jsii_lazy import stand_alone

app = App(outdir=outdir)
stacks = []
for name in ("first", "second"):
    stack = TerraformStack(app, name)
    if stands_alone:
        stack.node.set_context(stand_alone.MARK, True)
    GcsBackend(stack, bucket="b", prefix=name)
    GoogleProvider(stack, "google", project="p")
    stacks.append(stack)
topic = PubsubTopic(stacks[0], "topic", name="topic")
PubsubTopic(stacks[1], "other", name=topic.id if refers else "other")
try:
    app.synth()
except Exception as error:
    print(json.dumps(f"{{type(error).__name__}}: {{error}}"))
else:
    print(json.dumps("synthesized"))
"""


@pytest.fixture
def build(shared: Interpreter) -> Callable[..., Any]:
    """Build the two stacks; return what the program prints."""

    def build_stacks(out: Path, *, stands_alone: bool, refers: bool) -> Any:
        return shared.run(f"PROGRAM = {(str(out), stands_alone, refers)!r}\n{BUILD}").value

    return build_stacks


def stack_files(out: Path) -> dict[str, bytes]:
    return {path.parent.name: path.read_bytes() for path in out.glob("stacks/*/cdk.tf.json")}


def test_it_has_the_same_bytes_as_one_that_is_resolved_twice(
    tmp_path: Path, build: Callable[..., Any]
) -> None:
    for name, stands_alone in (("once", True), ("twice", False)):
        answer = build(tmp_path / name, stands_alone=stands_alone, refers=False)
        assert answer == "synthesized"
    assert stack_files(tmp_path / "once") == stack_files(tmp_path / "twice")


def test_a_value_from_another_stack_is_refused_with_both_names(
    tmp_path: Path, build: Callable[..., Any]
) -> None:
    answer = build(tmp_path / "out", stands_alone=True, refers=True)
    assert "second refers to google_pubsub_topic.topic.id of first" in answer
    assert "no value crosses stacks" in answer


def test_other_stacks_cross_as_cdktf_lets_them(tmp_path: Path, build: Callable[..., Any]) -> None:
    answer = build(tmp_path / "out", stands_alone=False, refers=True)
    assert answer == "synthesized"
    second = json.loads(stack_files(tmp_path / "out")["second"])
    assert "terraform_remote_state" in second["data"]
