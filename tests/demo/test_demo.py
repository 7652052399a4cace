"""The demo, told once: real Terraform, the commands and a fake Google on one store."""

from __future__ import annotations

import io
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from delivery.rollout.target import STACKS
from demo.loopback import Loopback, loopback
from demo.story import Story
from environments import Configuration

API = "beep-api"


@pytest.fixture(scope="module")
def told(configuration: Configuration, outdir: Path) -> Iterator[tuple[Story, Loopback]]:
    with loopback(configuration.environment("staging"), outdir) as world:
        story = Story(world, io.StringIO())
        story.tell()
        yield story, world


def outputs(story: Story, command: str) -> list[str]:
    """Return what the runs of a command printed; behind ``--`` it counts as well."""
    return [act.output for act in story.acts if f"beep-infra {command} " in f"{act.command} "]


def test_each_release_ends_as_the_story_says(told: tuple[Story, Loopback]) -> None:
    story, _ = told
    first, second, third = outputs(story, "rollout run")
    assert "shift" not in first
    assert f"tag {API}: done" in first
    for percent in (5, 25, 50, 100):
        assert f"gate {percent}: done" in second
    assert "tag beep-todox" not in second
    assert "gate 5: FAILED: no verdict" in third
    [resumed] = outputs(story, "rollout resume")
    assert "run of r3 rolled back: beep-api fail: 10.00% errors" in resumed
    assert "rollback of r1 succeeded" in outputs(story, "rollout rollback")[-1]
    assert "settle of r1 succeeded" in outputs(story, "rollout settle")[-1]
    assert (
        outputs(story, "verify")[0]
        .rstrip()
        .endswith("0 failed, 0 warnings, 0 not checked, 54 passed")
    )


def test_in_the_end_every_plan_is_empty_with_the_release_that_serves(
    told: tuple[Story, Loopback],
) -> None:
    story, world = told
    last = outputs(story, "rollout plan")[-1]
    assert [line for line in last.splitlines() if line.startswith("staging-")] == [
        f"staging-{part}: 0 changes" for part in STACKS
    ]
    [history] = outputs(story, "rollout history")
    endings = [line.partition(" ")[2][17:] for line in history.splitlines() if line[0].isdigit()]
    assert endings == [
        "settle r1: succeeded",
        "rollback r1: succeeded",
        "run r3: rolled back",
        "run r2: succeeded",
        "run r1: succeeded",
    ]
    # One for each release, and none for going back.
    assert len(world.google.world.run.executions) == 3


def test_no_secret_is_printed_or_kept_in_the_bucket(told: tuple[Story, Loopback]) -> None:
    story, world = told
    [project] = world.google.world.projects.values()
    values = {
        v.payload.decode() for versions in project.secrets.values() for v in versions if v.payload
    }
    assert len(values) >= 20
    texts = (
        "".join(act.output for act in story.acts),
        json.dumps(world.google.world.objects.versions),
    )
    assert [value for value in values for text in texts if value in text] == []
    assert list(world.stacks.rglob("*.auto.tfvars.json")) == []


def test_an_apply_outside_of_any_rollout_makes_a_revision_and_sends_nobody_there(
    told: tuple[Story, Loopback], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, world = told
    release = json.loads((world.folder / "r1.json").read_text())
    for name, image in release["images"].items():
        text = image if isinstance(image, str) else image["staging"]
        monkeypatch.setenv(f"TF_VAR_image_{name}", text)
    monkeypatch.setenv("TF_VAR_image_api", f"example.com/beep/api@sha256:{9:064x}")
    service = world.google.world.run.services[f"{world.place}/services/{API}"]
    before = service["traffic"]
    newest = world.next_revision(API)

    # Not while a secret that it reads is not there.
    [project] = world.google.world.projects.values()
    version = project.secrets["beep-ai-anthropic-api-key"][0]
    version.state = "DISABLED"
    apply = ("apply", "-auto-approve", "-no-color")
    with pytest.raises(subprocess.CalledProcessError) as refused:
        world.run_terraform("services", *apply)
    assert "beep-ai-anthropic-api-key/versions/1 was not found" in refused.value.output

    version.state = "ENABLED"
    assert "0 added, 1 changed, 0 destroyed" in world.run_terraform("services", *apply)
    assert world.google.world.run.services[f"{world.place}/services/{API}"]["traffic"] == before
    state = json.loads((world.stacks / "staging-services" / "terraform.tfstate").read_text())
    assert state["outputs"]["api_latest_created_revision"]["value"].endswith(newest)
    assert "No changes" in world.run_terraform("services", "plan", "-no-color")
