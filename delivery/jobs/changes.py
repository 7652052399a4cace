"""Says which stacks differ from a revision and what that does, for the jobs that plan and comment.

``python -m delivery.jobs.changes REVISION --out FILE`` writes names and report, and prints the
names of the stacks to plan as the output ``plan`` of a step.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from change.markdown import markdown
from change.report import compare
from change.side import read_side
from constructs_lib.pipeline.access import PLANNED_PARTS
from rehearsal.revision import synthesize_revision
from scripts.compare import ROOT, changed_stacks
from stacks.addresses import output_folder, part_of
from terraform_json import STACK_FILE, SynthesizedError

REPORT_CHARACTERS = 30_000
"""Of the comment; what is left of it is for the plans."""


def main() -> None:
    """Write the stacks to plan, the rest and a report; exit where a side does not synthesize."""
    parser = argparse.ArgumentParser(prog="delivery.jobs.changes", description=__doc__)
    parser.add_argument("revision")
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="changes-") as folder:
        try:
            before = synthesize_revision(Path(folder), ROOT, arguments.revision)
            report = reported(before, output_folder())
        except SynthesizedError as error:
            sys.exit(f"changes: {error}")
        changes = to_plan(before, output_folder())
    document = {**changes, "report": report}
    arguments.out.write_text(json.dumps(document), encoding="utf-8")
    print(f"plan={json.dumps(changes['plan'])}")


def reported(before: Path, after: Path) -> str:
    """Return what the difference between two outputs does, for a comment; no stack is planned."""
    sides = read_side(before), read_side(after)
    report = compare(*sides, names=("the base", "this pull request"))
    return markdown(report, characters=REPORT_CHARACTERS)


def to_plan(before: Path, after: Path) -> dict[str, list[str]]:
    """Return what differs between two outputs: what a pull request may plan, and the rest."""
    changed = changed_stacks(before, after)
    plan = [
        name
        for name in changed
        if part_of(name) in PLANNED_PARTS and (after / "stacks" / name / STACK_FILE).exists()
    ]
    return {"plan": plan, "rest": [name for name in changed if name not in plan]}


if __name__ == "__main__":
    main()
