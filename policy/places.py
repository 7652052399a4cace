"""Where people find the resource of a finding: its line in the review HCL, and its construct."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from policy.rule import Finding
from policy.stack import Stack

_BLOCK = re.compile(r'^(resource|provider|variable) "([^"]+)"(?: "([^"]+)")? \{')


@dataclass(frozen=True, slots=True)
class Place:
    """A line of the review HCL, and the path of the construct that created the block."""

    file: str
    line: int
    construct: str


def locate(findings: Sequence[Finding], stacks: Sequence[Stack], review: Path) -> list[Place]:
    """Return the place of each finding, in order; line 1 if the review HCL lacks the block.

    ``review`` is the folder of the review HCL, ``cdktf.out/review``.
    """
    lines = {name: _block_lines(review / f"{name}.tf") for name in {f.stack for f in findings}}
    paths = {(s.name, r.address): r.path for s in stacks for r in s.resources()}
    return [
        Place(
            f"{review.parent.name}/{review.name}/{finding.stack}.tf",
            lines[finding.stack].get(finding.address, 1),
            paths.get((finding.stack, finding.address), ""),
        )
        for finding in findings
    ]


def _block_lines(path: Path) -> Mapping[str, int]:
    """Return the line number of each block of a review file, by address."""
    lines: dict[str, int] = {}
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    for number, line in enumerate(text.splitlines(), start=1):
        if block := _BLOCK.match(line):
            kind, first, second = block.groups()
            prefix = {"resource": "", "provider": "provider.", "variable": "var."}[kind]
            lines.setdefault(f"{prefix}{first}.{second}" if second else f"{prefix}{first}", number)
    return lines
