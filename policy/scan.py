"""Runs checkov over copies of the stacks, and verifies that it read all of them."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypedDict

from policy.rule import Finding
from policy.stack import Stack
from terraform_json import STACK_FILE, blocks, resources

PYTHON = Path(".venv-policy/bin/python")
"""Relative to the project. checkov has a virtual environment of its own."""
_SCAN_SCRIPT = Path(__file__).with_name("checkov_scan.py")
_UNREADABLE = ("import", "moved", "removed")
"""Sections that checks do not need. If a file has one of them, or ``terraform.required_version``,
checkov 3.3 reads nothing of the file and exits with 0 (bridgecrewio/checkov#7454)."""

_BROKEN = ("CKV_GCP_54", "CKV_GCP_57")
"""Checks that crash on JSON at every database with flags, because they take a line number for a
flag (checkov 3.3.30). Our rule sql-log-flags replaces them."""


class NotScannedError(RuntimeError):
    """checkov did not check every resource, so that a lack of findings would prove nothing."""


@dataclass(frozen=True, slots=True)
class Scan:
    """The result of a complete scan of all stacks."""

    resources: int
    """How many resources checkov saw."""
    passed: int
    """How many of its checks passed."""
    findings: list[Finding]


class FailedCheck(TypedDict):
    """A violation that checkov reports."""

    check: str
    title: str
    address: str


class StackReport(TypedDict):
    """What ``checkov_scan.py`` prints about one stack."""

    parsing_errors: list[str]
    errors: list[str]
    """Messages of checks that crashed."""
    seen: list[str]
    """Addresses of the resources that checkov read."""
    passed: int
    failed: list[FailedCheck]


def readable(text: Mapping[str, Any]) -> dict[str, Any]:
    """Return a copy of a stack without the sections that stop checkov from reading it.

    checkov's checks crash at a dynamic block in JSON: it becomes one block with its content. Of
    resources in a list checkov reads none.
    """
    kept = {
        key: _without_dynamic(value)
        for key, value in text.items()
        if key not in (*_UNREADABLE, "terraform", "resource")
    }
    by_kind: dict[str, dict[str, Any]] = {}
    for kind, name, arguments in resources(text):
        by_kind.setdefault(kind, {})[name] = _without_dynamic(arguments)
    settings = {k: v for _, body in blocks(text.get("terraform"), 0) for k, v in body.items()}
    settings.pop("required_version", None)
    return {**kept, "resource": by_kind, "terraform": settings}


def _without_dynamic(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_dynamic(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    unrolled = {key: _without_dynamic(inner) for key, inner in value.items() if key != "dynamic"}
    dynamic = value.get("dynamic", {})
    for block_type, content in dynamic.items() if isinstance(dynamic, dict) else ():
        bodies = content if isinstance(content, list) else [content]
        contents = [b["content"] for b in bodies if isinstance(b, dict) and "content" in b]
        static = unrolled.get(block_type, [])
        unrolled[block_type] = [
            *(static if isinstance(static, list) else [static]),
            *_without_dynamic(contents),
        ]
    return unrolled


def scan(stacks: Sequence[Stack], python: Path, named: Collection[str]) -> Scan:
    """Run checkov over all stacks in one process.

    ``python`` is the interpreter that has checkov. Raises ``NotScannedError`` if checkov failed,
    did not read every resource, or lacks one of the ``named`` checks, on which the posture rests.
    """
    return collect(stacks, run_checkov(stacks, python, named))


def run_checkov(
    stacks: Sequence[Stack], python: Path, named: Collection[str]
) -> dict[str, StackReport]:
    """Return what checkov reports of each stack, by its name, whether it read the stack or not.

    Raises ``NotScannedError`` if checkov failed or lacks one of the ``named`` checks.
    """
    with tempfile.TemporaryDirectory(prefix="policy-") as folder:
        for stack in stacks:
            target = Path(folder, stack.name, STACK_FILE)
            target.parent.mkdir()
            target.write_text(json.dumps(readable(stack.text), indent=1), encoding="utf-8")
        done = subprocess.run(
            # -P: without it the modules of this package would shadow those that checkov imports.
            [python, "-P", _SCAN_SCRIPT, folder],
            # Without this checkov fetches the names of its checks from its vendor.
            env={**os.environ, "BC_SKIP_MAPPING": "TRUE"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode != 0:
        raise NotScannedError(f"checkov ended with {done.returncode}:\n{done.stderr.strip()}")
    answer = json.loads(done.stdout)
    if unknown := sorted(set(named) - set(answer["checks"])):
        raise NotScannedError(f"policy/posture.toml: checkov has no {', '.join(unknown)}")
    reports: dict[str, StackReport] = answer["stacks"]
    return reports


def collect(stacks: Sequence[Stack], reports: Mapping[str, StackReport]) -> Scan:
    """Turn the reports, by stack name, into findings.

    Raises ``NotScannedError`` if a report lacks a resource of its stack, or has an error.
    """
    problems: list[str] = []
    findings: list[Finding] = []
    resources = passed = 0
    for stack in stacks:
        if (report := reports.get(stack.name)) is None:
            problems.append(f"{stack.name}: not read at all")
            continue
        problems.extend(f"{stack.name}: cannot be parsed" for _ in report["parsing_errors"])
        problems.extend(
            f"{stack.name}: {error}"
            for error in report["errors"]
            if not any(f"check {check} " in error for check in _BROKEN)
        )
        expected = {resource.address for resource in stack.resources()}
        seen = set(report["seen"])
        problems.extend(
            f"{stack.name}: did not see {address}" for address in sorted(expected - seen)
        )
        problems.extend(
            f"{stack.name}: saw {address}, which is not there" for address in seen - expected
        )
        resources += len(expected)
        passed += report["passed"]
        findings.extend(
            Finding(failed["check"], stack.name, failed["address"], failed["title"])
            for failed in report["failed"]
        )
    if problems:
        raise NotScannedError("checkov did not check everything:\n  " + "\n  ".join(problems))
    return Scan(resources, passed, findings)
