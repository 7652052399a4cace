"""The page on posture says what the stacks and the accepted findings say."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import ValidationError

from environments import Configuration
from policy.exceptions import read_exceptions
from policy.posture import Item, Posture, read_items
from policy.rules import RULES
from policy.stack import Stack
from scripts import posture_page
from tests.support import ROOT

SQL = "google_sql_database_instance"


@pytest.fixture(scope="module")
def posture(all_stacks: tuple[Stack, ...]) -> Posture:
    entries = read_exceptions(ROOT / "policy" / "exceptions.toml", (rule.id for rule in RULES))
    return Posture(read_items(), all_stacks, tuple(entries))


def named(posture: Posture, item_id: str) -> Item:
    return next(item for item in posture.items if item.id == item_id)


def test_the_page_is_current(posture: Posture, configuration: Configuration) -> None:
    names = [e.settings.environment for e in configuration.environments]
    assert posture_page.PAGE.read_text() == posture_page.page(posture, names), (
        "run make update-snapshots"
    )


def test_every_item_is_named_once_and_held_by_rules_that_exist(posture: Posture) -> None:
    ids = [item.id for item in posture.items]
    assert len(set(ids)) == len(ids)
    known = {rule.id for rule in RULES}
    assert {rule for item in posture.items for rule in item.rules} <= known


def test_nothing_is_open_in_what_is_committed(posture: Posture) -> None:
    """As ``make policy`` says, of our own rules at least."""
    states = {
        posture.standing(item, name).state
        for item in posture.items
        for name in posture.environments
    }
    assert "open" not in states


def test_a_finding_of_checkov_is_what_its_exception_names(posture: Posture) -> None:
    flow_logs = named(posture, "CIS 3.8")
    assert posture.standing(flow_logs, "prod").state == "holds"
    dev = posture.standing(flow_logs, "dev")
    assert dev.state == "accepted"
    subnet = "google_compute_subnetwork.network_subnet"
    assert dev.failing == (("CKV_GCP_26", "dev-foundation", subnet),)
    encrypted = named(posture, "CIS 6.4")
    assert [posture.standing(encrypted, name).state for name in ("staging", "prod")] == (
        ["holds"] * 2
    )
    assert posture.standing(encrypted, "dev").state == "nothing here"


def _edited(posture: Posture, name: str, kind: str, argument: str, value: object) -> Posture:
    """Return the posture with an argument changed in each resource of a type of a stack."""
    stack = next(stack for stack in posture.stacks if stack.name == name)
    text = deepcopy(dict(stack.text))
    for arguments in text["resource"][kind].values():
        arguments[argument] = value
    stacks = tuple(replace(s, text=text) if s is stack else s for s in posture.stacks)
    return replace(posture, stacks=stacks)


def test_a_violation_of_a_rule_is_open_until_it_is_accepted(posture: Posture) -> None:
    broken = _edited(posture, "bootstrap", "google_project_iam_member", "role", "roles/editor")
    standing = broken.standing(named(posture, "CIS 1.5"), "shared")
    assert standing.state == "open"
    assert {rule for rule, _, _ in standing.failing} == {"basic-role", "pipeline-role"}
    assert posture.standing(named(posture, "CIS 1.5"), "shared").state == "holds"


def test_a_public_bucket_is_open_and_a_public_service_is_another_item(posture: Posture) -> None:
    item = named(posture, "CIS 5.1")
    assert posture.standing(item, "prod").state == "nothing here", "the collector is public there"
    kind = "google_storage_bucket_iam_member"
    public = _edited(posture, "bootstrap", kind, "member", "allUsers")
    assert posture.standing(item, "shared").state == "holds"
    assert public.standing(item, "shared").state == "open"


def test_an_argument_counts_only_when_every_resource_has_it(posture: Posture) -> None:
    item = named(posture, "CIS 2.12")
    assert posture.standing(item, "prod").state == "holds"
    off = _edited(posture, "prod-foundation", "google_dns_policy", "enable_logging", False)
    assert off.standing(item, "prod").state == "missing"
    assert posture.standing(item, "dev").state == "missing", "dev has no such policy"


def test_what_the_shared_stacks_hold_counts_for_every_environment(posture: Posture) -> None:
    item = named(posture, "CIS 2.2")
    assert {posture.standing(item, name).state for name in posture.environments} == {"holds"}
    kind = "google_logging_project_sink"
    off = _edited(posture, "bootstrap", kind, "disabled", True)
    assert {off.standing(item, name).state for name in posture.environments} == {"open"}


def test_logged_reads_hold_where_they_are_needed(posture: Posture) -> None:
    item = named(posture, "CIS 2.1")
    states = {name: posture.standing(item, name).state for name in posture.environments}
    assert states == {"shared": "holds", "dev": "missing", "staging": "holds", "prod": "holds"}
    partly = [{"log_type": "ADMIN_READ"}]
    kind = "google_project_iam_audit_config"
    broken = _edited(posture, "prod-foundation", kind, "audit_log_config", partly)
    assert broken.standing(item, "prod").state == "open"


def test_an_alert_counts_when_its_filter_matches_the_change(posture: Posture) -> None:
    for number in range(4, 12):
        item = named(posture, f"CIS 2.{number}")
        assert posture.standing(item, "prod").state == "holds", item.id
    assert posture.standing(named(posture, "CIS 2.11"), "dev").state == "nothing here"
    unwatched = Item(id="x", title="x", alert="v1.compute.nothing.insert")
    assert posture.standing(unwatched, "prod").state == "missing"


@pytest.mark.parametrize("held", [{}, {"missing": "no", "by_hand": "yes"}, {"types": ["a"]}])
def test_an_item_is_held_by_something_or_says_why_not(held: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match="held by something"):
        Item.model_validate({"id": "x", "title": "x", **held})


def test_the_items_are_read_strictly(tmp_path: Path) -> None:
    path = tmp_path / "posture.toml"
    path.write_text('[[item]]\nid = "x"\ntitle = "x"\nrule = ["labels"]\n')
    with pytest.raises(ValidationError, match="rule"):
        read_items(path)
