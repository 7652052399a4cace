"""What cannot be synthesized in Python is named, and nothing is written."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cdktf import App, Aspects, Fn, GcsBackend, TerraformOutput, TerraformStack
from cdktf_cdktf_provider_google.compute_network import ComputeNetwork
from cdktf_cdktf_provider_google.container_cluster import ContainerCluster
from cdktf_cdktf_provider_google.provider import GoogleProvider
from cdktf_cdktf_provider_google.pubsub_topic import PubsubTopic, PubsubTopicTimeouts
from constructs import Construct

import cdktf_python
from cdktf_python import NotInPythonError, tables
from tests.bindings import ANSWERED_IN_PYTHON
from tests.support import ROOT


@pytest.fixture
def app(tmp_path: Path) -> App:
    return App(outdir=str(tmp_path / "out"))


def stack(app: App, name: str = "small") -> TerraformStack:
    made = TerraformStack(app, name)
    GcsBackend(made, bucket="state", prefix=name)
    GoogleProvider(made, "google", project="some-project")
    return made


WRONG: Any = PubsubTopicTimeouts()


class Renamed(PubsubTopic):
    """A resource that says itself how it is written."""

    def to_terraform(self) -> dict[str, object]:
        """Return something else."""
        return {}


@ANSWERED_IN_PYTHON
@pytest.mark.parametrize(
    ("use", "named"),
    [
        (lambda s: Fn.join(",", ["a"]), "cdktf.Fn.join"),
        (lambda s: Aspects.of(s), "cdktf.Aspects.of"),
        (lambda s: PubsubTopic(s, "t", name="t", count=2), "the argument count"),
        (lambda s: PubsubTopic(s, "t", name="t").name_input, "PubsubTopic.nameInput"),
        (lambda s: PubsubTopic(s, "t", name="t").reset_labels(), "PubsubTopic.resetLabels"),
        (lambda s: Renamed(s, "t", name="t"), "Renamed, which overrides toTerraform"),
        (lambda s: PubsubTopic(s, "t", name=s), "TerraformStack as name"),
        (
            lambda s: PubsubTopic(s, "t", name="t", message_transforms=[WRONG]),
            "PubsubTopicTimeouts as message_transforms",
        ),
        (lambda s: ContainerCluster(s, "c", name="c"), "containerCluster.ContainerCluster"),
    ],
)
def test_a_part_of_cdktf_that_is_not_here_is_named(
    use: Callable[[TerraformStack], object], named: str, app: App
) -> None:
    with pytest.raises(NotInPythonError) as refused:
        use(stack(app))
    assert named in str(refused.value)
    assert "JSII_LAZY=node" in str(refused.value)


@ANSWERED_IN_PYTHON
def test_a_value_of_another_stack_is_refused_before_anything_is_written(
    app: App, tmp_path: Path
) -> None:
    network = ComputeNetwork(stack(app, "first"), "network", name="n")
    TerraformOutput(stack(app, "second"), "id", value=network.id)
    with pytest.raises(NotInPythonError, match="second refers to google_compute_network"):
        app.synth()
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("use", "message"),
    [
        (lambda app: TerraformStack(app, "a*"), "invalid glob character"),
        (lambda app: TerraformStack(app, "a b"), "whitespace"),
        (lambda app: [Construct(app, "one"), Construct(app, "one")], "already a Construct"),
        (lambda app: Construct(app, ""), "Only root constructs"),
        (lambda app: TerraformStack.of(Construct(app, "one")), "No stack could be identified"),
        (lambda app: app.node.find_child("none"), "No child with id: 'none'"),
        (lambda app: [stack(app), app.node.set_context("a", 1)], "Cannot set context"),
    ],
)
def test_a_mistake_is_the_error_that_it_is_in_node(
    use: Callable[[App], object], message: str, app: App
) -> None:
    with pytest.raises(RuntimeError, match=message):
        use(app)


def test_a_resource_without_its_provider_is_refused(app: App) -> None:
    alone = TerraformStack(app, "alone")
    GcsBackend(alone, bucket="state", prefix="alone")
    PubsubTopic(alone, "topic", name="t")
    with pytest.raises(RuntimeError, match=r"without a matching provider .* google"):
        app.synth()


def test_two_stacks_cannot_wait_for_each_other(app: App) -> None:
    first, second = stack(app, "first"), stack(app, "second")
    first.add_dependency(second)
    with pytest.raises(RuntimeError, match="circular"):
        second.add_dependency(first)


def test_an_unknown_version_is_a_reason_and_changes_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(cdktf_python.KNOWN, "cdktf", "0.99.0")
    reason = cdktf_python.activate("cdktf_cdktf_provider_google")
    assert reason == "cdktf 0.21.0 is not 0.99.0, whose output is known here"
    assert cdktf_python.activate("cdktf_cdktf_provider_none") is not None


def test_a_folder_that_cannot_be_written_is_a_reason(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setattr(tables, "folder", lambda _: tmp_path / "file" / "cdktf-python" / "kept")
    reason = cdktf_python.activate("cdktf_cdktf_provider_google")
    assert reason == f"{tmp_path / 'file' / 'cdktf-python'} cannot be made: Not a directory"


REFUSED_ONCE = """
import os, sys, types
import main
from cdktf_python import NotInPythonError, tables

def synthesize(configuration, folder):
    if not os.environ.get("JSII_LAZY"):
        raise NotInPythonError("cdktf.Fn.join")
    print("by", os.environ["JSII_LAZY"])

main.bindings.load = lambda: None
app = sys.modules["stacks.app"] = types.ModuleType("stacks.app")
app.synthesize = synthesize
main.main()
"""


def test_the_app_goes_on_with_node_and_says_so() -> None:
    done = subprocess.run(
        [sys.executable, "-c", REFUSED_ONCE],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if name != "JSII_LAZY"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "by node\n"
    assert done.stderr == (
        "cdktf.Fn.join: only Node synthesizes that (JSII_LAZY=node), which takes longer\n"
    )
