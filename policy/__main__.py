"""``python -m policy``: checkov and our own rules over the stacks in ``cdktf.out``.

Works from any directory. Exits with 0 when nothing has to be done, with 1 when a finding is open or
an exception must change, with 2 when there are no stacks or not all of them were scanned.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from datetime import date
from pathlib import Path

from cost.table import read_table
from environments import load
from policy import report
from policy.exceptions import judge, read_exceptions
from policy.places import locate
from policy.posture import checks_of_checkov, read_items
from policy.rule import NotCheckedError, apply
from policy.rules import RULES
from policy.scan import PYTHON, NotScannedError, scan
from policy.stack import read_stacks
from problems import ConfigurationError
from rehearsal import origin
from terraform_json import SynthesizedError

PROJECT = Path(__file__).resolve().parent.parent
EXCEPTIONS = Path("policy/exceptions.toml")
"""Relative to the project, as messages name it."""


def main() -> int:
    """Check every stack and print the report; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m policy", description=__doc__)
    parser.add_argument("--sarif", type=Path, help="write the findings to FILE, as SARIF 2.1.0")
    parser.add_argument("--json", type=Path, help="write findings and exceptions to FILE, as JSON")
    options = parser.parse_args()
    today = date.today()
    out = Path(os.environ.get("CDKTF_OUTDIR") or PROJECT / "cdktf.out")
    try:
        stacks = read_stacks(out, load(PROJECT / "environments"))
        if not stacks:
            raise SynthesizedError(f"there are no stacks in {out}; run make synth")
        entries = read_exceptions(PROJECT / EXCEPTIONS, (rule.id for rule in RULES))
        scanned = scan(stacks, PROJECT / PYTHON, checks_of_checkov(read_items()))
        findings = sorted([*apply(RULES, stacks), *scanned.findings])
        judgement = judge(findings, entries, str(EXCEPTIONS), today)
    except (NotCheckedError, NotScannedError, SynthesizedError) as error:
        print(f"policy: {error}", file=sys.stderr)
        return 2
    except ConfigurationError as error:
        print(error, file=sys.stderr)
        return 1
    if warning := read_table().warning(today):
        print(f"policy: warning: {warning}.", file=sys.stderr)
    places = locate(judgement.open, stacks, out / "review")
    if options.sarif:
        options.sarif.write_text(json.dumps(report.sarif(judgement, places), indent=2) + "\n")
    if options.json:
        data = report.as_json(judgement, places, scanned, len(stacks))
        options.json.write_text(json.dumps(data, indent=2) + "\n")
    origins = origin.lines(PROJECT) if judgement.open else {}
    print(report.text(judgement, places, origins, scanned, len(stacks), RULES))
    return 0 if judgement.is_good else 1


if __name__ == "__main__":
    sys.exit(main())
