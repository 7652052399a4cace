"""A report as text for people and as data for pipelines."""

from __future__ import annotations

from drift.report import Finding, Report


def as_text(report: Report) -> str:
    """Return the report as blocks of text: a finding each, its place first."""
    blocks = [_block(finding) for finding in report.findings]
    if report.accepted:
        lines = ["different on purpose:"]
        lines += [f"    {item.variable} ({item.aspect}): {item.why}" for item in report.accepted]
        blocks.append("\n".join(lines))
    if report.trusted:
        lines = ["taken on trust, known by name and not compared:"]
        lines += [f"    {item.name} of {item.package}: {item.why}" for item in report.trusted]
        blocks.append("\n".join(lines))
    count = len(report.findings)
    files = "1 file" if len(report.files) == 1 else f"{len(report.files)} files"
    result = "no drift" if count == 0 else "1 finding" if count == 1 else f"{count} findings"
    followed = len(report.followed)
    also = f", {followed} more followed" if followed else ""
    variables = "1 variable" if len(report.facts) == 1 else f"{len(report.facts)} variables"
    blocks.append(f"{result}: {variables} in {files}{also}")
    return "\n\n".join(blocks) + "\n"


def as_data(report: Report) -> dict[str, object]:
    """Return the report as JSON can hold it; ``docs/concepts/drift.md`` explains the keys."""
    return {
        "clean": report.is_clean,
        "contract": report.version,
        "files": list(report.files),
        "followed": list(report.followed),
        "variables": len(report.facts),
        "findings": [
            {
                "kind": finding.kind,
                "file": finding.position.file,
                "line": finding.position.line,
                "column": finding.position.column,
                "variable": finding.variable,
                "what": finding.what,
                "declared": finding.declared,
                "found": finding.found,
                "fix": finding.fix,
            }
            for finding in report.findings
        ],
        "accepted": [
            {
                "variable": item.variable,
                "aspect": item.aspect,
                "file": item.position.file,
                "line": item.position.line,
                "column": item.position.column,
                "why": item.why,
            }
            for item in report.accepted
        ],
        "trusted": [
            {
                "schema": item.name,
                "package": item.package,
                "why": item.why,
                "file": item.position.file,
                "line": item.position.line,
                "column": item.position.column,
            }
            for item in report.trusted
        ],
    }


def _block(finding: Finding) -> str:
    head = f"{finding.position}: {finding.kind}"
    what = f"{finding.variable} {finding.what}" if finding.variable else finding.what
    lines = [f"{head}: {what}"]
    if finding.declared is not None:
        lines.append(f"    declared: {finding.declared}")
    if finding.found is not None:
        lines.append(f"    found: {finding.found}")
    lines.append(f"    fix: {finding.fix}")
    return "\n".join(lines)
