"""A plan that is only read: the images of the state, no lock, and nothing secret on the disk."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from constructs_lib.pipeline.access import PLANNED_PARTS
from delivery.jobs.changes import REPORT_CHARACTERS, reported, to_plan
from delivery.jobs.images import UNKNOWN, image_values
from delivery.jobs.plan import planned
from delivery.jobs.plans import Outcome, length
from tests.support import ENVIRONMENTS, STACKS, Stacks

DIGEST = f"@sha256:{'a' * 64}"
STATE_SECRET = "not-a-real-auth-string"


def _deployed(variable: str) -> str:
    return f"registry.example.com/beep/{variable}{DIGEST}"


def _stored(value: Any) -> Any:
    """Return what the state holds of an argument: blocks as lists, and no expression."""
    if isinstance(value, dict):
        return {key: _stored_block(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_stored(inner) for inner in value]
    if isinstance(value, str):
        text = re.sub(r"\$\{var\.(image_\w+)\}", lambda m: _deployed(m[1]), value)
        text = re.sub(r"(?<!\$)\$\{[^{}]*\}", "computed\nvalue", text)
        return text.replace("$${", "${")
    return value


def _stored_block(value: Any) -> Any:
    return [_stored(value)] if isinstance(value, dict) else _stored(value)


def _state(stack: dict[str, Any]) -> dict[str, Any]:
    return {
        "resources": [
            {
                "mode": "managed",
                "type": kind,
                "name": name,
                "instances": [{"attributes": _stored(arguments)}],
            }
            for kind, by_name in stack.get("resource", {}).items()
            for name, arguments in by_name.items()
        ]
    }


@pytest.mark.parametrize("name", [name for name in STACKS if name != "bootstrap"])
def test_a_plan_is_given_the_images_that_the_state_has(name: str, stacks: Stacks) -> None:
    variables = {v for v in stacks[name].get("variable", {}) if v.startswith("image_")}
    values = image_values(stacks[name], _state(stacks[name]))
    assert values == {variable: _deployed(variable) for variable in variables}


def test_what_the_state_does_not_have_is_the_default_or_an_image_that_nobody_takes_for_one(
    stacks: Stacks,
) -> None:
    dev, prod = (image_values(stacks[f"{name}-services"], {}) for name in ("dev", "prod"))
    assert dev["image_api"].endswith("/beep-api:main")
    assert set(prod.values()) == {UNKNOWN}
    # Terraform must accept it where images are named by digest.
    assert re.search("@sha256:[0-9a-f]{64}$", UNKNOWN)


TERRAFORM = f"""#!{sys.executable} -IS
import json, os, sys
folder = sys.argv[1].removeprefix("-chdir=")
with open(os.environ["CALLS"], "a") as calls:
    print(json.dumps(sys.argv[2:]), file=calls)
if sys.argv[2:4] == ["state", "pull"]:
    print(open(os.environ["STATE"]).read())
if sys.argv[2] == os.environ.get("FAILS"):
    print("Error: refused", file=sys.stderr)
    sys.exit(1)
if sys.argv[2] == "plan":
    print("No changes." if os.environ["PLAN_EXIT"] == "0" else "Plan: 1 to add")
    sys.exit(int(os.environ["PLAN_EXIT"]))
"""


@pytest.fixture
def terraform(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A Terraform that plans what it is told; returns where its calls are written."""
    tool = tmp_path / "bin" / "terraform"
    tool.parent.mkdir()
    tool.write_text(TERRAFORM)
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(tool.parent))
    monkeypatch.setenv("CALLS", str(tmp_path / "calls"))
    monkeypatch.setenv("STATE", str(tmp_path / "state"))
    return tmp_path / "calls"


def _stack(folder: Path, name: str, stacks: Stacks) -> Path:
    stack = folder / name
    stack.mkdir()
    (stack / "cdk.tf.json").write_text(json.dumps(stacks[name]))
    state = {**_state(stacks[name]), "secret": STATE_SECRET}
    (folder / "state").write_text(json.dumps(state))
    return stack


def test_a_plan_takes_no_lock_and_leaves_no_state_on_the_disk(
    terraform: Path, stacks: Stacks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLAN_EXIT", "2")
    stack = _stack(tmp_path, "prod-data", stacks)
    plan = planned(stack)
    assert (plan.outcome, plan.summary) == (Outcome.CHANGES, "Plan: 1 to add")
    calls = [json.loads(line) for line in terraform.read_text().splitlines()]
    assert [call[0] for call in calls] == ["init", "state", "plan"]
    assert {"-lock=false", "-detailed-exitcode", "-input=false"} <= set(calls[2])
    written = "".join(path.read_text() for path in stack.iterdir())
    assert STATE_SECRET not in written
    # The ephemeral variables have no default, and a plan compares nothing with them.
    values = json.loads((stack / "read.auto.tfvars.json").read_text())
    assert values.keys() == {"db_app_password", "db_owner_password"}


@pytest.mark.parametrize("fails", ["init", "state", "plan"])
def test_a_plan_that_fails_says_why_and_is_not_an_empty_one(
    fails: str, terraform: Path, stacks: Stacks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLAN_EXIT", "0")
    stack = _stack(tmp_path, "prod-foundation", stacks)
    assert planned(stack).outcome is Outcome.EMPTY
    monkeypatch.setenv("FAILS", fails)
    plan = planned(stack)
    assert (plan.outcome, plan.summary) == (Outcome.FAILED, "Error: refused")


def test_the_stacks_that_differ_are_planned_as_far_as_a_pull_request_may(
    outdir: Path, tmp_path: Path
) -> None:
    before = tmp_path / "before" / "stacks"
    for name in STACKS:
        (before / name).mkdir(parents=True)
        text = (outdir / "stacks" / name / "cdk.tf.json").read_text()
        (before / name / "cdk.tf.json").write_text(text)
    assert to_plan(before.parent, outdir) == {"plan": [], "rest": []}
    for name in (*STACKS, "qa-services"):
        (before / name).mkdir(exist_ok=True)
        (before / name / "cdk.tf.json").write_text("{}")
    report = reported(before.parent, outdir)
    assert report.startswith("### What this pull request does to the base")
    assert length(report) <= REPORT_CHARACTERS
    changes = to_plan(before.parent, outdir)
    assert set(changes["plan"]) == {f"{e}-{part}" for e in ENVIRONMENTS for part in PLANNED_PARTS}
    # A stack that is gone cannot be planned.
    assert set(changes["rest"]) == {*STACKS, "qa-services"} - set(changes["plan"])
