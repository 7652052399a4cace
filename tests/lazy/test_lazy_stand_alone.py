"""A stack that stands alone is resolved once; a value from another stack is refused there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.lazy.fresh import PACKAGE, REPOSITORY

# Two stacks; the second refers to a topic of the first where it is told to.
BUILD = f"""
import json, os, sys, jsii_lazy
jsii_lazy.activate("{PACKAGE}")
stands_alone, refers = json.loads(sys.stdin.read())
from cdktf import App, GcsBackend, TerraformStack
from {PACKAGE}.provider import GoogleProvider
from {PACKAGE}.pubsub_topic import PubsubTopic
from jsii_lazy import stand_alone

app = App(outdir=os.environ["CDKTF_OUTDIR"])
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


def build(out: Path, *, stands_alone: bool, refers: bool) -> Any:
    python = subprocess.run(
        [sys.executable, "-c", BUILD],
        input=json.dumps([stands_alone, refers]),
        cwd=REPOSITORY,
        env={**os.environ, "JSII_LAZY": "1", "CDKTF_OUTDIR": str(out)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert python.returncode == 0, python.stderr
    return json.loads(python.stdout.splitlines()[-1])


def stack_files(out: Path) -> dict[str, bytes]:
    return {path.parent.name: path.read_bytes() for path in out.glob("stacks/*/cdk.tf.json")}


def test_it_has_the_same_bytes_as_one_that_is_resolved_twice(tmp_path: Path) -> None:
    for name, stands_alone in (("once", True), ("twice", False)):
        answer = build(tmp_path / name, stands_alone=stands_alone, refers=False)
        assert answer == "synthesized"
    assert stack_files(tmp_path / "once") == stack_files(tmp_path / "twice")


def test_a_value_from_another_stack_is_refused_with_both_names(tmp_path: Path) -> None:
    answer = build(tmp_path / "out", stands_alone=True, refers=True)
    assert "second refers to google_pubsub_topic.topic.id of first" in answer
    assert "no value crosses stacks" in answer


def test_other_stacks_cross_as_cdktf_lets_them(tmp_path: Path) -> None:
    answer = build(tmp_path / "out", stands_alone=False, refers=True)
    assert answer == "synthesized"
    second = json.loads(stack_files(tmp_path / "out")["second"])
    assert "terraform_remote_state" in second["data"]
