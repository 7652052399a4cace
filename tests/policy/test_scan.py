"""A scan without findings counts only if checkov read every resource."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from policy import scan
from policy.posture import checks_of_checkov, read_items
from policy.scan import NotScannedError, StackReport, collect, readable
from policy.stack import Stack
from tests.support import ROOT

PYTHON = ROOT / scan.PYTHON
WITH_CHECKOV = pytest.mark.skipif(
    not PYTHON.exists(), reason="make policy installs checkov, and CI runs it first"
)
STACK = Stack(
    "prod-data",
    {"terraform": {}, "resource": {"google_redis_instance": {"a": {}, "b": {}}}},
    None,
)
SEEN = ["google_redis_instance.a", "google_redis_instance.b"]


def reports(**changes: Any) -> dict[str, Any]:
    return {
        "prod-data": {
            "parsing_errors": [],
            "errors": [],
            "seen": SEEN,
            "passed": 3,
            "failed": [],
            **changes,
        }
    }


def test_seen_resources_and_passed_checks_are_counted() -> None:
    assert collect([STACK], reports()).resources == 2
    assert collect([STACK], reports()).passed == 3


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ({}, "prod-data: not read at all"),
        (reports(parsing_errors=["x"], seen=[]), "prod-data: cannot be parsed"),
        (
            reports(errors=["Failed to run check CKV_GCP_73"]),
            "prod-data: Failed to run check CKV_GCP_73",
        ),
        (reports(seen=SEEN[:1]), "prod-data: did not see google_redis_instance.b"),
        (reports(seen=[*SEEN, "google_x.y"]), "prod-data: saw google_x.y, which is not there"),
    ],
)
def test_a_scan_that_missed_something_is_refused(answer: dict[str, Any], message: str) -> None:
    with pytest.raises(NotScannedError, match=message):
        collect([STACK], answer)


def test_a_copy_lacks_only_the_sections_that_checkov_cannot_read() -> None:
    text = {
        "terraform": {"required_version": ">= 1.11", "backend": {"gcs": {}}},
        "moved": [{"from": "a", "to": "b"}],
        "import": [{"id": "a", "to": "b"}],
        "removed": [],
        "resource": {"google_redis_instance": {"a": {}}},
    }
    assert readable(text) == {
        "terraform": {"backend": {"gcs": {}}},
        "resource": {"google_redis_instance": {"a": {}}},
    }
    assert "moved" in text


def test_a_dynamic_block_is_scanned_as_one_block() -> None:
    rule = {"action": "allow", "priority": "${rule.value}"}
    policy = {
        "rule": [{"action": "deny(403)"}],
        "dynamic": {"rule": {"for_each": "${local.a}", "content": rule}},
    }
    text = {"terraform": {}, "resource": {"google_compute_security_policy": {"a": policy}}}
    copied = readable(text)["resource"]["google_compute_security_policy"]["a"]
    assert copied == {"rule": [{"action": "deny(403)"}, rule]}
    assert "dynamic" in policy


def _bucket(text: dict[str, Any]) -> dict[str, Any]:
    bucket: dict[str, Any] = text["resource"]["google_storage_bucket"]["state_bucket"]
    return bucket


FAULTS: tuple[tuple[str, str, str, Callable[[dict[str, Any]], object]], ...] = (
    (
        "CKV_GCP_114",
        "bootstrap",
        "google_storage_bucket.state_bucket",
        lambda text: _bucket(text).pop("public_access_prevention"),
    ),
    (
        "CKV_GCP_125",
        "bootstrap",
        "google_iam_workload_identity_pool_provider.github_prod",
        lambda text: text["resource"]["google_iam_workload_identity_pool_provider"][
            "github_prod"
        ].update(attribute_condition="assertion.repository_owner_id == '1'"),
    ),
    (
        "CKV_GCP_97",
        "prod-data",
        "google_redis_instance.redis_instance",
        lambda text: text["resource"]["google_redis_instance"]["redis_instance"].update(
            transit_encryption_mode="DISABLED"
        ),
    ),
)


UNREADABLE = "prod-data-as-it-is"


class Scanned(NamedTuple):
    """What checkov reports of stacks with seeded faults and of one that is not copied."""

    seeded: list[Stack]
    """All stacks, with faults in some."""
    unreadable: Stack
    reports: dict[str, StackReport]


@pytest.fixture(scope="module")
def scanned(all_stacks: tuple[Stack, ...]) -> Scanned:
    """One run of checkov for all: starting it takes long."""
    by_name = {stack.name: stack for stack in all_stacks}
    changed = {name: deepcopy(dict(by_name[name].text)) for _, name, _, _ in FAULTS}
    for text in changed.values():
        text["moved"] = [{"from": "google_x.a", "to": "google_x.b"}]
    for _, name, _, edit in FAULTS:
        edit(changed[name])
    seeded = [
        replace(stack, text=changed[stack.name]) if stack.name in changed else stack
        for stack in all_stacks
    ]
    unreadable = replace(by_name["prod-data"], name=UNREADABLE)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            scan, "readable", lambda text: text if text is unreadable.text else readable(text)
        )
        reports = scan.run_checkov([*seeded, unreadable], PYTHON, checks_of_checkov(read_items()))
    return Scanned(seeded, unreadable, reports)


@WITH_CHECKOV
def test_checkov_sees_every_resource_and_finds_what_is_seeded(
    all_stacks: tuple[Stack, ...], scanned: Scanned
) -> None:
    result = collect(scanned.seeded, scanned.reports)
    assert result.resources == sum(1 for stack in all_stacks for _ in stack.resources())
    violations = {(f.rule, f.stack, f.address) for f in result.findings}
    assert {(rule, name, address) for rule, name, address, _ in FAULTS} <= violations


@WITH_CHECKOV
def test_checkov_still_cannot_read_a_stack_that_is_not_copied(scanned: Scanned) -> None:
    """When this test fails, checkov reads such files, and ``readable`` can be removed."""
    with pytest.raises(NotScannedError, match=f"{UNREADABLE}: cannot be parsed"):
        collect([scanned.unreadable], scanned.reports)


def test_a_failure_of_checkov_is_reported_in_its_own_words(tmp_path: Path) -> None:
    broken = tmp_path / "python"
    broken.write_text("#!/bin/sh\necho no module named checkov >&2\nexit 3\n")
    broken.chmod(0o755)
    with pytest.raises(NotScannedError, match="ended with 3:\nno module named checkov"):
        scan.scan([STACK], broken, ())
