"""Plans stacks to be read, and never applied: ``python3 -m delivery.jobs.plan FOLDER... --out``.

State is not locked, because whoever plans here may not write it. A plan that fails is a plan that
says so: the exit code is 1 then, after all were made.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from delivery.jobs.images import image_values
from delivery.jobs.plans import Outcome, Plan

_EMPTY, _CHANGES = 0, 2
"""The exit codes of ``terraform plan -detailed-exitcode``; any other is a failure."""


def main() -> int:
    """Plan each folder that holds a stack, and write what came of it."""
    parser = argparse.ArgumentParser(prog="delivery.jobs.plan", description=__doc__)
    parser.add_argument("folders", type=Path, nargs="+", metavar="FOLDER")
    parser.add_argument("--out", type=Path, required=True, help="where to write the plans")
    arguments = parser.parse_args()
    failed = 0
    for folder in arguments.folders:
        plan = planned(folder)
        plan.write(arguments.out)
        print(f"::group::{plan.stack}: {plan.summary}\n{plan.text}\n::endgroup::")
        failed += plan.outcome is Outcome.FAILED
    return 1 if failed else 0


def planned(folder: Path) -> Plan:
    """Plan the stack of a folder, with the images that its state has."""
    stack = folder.name
    init = _terraform(folder, "init", "-input=false", "-no-color")
    if init.returncode:
        return Plan(stack, Outcome.FAILED, _printed(init))
    # In memory alone: the state of some stacks holds a secret.
    pull = _terraform(folder, "state", "pull")
    if pull.returncode:
        return Plan(stack, Outcome.FAILED, _printed(pull))
    configuration = json.loads((folder / "cdk.tf.json").read_text(encoding="utf-8"))
    state = json.loads(pull.stdout) if pull.stdout.strip() else {}
    values = {**image_values(configuration, state), **_passwords(configuration)}
    (folder / "read.auto.tfvars.json").write_text(json.dumps(values), encoding="utf-8")
    plan = _terraform(
        folder, "plan", "-input=false", "-no-color", "-lock=false", "-detailed-exitcode"
    )
    outcomes = {_EMPTY: Outcome.EMPTY, _CHANGES: Outcome.CHANGES}
    return Plan(stack, outcomes.get(plan.returncode, Outcome.FAILED), _printed(plan))


def _passwords(configuration: Mapping[str, Any]) -> dict[str, str]:
    """Return values for the ephemeral variables: a plan compares nothing with them."""
    return {
        name: "only-for-a-plan-0000000000"
        for name, variable in configuration.get("variable", {}).items()
        if variable.get("ephemeral")
    }


def _terraform(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = ("terraform", f"-chdir={folder}", *arguments)
    return subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )


def _printed(done: subprocess.CompletedProcess[str]) -> str:
    return "\n".join(text.strip("\n") for text in (done.stdout, done.stderr) if text.strip())


if __name__ == "__main__":
    sys.exit(main())
