"""One issue for each thing that can drift: opened, brought up to date, and closed when it is clean.

``python3 -m delivery.jobs.issue drift ENVIRONMENT PLANS --expected STACK... --run-url URL``
``python3 -m delivery.jobs.issue contract REPORT --status N --run-url URL``
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from delivery.jobs.github import Github
from delivery.jobs.plans import MAX_BODY_CHARACTERS, Outcome, Plan, length, read_plans, sections

LABEL = "drift"


@dataclass(frozen=True, slots=True)
class Finding:
    """What an issue says; without a body there is nothing to say, and the issue is closed."""

    title: str
    body: str | None


def main() -> None:
    """Open, change or close the issue."""
    parser = argparse.ArgumentParser(prog="delivery.jobs.issue", description=__doc__)
    commands = parser.add_subparsers(dest="kind", required=True)
    drift = commands.add_parser("drift")
    drift.add_argument("environment")
    drift.add_argument("plans", type=Path)
    drift.add_argument("--expected", nargs="+", required=True, metavar="STACK")
    contract = commands.add_parser("contract")
    contract.add_argument("report", type=Path)
    contract.add_argument("--status", type=int, required=True, help="0 where nothing was found")
    for command in (drift, contract):
        command.add_argument("--run-url", required=True)
    arguments = parser.parse_args()
    if arguments.kind == "drift":
        finding = drift_of(
            arguments.environment,
            read_plans(arguments.plans),
            expected=arguments.expected,
            run_url=arguments.run_url,
        )
    else:
        report = arguments.report.read_text(encoding="utf-8") if arguments.status else None
        finding = contract_drift(report, run_url=arguments.run_url)
    publish(Github.of_job(), finding, run_url=arguments.run_url)


def drift_of(
    environment: str, plans: Sequence[Plan], *, expected: Sequence[str], run_url: str
) -> Finding:
    """Return what is to be said of an environment.

    A stack that could not be planned is not clean: whether it differs is not known.
    """
    title = f"{environment} is not as it was deployed"
    missing = sorted(set(expected) - {plan.stack for plan in plans})
    differing = [plan for plan in plans if plan.outcome is not Outcome.EMPTY]
    if not differing and not missing:
        return Finding(title, None)
    lines = [
        f"A plan of what was deployed to {environment} last is not empty. Somebody changed a "
        "resource by hand, or a default of Google's is another: put it back by deploying again, or "
        "write the change into the settings. This issue is closed by the next clean run.",
        "",
        "| stack | plan | |",
        "| --- | --- | --- |",
        *(f"| {plan.stack} | {plan.outcome} | {plan.summary} |" for plan in plans),
        *(f"| {stack} | not planned | the job stopped |" for stack in missing),
        "",
        f"[The run]({run_url})",
        "",
        "",
    ]
    head = "\n".join(lines)
    room = MAX_BODY_CHARACTERS - length(head)
    return Finding(title, head + sections(list(plans), characters=room, run_url=run_url))


def contract_drift(report: str | None, *, run_url: str) -> Finding:
    """Return what is to be said of the applications' schema; without a report it agrees."""
    title = "The applications' schema and the contract differ"
    if report is None:
        return Finding(title, None)
    plan = Plan("contract", Outcome.CHANGES, report)
    head = (
        "`beep-infra env drift` or `migrations check` found this in the applications' default "
        "branch. How to follow it: docs/guides/follow-the-applications.md. This issue is closed by "
        f"the next clean run.\n\n[The run]({run_url})\n\n"
    )
    room = MAX_BODY_CHARACTERS - length(head)
    return Finding(title, head + sections([plan], characters=room, run_url=run_url))


def publish(github: Github, finding: Finding, *, run_url: str) -> None:
    """Bring the issue of this title to what was found: at most one is open."""
    number = next(
        (
            issue["number"]
            for issue in github.list(f"issues?state=open&labels={LABEL}")
            if issue["title"] == finding.title
        ),
        None,
    )
    if finding.body is None:
        if number is not None:
            github.post(f"issues/{number}/comments", {"body": f"Clean again: {run_url}"})
            github.patch(f"issues/{number}", {"state": "closed", "state_reason": "completed"})
    elif number is None:
        github.post("issues", {"title": finding.title, "body": finding.body, "labels": [LABEL]})
    else:
        github.patch(f"issues/{number}", {"body": finding.body})


if __name__ == "__main__":
    main()
