"""A report as text for people and as data for pipelines."""

from __future__ import annotations

from migrations.check import Report
from migrations.rules import Refusal


def as_text(report: Report, environment: str) -> str:
    """Return a block for each refused statement, its place first, and a line with the result."""
    blocks = [_block(finding.file, finding.refusal) for finding in report.findings]
    files = "1 file" if len(report.files) == 1 else f"{len(report.files)} files"
    count = len(report.findings)
    statements = "1 statement" if count == 1 else f"{count} statements"
    where = f"{environment} ({report.database.title})"
    result = f"{where} refuses {statements}" if count else f"nothing that {where} refuses"
    return "\n\n".join([*blocks, f"{files}: {result}"])


def as_data(report: Report) -> dict[str, object]:
    """Return the report as JSON can hold it."""
    return {
        "engine": report.database.engine,
        "files": list(report.files),
        "findings": [
            {
                "kind": finding.refusal.kind,
                "file": finding.file,
                "line": finding.refusal.statement.line,
                "statement": finding.refusal.statement.brief,
                "why": finding.refusal.why,
                "fix": finding.refusal.fix,
            }
            for finding in report.findings
        ],
    }


def _block(file: str, refusal: Refusal) -> str:
    head = f"{file}:{refusal.statement.line}: {refusal.statement.brief} [{refusal.kind}]"
    first, *rest = refusal.fix.splitlines()
    lines = [head, f"    why: {refusal.why}"]
    if rest:
        lines += ["    fix:", *(f"        {line}" for line in (first, *rest))]
    else:
        lines.append(f"    fix: {first}")
    return "\n".join(lines)
