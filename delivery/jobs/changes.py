"""Says which stacks differ from a revision, for the jobs that plan them.

``python -m delivery.jobs.changes REVISION --out FILE`` writes the names, and prints them as the
output ``plan`` of a step.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from constructs_lib.pipeline.access import PLANNED_PARTS
from rehearsal.revision import synthesize_revision
from scripts.compare import ROOT, changed_stacks
from stacks.addresses import output_folder, part_of
from terraform_json import STACK_FILE, SynthesizedError


def main() -> None:
    """Write the stacks to plan, and the rest; exit where the revision does not synthesize."""
    parser = argparse.ArgumentParser(prog="delivery.jobs.changes", description=__doc__)
    parser.add_argument("revision")
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="changes-") as folder:
        try:
            before = synthesize_revision(Path(folder), ROOT, arguments.revision)
        except SynthesizedError as error:
            sys.exit(f"changes: {error}")
        changes = to_plan(before, output_folder())
    arguments.out.write_text(json.dumps(changes), encoding="utf-8")
    print(f"plan={json.dumps(changes['plan'])}")


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
