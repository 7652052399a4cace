"""The findings as text for people, and as JSON and SARIF for programs."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from policy.exceptions import AcceptedFinding, Judgement
from policy.places import Place
from policy.rule import Finding, Rule
from policy.scan import Scan
from problems import render

_SARIF = "https://json.schemastore.org/sarif-2.1.0.json"


def text(
    judgement: Judgement,
    places: Sequence[Place],
    origins: Mapping[str, str],
    scan: Scan,
    stack_count: int,
    rules: Sequence[Rule],
) -> str:
    """Return the report that ``make policy`` prints.

    ``places`` holds the place of each open finding, in the same order. ``origins`` maps the path
    of a construct to the line of our source that creates it.
    """
    lines: list[str] = []
    located = sorted(zip(judgement.open, places, strict=True), key=lambda pair: pair[0])
    for (rule, title), group in groupby(located, key=lambda pair: (pair[0].rule, pair[0].title)):
        members = list(group)
        lines += [f"{rule}  {title}", *_explanation(members[0][0])]
        for finding, place in members:
            lines.append(f"  {finding.stack}  {finding.address}")
            if finding.detail:
                lines.append(f"      {finding.detail}")
            origin = origins.get(place.construct)
            created = f", created at {origin}" if origin else ""
            lines.append(f"      {place.file}:{place.line}{created}")
        lines.append("")
    if judgement.open:
        lines += [
            "Fix them, or accept them by adding these lines to policy/exceptions.toml:",
            "",
        ]
        lines += [*_proposals(judgement.open), ""]
    if judgement.problems:
        lines += [render(judgement.problems), ""]
    for entry in judgement.due:
        lines.append(f"due for review on {entry.review}: {entry.rule}, by {entry.owner}")
    lines.append(
        f"policy: {scan.resources} resources in {stack_count} stacks, all seen by checkov; "
        f"{scan.passed} of its checks passed; {len(rules)} rules of our own"
    )
    entries = {id(entry) for _, entry in judgement.accepted}
    lines.append(
        f"        {_count(len(judgement.open), 'finding')}; "
        f"{len(judgement.accepted)} accepted by {_count(len(entries), 'exception')}"
    )
    return "\n".join(lines)


def _explanation(finding: Finding) -> Iterator[str]:
    for label, sentence in (("why", finding.reason), ("fix", finding.fix)):
        if sentence:
            yield from textwrap.wrap(
                f"{label}: {sentence}", 96, initial_indent="    ", subsequent_indent="         "
            )


def _count(number: int, what: str) -> str:
    return f"1 {what}" if number == 1 else f"{number} {what}s"


def _proposals(findings: Sequence[Finding]) -> Iterator[str]:
    """Yield the lines of an exception for each rule and address, with all stacks that have it."""
    ordered = sorted(findings, key=lambda f: (f.rule, f.address, f.stack))
    for (rule, address), group in groupby(ordered, key=lambda f: (f.rule, f.address)):
        stacks = ", ".join(f'"{stack}"' for stack in dict.fromkeys(f.stack for f in group))
        yield "    [[exception]]"
        yield f'    rule = "{rule}"'
        yield f'    address = "{address}"'
        yield f"    stacks = [{stacks}]"
        yield '    reason = ""'
        yield '    owner = ""'
        yield f"    review = {date.today() + timedelta(days=180)}"


def as_json(
    judgement: Judgement, places: Sequence[Place], scan: Scan, stack_count: int
) -> dict[str, Any]:
    """Return the open and the accepted findings and the counts of the scan, for a program."""
    return {
        "stacks": stack_count,
        "resources": scan.resources,
        "checks_passed": scan.passed,
        "findings": [
            {**_finding_as_json(finding), "file": place.file, "line": place.line}
            for finding, place in zip(judgement.open, places, strict=True)
        ],
        "accepted": [
            {**_finding_as_json(finding), **_entry_as_json(entry)}
            for finding, entry in judgement.accepted
        ],
    }


def _finding_as_json(finding: Finding) -> dict[str, str]:
    return {
        "rule": finding.rule,
        "stack": finding.stack,
        "address": finding.address,
        "title": finding.title,
        "detail": finding.detail,
    }


def _entry_as_json(entry: AcceptedFinding) -> dict[str, str]:
    return {
        "because": entry.reason,
        "owner": entry.owner,
        "review": entry.review.isoformat(),
    }


def sarif(judgement: Judgement, places: Sequence[Place]) -> dict[str, Any]:
    """Return the open findings as SARIF 2.1.0, located in the committed review HCL."""
    rules = {finding.rule: finding for finding in judgement.open}
    return {
        "$schema": _SARIF,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "beep-infra policy",
                        "rules": [
                            {
                                "id": name,
                                "shortDescription": {"text": finding.title},
                                "help": {"text": finding.fix or finding.title},
                            }
                            for name, finding in sorted(rules.items())
                        ],
                    }
                },
                "results": [
                    {
                        "ruleId": finding.rule,
                        "level": "error",
                        "message": {
                            "text": f"{finding.stack} {finding.address}: "
                            f"{finding.detail or finding.title}"
                        },
                        "partialFingerprints": {
                            "address": f"{finding.rule}:{finding.stack}:{finding.address}"
                        },
                        "locations": [
                            {
                                "physicalLocation": {
                                    "artifactLocation": {"uri": place.file},
                                    "region": {"startLine": place.line},
                                }
                            }
                        ],
                    }
                    for finding, place in zip(judgement.open, places, strict=True)
                ],
            }
        ],
    }
