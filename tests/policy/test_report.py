"""A finding is reported with its place, reason and fix, for people and for programs."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from datetime import date
from pathlib import Path
from textwrap import dedent

import pytest

from policy import report
from policy.exceptions import AcceptedFinding, Judgement, judge
from policy.places import Place, locate
from policy.rule import Finding
from policy.rules import RULES
from policy.scan import Scan
from policy.stack import Stack
from tests.support import ROOT

API = "google_cloud_run_v2_service.cloud_run_beep_api"
FINDING = Finding(
    "startup-probe", "prod-services", API, "Probed", "container app", "because", "do it"
)
SCANNED = Scan(528, 474, [])


@pytest.fixture
def judgement() -> Judgement:
    return judge([FINDING], [], "policy/exceptions.toml", date(2026, 11, 23))


@pytest.fixture
def places(judgement: Judgement, all_stacks: tuple[Stack, ...]) -> list[Place]:
    return locate(judgement.open, all_stacks, ROOT / "cdktf.out" / "review")


def test_a_place_is_the_block_in_the_review_hcl(places: list[Place]) -> None:
    [place] = places
    assert place.file == "cdktf.out/review/prod-services.tf"
    assert place.construct == "prod-services/cloud-run/beep-api"
    line = (ROOT / place.file).read_text().splitlines()[place.line - 1]
    assert line == 'resource "google_cloud_run_v2_service" "cloud_run_beep_api" {'


def test_the_report_says_what_where_why_and_how_to_fix_it(
    judgement: Judgement, places: list[Place]
) -> None:
    origins = {"prod-services/cloud-run/beep-api": "constructs_lib/cloud_run/cloud_run.py:1"}
    text = report.text(judgement, places, origins, SCANNED, 16, RULES)
    assert text.startswith(
        dedent(
            f"""\
            startup-probe  Probed
                why: because
                fix: do it
              prod-services  {API}
                  container app
                  cdktf.out/review/prod-services.tf:{places[0].line}, created at constructs_lib/"""
        )
    )
    assert "528 resources in 16 stacks, all seen by checkov" in text
    assert text.endswith("1 finding; 0 accepted by 0 exceptions")


def test_the_proposed_exception_accepts_the_finding_once_it_has_a_reason(
    judgement: Judgement, places: list[Place]
) -> None:
    text = report.text(judgement, places, {}, SCANNED, 16, RULES)
    block = text[text.index("    [[exception]]") : text.index("\npolicy:")]
    proposed = tomllib.loads(dedent(block))["exception"][0]
    assert proposed["reason"] == ""
    entry = AcceptedFinding(**{**proposed, "reason": "a reason of some length", "owner": "x"})
    assert judge([FINDING], [entry], "x", date.today()).is_good


def test_exceptions_that_are_due_or_unused_are_reported() -> None:
    entry = AcceptedFinding(
        rule="startup-probe",
        address=API,
        stacks=["prod-services", "dev-services"],
        reason="a reason of some length",
        owner="platform owner",
        review=date(2026, 12, 1),
    )
    judgement = judge([FINDING], [entry], "policy/exceptions.toml", date(2026, 11, 23))
    text = report.text(judgement, [], {}, SCANNED, 16, RULES)
    assert "due for review on 2026-12-01: startup-probe, by platform owner" in text
    assert "dev-services has no such finding" in text


def test_sarif_points_into_committed_files(judgement: Judgement, places: list[Place]) -> None:
    run = report.sarif(judgement, places)["runs"][0]
    [result] = run["results"]
    assert result["ruleId"] == "startup-probe"
    location = result["locations"][0]["physicalLocation"]
    assert (ROOT / location["artifactLocation"]["uri"]).exists()
    assert location["region"]["startLine"] == places[0].line
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["startup-probe"]


def test_json_has_findings_and_exceptions(judgement: Judgement, places: list[Place]) -> None:
    data = report.as_json(judgement, places, SCANNED, 16)
    assert data["findings"][0]["address"] == API
    assert data["accepted"] == []
    assert data["resources"] == 528


def test_the_page_lists_every_rule_as_it_is() -> None:
    page = (ROOT / "docs" / "concepts" / "policy.md").read_text()
    listed = page.split("<!-- rules -->\n")[1].split("<!-- end -->")[0]
    rows = [f"| `{rule.id}` | {rule.title} | {rule.reason} |" for rule in RULES]
    assert listed == "\n".join(["| rule | what holds | why |", "| --- | --- | --- |", *rows, ""])


def test_the_command_finds_the_environment_files_from_any_directory(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    result = subprocess.run(
        [sys.executable, "-m", "policy"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "CDKTF_OUTDIR": "out"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (result.returncode, result.stderr) == (
        2,
        "policy: there are no stacks in out; run make synth\n",
    )


def test_the_lock_names_no_registry() -> None:
    for path in (Path("policy/requirements.txt"), Path("policy/requirements.in")):
        text = (ROOT / path).read_text()
        assert "://" not in text
        assert "index-url" not in text
