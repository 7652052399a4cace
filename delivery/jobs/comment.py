"""Says in a pull request what it would change, in one comment that is brought up to date.

``python3 -m delivery.jobs.comment PLANS --changes FILE --pull-request NUMBER --run-url URL``
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

from delivery.jobs.github import Github
from delivery.jobs.plans import MAX_BODY_CHARACTERS, Plan, length, read_plans, sections

MARKER = "<!-- beep-infra: plan -->"
_AUTHOR = "github-actions[bot]"


def main() -> None:
    """Write the comment, or rewrite the one that is there."""
    parser = argparse.ArgumentParser(prog="delivery.jobs.comment", description=__doc__)
    parser.add_argument("plans", type=Path, help="the folder of plans")
    parser.add_argument("--changes", type=Path, required=True, help="which stacks differ")
    parser.add_argument("--pull-request", type=int, required=True)
    parser.add_argument("--run-url", required=True)
    arguments = parser.parse_args()
    changes = json.loads(arguments.changes.read_text(encoding="utf-8"))
    text = body(
        read_plans(arguments.plans),
        planned=changes["plan"],
        unplanned=changes["rest"],
        run_url=arguments.run_url,
        report=changes["report"],
    )
    publish(Github.of_job(), arguments.pull_request, text)


def body(
    plans: Sequence[Plan],
    *,
    planned: Sequence[str],
    unplanned: Sequence[str],
    run_url: str,
    report: str,
) -> str:
    """Return the comment, in at most as many characters as GitHub takes.

    ``report`` says what the change does, by the files alone; the plans are Terraform's.
    """
    lines = [MARKER, report, "### What Terraform plans", ""]
    if not planned and not unplanned:
        lines.append("No stack differs from the base by a byte.")
    if plans:
        lines += ["| stack | plan | |", "| --- | --- | --- |"]
        lines += [f"| {p.stack} | {p.outcome} | {p.summary} |" for p in plans]
    missing = sorted(set(planned) - {plan.stack for plan in plans})
    if missing:
        lines += ["", f"Not planned, because the job stopped: {', '.join(missing)}."]
    if unplanned:
        lines += [
            "",
            f"Not planned here: {', '.join(unplanned)}. Their state may hold a secret, or a person "
            "applies them. The review HCL in the diff shows what differs.",
        ]
    lines += ["", f"[The run]({run_url})", "", ""]
    head = "\n".join(lines)
    return head + sections(
        list(plans), characters=MAX_BODY_CHARACTERS - length(head), run_url=run_url
    )


def publish(github: Github, pull_request: int, text: str) -> None:
    """Put the text into the one comment of the pull request that is ours."""
    for comment in github.list(f"issues/{pull_request}/comments"):
        # Anybody can write the marker; only the workflow's own comment is rewritten.
        if comment["user"]["login"] == _AUTHOR and comment["body"].startswith(MARKER):
            github.patch(f"issues/comments/{comment['id']}", {"body": text})
            return
    github.post(f"issues/{pull_request}/comments", {"body": text})


if __name__ == "__main__":
    main()
