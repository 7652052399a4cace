"""An exception applies to the findings that it names, while there are any, until its date."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from policy.exceptions import AcceptedFinding, judge, read_exceptions
from policy.rule import Finding
from policy.rules import RULES
from problems import ConfigurationError
from tests.support import ROOT

TODAY = date(2026, 11, 23)
WHERE = "policy/exceptions.toml"
FINDINGS = [
    Finding("CKV_GCP_6", "dev-data", "google_sql_database_instance.a", "TLS"),
    Finding("CKV_GCP_6", "prod-data", "google_sql_database_instance.a", "TLS"),
]
ENTRY = """\
[[exception]]
rule = "CKV_GCP_6"
address = "google_sql_database_instance.*"
stacks = ["dev-data"]
reason = "clients bring no certificate"
owner = "database owner"
review = 2027-05-01
"""


def entry(
    stacks: tuple[str, ...] = ("dev-data",),
    address: str = "google_sql_*",
    review: date = TODAY + timedelta(days=100),
) -> AcceptedFinding:
    return AcceptedFinding(
        rule="CKV_GCP_6",
        address=address,
        stacks=list(stacks),
        reason="clients bring no certificate",
        owner="database owner",
        review=review,
    )


def test_an_exception_accepts_only_the_findings_that_it_names() -> None:
    judgement = judge(FINDINGS, [entry()], WHERE, TODAY)
    assert [finding.stack for finding, _ in judgement.accepted] == ["dev-data"]
    assert [finding.stack for finding in judgement.open] == ["prod-data"]
    assert judgement.problems == []
    assert not judgement.is_good


def test_patterns_may_cover_several_stacks_and_addresses() -> None:
    assert judge(FINDINGS, [entry(("*-data",))], WHERE, TODAY).is_good


@pytest.mark.parametrize(
    "unused",
    [entry(("*-data", "staging-data")), entry(("*-data",), address="google_sql_user.*")],
    ids=["a stack without the finding", "an address without the finding"],
)
def test_an_exception_that_no_longer_applies_fails(unused: AcceptedFinding) -> None:
    judgement = judge(FINDINGS, [unused, entry(("*-data",))], WHERE, TODAY)
    assert not judgement.open
    assert not judgement.is_good
    assert "accepts nothing any more" in judgement.problems[0].what
    assert judgement.problems[0].key == "CKV_GCP_6"


@pytest.mark.parametrize(
    ("days", "message"),
    [(-1, "is past its review"), (367, "would be reviewed too late")],
)
def test_a_review_is_neither_past_nor_more_than_a_year_ahead(days: int, message: str) -> None:
    late = entry(("*-data",), review=TODAY + timedelta(days=days))
    [problem] = judge(FINDINGS, [late], WHERE, TODAY).problems
    assert message in problem.what
    assert problem.value == late.review.isoformat()


@pytest.mark.parametrize(("days", "is_due"), [(0, True), (30, True), (31, False), (366, False)])
def test_a_review_is_announced_a_month_before(days: int, is_due: bool) -> None:
    soon = entry(("*-data",), review=TODAY + timedelta(days=days))
    judgement = judge(FINDINGS, [soon], WHERE, TODAY)
    assert judgement.is_good
    assert bool(judgement.due) is is_due


def written(folder: Path, text: str) -> Path:
    path = folder / "exceptions.toml"
    path.write_text(text)
    return path


def test_a_file_is_read_strictly(tmp_path: Path) -> None:
    assert read_exceptions(written(tmp_path, ENTRY), [])[0].review == date(2027, 5, 1)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('reason = "clients bring no certificate"\n', "", "exception[0].reason"),
        ('"clients bring no certificate"', '"later"', "at least 20 characters"),
        ('owner = "database owner"\n', "", "exception[0].owner"),
        ('owner = "database owner"', 'owner = ""', "exception[0].owner"),
        ("review = 2027-05-01", 'review = "soon"', "exception[0].review"),
        ('stacks = ["dev-data"]', "stacks = []", "exception[0].stacks"),
        ("review =", "expires =", "exception[0].expires"),
        ('"CKV_GCP_6"', '"startup-prob"', "write startup-probe"),
        ("[[exception]]", "[[exception]", "is not valid TOML"),
    ],
)
def test_a_bad_entry_is_reported(tmp_path: Path, old: str, new: str, message: str) -> None:
    path = written(tmp_path, ENTRY.replace(old, new))
    with pytest.raises(ConfigurationError) as error:
        read_exceptions(path, ["startup-probe"])
    assert message in str(error.value)


def test_each_committed_exception_has_an_owner_by_role() -> None:
    entries = read_exceptions(ROOT / "policy" / "exceptions.toml", (rule.id for rule in RULES))
    assert {entry.owner for entry in entries} <= {
        "database owner",
        "platform owner",
        "security owner",
    }
