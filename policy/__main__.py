"""``python -m policy``: checkov and our own rules over the stacks in ``cdktf.out``.

Ends with 0 when nothing is open, with 1 when something is, with 2 when not everything was scanned.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from datetime import date
from pathlib import Path

from environments import load
from policy import report
from policy.exceptions import judge, read
from policy.places import find
from policy.rule import apply
from policy.rules import RULES
from policy.scan import PYTHON, NotScannedError, scan
from policy.stack import read_stacks
from problems import ConfigurationError
from rehearsal import origin

EXCEPTIONS = Path("policy/exceptions.toml")


def main() -> int:
    """Look at every stack and say what is wrong; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m policy", description=__doc__)
    parser.add_argument("--sarif", type=Path, help="write the findings to FILE, as SARIF 2.1.0")
    parser.add_argument("--json", type=Path, help="write findings and exceptions to FILE, as JSON")
    asked = parser.parse_args()
    out = Path(os.environ.get("CDKTF_OUTDIR") or "cdktf.out")
    stacks = read_stacks(out, load(Path("environments")))
    if not stacks:
        print(f"policy: there are no stacks in {out}; run make synth", file=sys.stderr)
        return 2
    try:
        entries = read(EXCEPTIONS, (rule.id for rule in RULES))
        scanned = scan(stacks, PYTHON)
        findings = sorted([*apply(RULES, stacks), *scanned.findings])
        judgement = judge(findings, entries, str(EXCEPTIONS), date.today())
    except NotScannedError as error:
        print(f"policy: {error}", file=sys.stderr)
        return 2
    except ConfigurationError as error:
        print(error, file=sys.stderr)
        return 1
    places = find(judgement.open, stacks, out / "review")
    if asked.sarif:
        asked.sarif.write_text(json.dumps(report.sarif(judgement, places), indent=2) + "\n")
    if asked.json:
        told = report.as_json(judgement, places, scanned, len(stacks))
        asked.json.write_text(json.dumps(told, indent=2) + "\n")
    origins = origin.lines(Path.cwd()) if judgement.open else {}
    print(report.text(judgement, places, origins, scanned, len(stacks), RULES))
    return 0 if judgement.is_good else 1


if __name__ == "__main__":
    sys.exit(main())
