"""Lets checkov look at a copy of the stacks, and makes sure that it did look."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from policy.rule import Finding
from policy.stack import STACK_FILE, Stack

PYTHON = Path(".venv-policy/bin/python")
_SCAN = Path(__file__).with_name("checkov_scan.py")
_UNREADABLE = ("import", "moved", "removed")
"""With one of these, as with ``terraform.required_version``, checkov 3.3 reads nothing of a file,
and ends with 0 (bridgecrewio/checkov#7454). None of them says what a resource is."""

_BROKEN = ("CKV_GCP_54", "CKV_GCP_57")
"""Checks that fail at every database with flags when the source is JSON, as they take a line number
for a flag (checkov 3.3.30). The rule sql-log-flags stands for them."""


class NotScannedError(RuntimeError):
    """checkov did not look at everything, so that its silence means nothing."""


@dataclass(frozen=True, slots=True)
class Scan:
    """What checkov saw, and what it found."""

    resources: int
    passed: int
    findings: list[Finding]


def readable(text: dict[str, Any]) -> dict[str, Any]:
    """Return a stack without what would make checkov read nothing.

    A dynamic block, at which checkov's checks fail in JSON, becomes one block with its content.
    """
    kept = {key: _unrolled(value) for key, value in text.items() if key not in _UNREADABLE}
    kept["terraform"] = {k: v for k, v in text["terraform"].items() if k != "required_version"}
    return kept


def _unrolled(value: Any) -> Any:
    if isinstance(value, list):
        return [_unrolled(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    made = {key: _unrolled(inner) for key, inner in value.items() if key != "dynamic"}
    dynamic = value.get("dynamic", {})
    for block, each in dynamic.items() if isinstance(dynamic, dict) else ():
        contents = [one["content"] for one in (each if isinstance(each, list) else [each])]
        there = made.get(block, [])
        made[block] = [*(there if isinstance(there, list) else [there]), *_unrolled(contents)]
    return made


def scan(stacks: Sequence[Stack], python: Path) -> Scan:
    """Run checkov over all stacks in one process.

    Raises ``NotScannedError`` when it read a file wrongly or missed a resource.
    """
    with tempfile.TemporaryDirectory(prefix="policy-") as folder:
        for stack in stacks:
            target = Path(folder, stack.name, STACK_FILE)
            target.parent.mkdir()
            target.write_text(json.dumps(readable(dict(stack.text)), indent=1), encoding="utf-8")
        done = subprocess.run(
            # -P: else the folder of the script, which is this package, would be searched first.
            [python, "-P", _SCAN, folder],
            # Without this checkov asks its vendor for the names of its checks.
            env={**os.environ, "BC_SKIP_MAPPING": "TRUE"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode != 0:
        raise NotScannedError(f"checkov ended with {done.returncode}:\n{done.stderr.strip()}")
    return collect(stacks, json.loads(done.stdout))


def collect(stacks: Sequence[Stack], told: dict[str, Any]) -> Scan:
    """Turn what the scan tells into findings, after comparing what it saw with what there is."""
    problems: list[str] = []
    findings: list[Finding] = []
    resources = passed = 0
    for stack in stacks:
        if (result := told.get(stack.name)) is None:
            problems.append(f"{stack.name}: not read at all")
            continue
        problems.extend(f"{stack.name}: cannot be parsed" for _ in result["parsing_errors"])
        problems.extend(
            f"{stack.name}: {error}"
            for error in result["errors"]
            if not any(f"check {check} " in error for check in _BROKEN)
        )
        there = {resource.address for resource in stack.resources()}
        seen = set(result["seen"])
        problems.extend(f"{stack.name}: did not see {each}" for each in sorted(there - seen))
        problems.extend(f"{stack.name}: saw {each}, which is not there" for each in seen - there)
        resources += len(there)
        passed += result["passed"]
        findings.extend(
            Finding(
                failed["check"],
                stack.name,
                failed["address"],
                failed["title"],
            )
            for failed in result["failed"]
        )
    if problems:
        raise NotScannedError("checkov did not look at everything:\n  " + "\n  ".join(problems))
    return Scan(resources, passed, findings)
