"""What the jobs say on GitHub: one comment, one issue, and never more than GitHub takes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from delivery.jobs import comment, issue
from delivery.jobs.deployed import last_deployed
from delivery.jobs.plans import MAX_BODY_CHARACTERS, Outcome, Plan, length, read_plans, sections
from tests.delivery.github import FakeGithub

RUN = "https://github.com/example-org/beep-infra/actions/runs/1"
CHANGED = Plan(
    "prod-services", Outcome.CHANGES, "  # a will be updated\n\nPlan: 0 to add, 1 to change"
)
EMPTY = Plan("prod-foundation", Outcome.EMPTY, "No changes. Your infrastructure matches.")
FAILED = Plan("prod-monitoring", Outcome.FAILED, "╷\n│ Error: Invalid value\n╵")


@pytest.fixture
def github() -> Iterator[FakeGithub]:
    with FakeGithub().running() as fake:
        yield fake


def _body(*plans: Plan, unplanned: tuple[str, ...] = ()) -> str:
    planned = [plan.stack for plan in plans]
    return comment.body(
        plans, planned=planned, unplanned=unplanned, run_url=RUN, report="The report."
    )


def test_a_pull_request_has_one_comment_which_is_brought_up_to_date(github: FakeGithub) -> None:
    forged = {"id": 0, "user": {"login": "somebody"}, "body": f"{comment.MARKER} forged"}
    # More than a page of others.
    others = [{"id": -n, "user": {"login": "somebody"}, "body": "text"} for n in range(1, 120)]
    github.comments[7] = [forged, *others]
    comment.publish(github.client(), 7, _body(CHANGED))
    comment.publish(github.client(), 7, _body(EMPTY))
    ours = [c for c in github.comments[7] if c["user"]["login"] == "github-actions[bot]"]
    assert [c["body"] for c in ours] == [_body(EMPTY)]
    assert forged["body"] == f"{comment.MARKER} forged"


def test_the_comment_names_every_stack_and_shows_the_plans_that_say_something() -> None:
    text = _body(FAILED, CHANGED, EMPTY, unplanned=("prod-data",))
    assert "| prod-services | changes | Plan: 0 to add, 1 to change |" in text
    assert "| prod-monitoring | failed | Error: Invalid value |" in text
    assert "# a will be updated" in text
    assert "Your infrastructure matches" not in text.partition("[The run]")[2]
    assert "Not planned here: prod-data." in text


def test_the_comment_says_what_the_change_does_before_it_shows_plans() -> None:
    text = _body(CHANGED)
    assert text.startswith(f"{comment.MARKER}\nThe report.\n### What Terraform plans\n")


def test_a_stack_whose_job_stopped_is_named() -> None:
    text = comment.body(
        [EMPTY], planned=["a-services", EMPTY.stack], unplanned=[], run_url=RUN, report=""
    )
    assert "because the job stopped: a-services" in text


@settings(max_examples=20, deadline=None)
@given(
    st.lists(
        st.tuples(st.text("a\n`😀", max_size=40), st.integers(1, 4000)), min_size=1, max_size=19
    )
)
def test_no_comment_is_longer_than_github_takes(texts: list[tuple[str, int]]) -> None:
    plans = [
        Plan(f"env-{number}", Outcome.CHANGES, f"Plan: {number}\n{text * times}")
        for number, (text, times) in enumerate(texts)
    ]
    text = _body(*plans)
    assert length(text) <= MAX_BODY_CHARACTERS
    for plan in plans:
        assert f"<summary>{plan.stack}: " in text


def test_a_long_plan_is_cut_at_a_line_and_says_where_the_rest_is() -> None:
    line = "  + name = 1234567890\n"
    long = Plan("prod-data", Outcome.CHANGES, f"Plan: 1 to add\n{line * 20_000}")
    text = _body(long, CHANGED)
    assert MAX_BODY_CHARACTERS - 300 < length(text) <= MAX_BODY_CHARACTERS
    assert f"The rest is in the log of its job: {RUN}" in text
    assert {shown for shown in text.splitlines() if shown.startswith("  + ")} == {line.rstrip()}
    # The short one has lost nothing to the long one.
    assert CHANGED.text in text


def test_what_there_is_room_for_is_divided_among_the_long_plans() -> None:
    line = "  + name = 1234567890\n"
    names = ["prod-data", "prod-services", "prod-monitoring"]
    shown = _body(*(Plan(name, Outcome.CHANGES, line * 20_000) for name in names))
    counts = [section.count(line) for section in shown.split("<summary>")[1:]]
    assert len(counts) == 3
    assert max(counts) - min(counts) <= 1


def test_a_plan_cannot_end_the_block_that_it_is_shown_in() -> None:
    text = sections(
        [Plan("a-services", Outcome.CHANGES, "```\n# a heading\n````\n")],
        characters=1000,
        run_url=RUN,
    )
    assert re.findall("^```.*$", text, re.MULTILINE) == ["```text", "```"]


def test_plans_travel_between_jobs_and_what_failed_comes_first(tmp_path: Path) -> None:
    for plan in (EMPTY, CHANGED, FAILED):
        plan.write(tmp_path / "plans")
    assert read_plans(tmp_path / "plans") == [FAILED, CHANGED, EMPTY]


def _drift(github: FakeGithub, *plans: Plan) -> None:
    finding = issue.drift_of(
        "prod", plans, expected=["prod-foundation", "prod-services"], run_url=RUN
    )
    issue.publish(github.client(), finding, run_url=RUN)


CLEAN = Plan("prod-services", Outcome.EMPTY, "No changes.")


def test_drift_opens_one_issue_keeps_it_and_closes_it(github: FakeGithub) -> None:
    _drift(github, CLEAN, EMPTY)
    assert github.issues == []
    _drift(github, CHANGED, EMPTY)
    _drift(github, FAILED, CHANGED, EMPTY)
    (opened,) = github.issues
    assert opened["title"] == "prod is not as it was deployed"
    assert opened["labels"] == ["drift"]
    assert "Invalid value" in opened["body"]
    assert opened["state"] == "open"
    _drift(github, CLEAN, EMPTY)
    assert (opened["state"], opened["state_reason"]) == ("closed", "completed")
    assert RUN in github.comments[1][0]["body"]
    _drift(github, CHANGED, EMPTY)
    assert [i["state"] for i in github.issues] == ["closed", "open"]


def test_a_stack_that_was_not_planned_is_not_clean(github: FakeGithub) -> None:
    _drift(github, CHANGED, EMPTY)
    _drift(github, EMPTY)
    (opened,) = github.issues
    assert opened["state"] == "open"
    assert "| prod-services | not planned |" in opened["body"]


def test_the_issue_of_the_contract_is_another_one(github: FakeGithub) -> None:
    _drift(github, CHANGED, EMPTY)
    for report in ("APP_NEW is new", None):
        finding = issue.contract_drift(report, run_url=RUN)
        issue.publish(github.client(), finding, run_url=RUN)
    assert [i["state"] for i in github.issues] == ["open", "closed"]
    assert "APP_NEW is new" in github.issues[1]["body"]


def test_drift_is_seen_from_the_last_commit_that_was_deployed(github: FakeGithub) -> None:
    github.deployments = [
        {"id": 4, "environment": "staging", "sha": "other"},
        {"id": 3, "environment": "prod", "sha": "waiting"},
        {"id": 2, "environment": "prod", "sha": "failed"},
        {"id": 1, "environment": "prod", "sha": "deployed"},
    ]
    github.statuses = {
        3: [{"state": "waiting"}],
        2: [{"state": "failure"}, {"state": "in_progress"}],
        1: [{"state": "success"}, {"state": "in_progress"}],
    }
    assert last_deployed(github.client(), "prod") == "deployed"
    assert last_deployed(github.client(), "dev") is None
