"""The lines that a report has on every medium."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from change.facts import Effect, Mark, contrasted, shortened
from change.report import Report, Section
from change.resources import Difference, ResourceChange
from rehearsal.upgrade import Loss

FIRST = 6
"""Lines of a section that the first screen shows."""
_WIDTH = 400
_MARKS = {"created": Mark.GAINED, "destroyed": Mark.LOST}


def headline(report: Report) -> str:
    """Return in one line what matters."""
    if not report.changes and not report.abandoned_stacks:
        return "Nothing differs."
    parts = []
    if report.refused:
        parts.append(f"{len(report.refused)} with data, an address or an identity lost")
    for section, effects in report.sections.items():
        parts.append(f"{section.lower()}: {_counts(effects)}")
    if not parts:
        parts.append("only texts, labels and what no service notices")
    text = f"{'; '.join(parts)}."
    return text[0].upper() + text[1:]


def _counts(effects: tuple[Effect, ...]) -> str:
    counts = Counter(effect.mark for effect in effects)
    return " ".join(f"{mark}{counts[mark]}" for mark in Mark if counts[mark])


def summary(report: Report) -> str:
    """Return which stacks change, and the fingerprint."""
    listed = ", ".join(report.stacks) or "none"
    lines = [f"Stacks: {listed}."]
    if report.new_stacks:
        lines.append(f"New: {', '.join(report.new_stacks)}.")
    if report.texts:
        lines.append(f"Folded: {len(report.texts)} resources in texts and labels only.")
    lines.append(f"Fingerprint of the effects: {report.fingerprint[:16]}")
    return " ".join(lines)


def section_lines(report: Report, section: Section) -> list[str]:
    """Return a section's lines, each cut to what a reader takes in."""
    return [_cut(str(effect)) for effect in report.sections[section]]


def allowed_lines(report: Report) -> list[str]:
    """Return why losses are meant."""
    return [f"{_name(loss)}: {reason}" for loss, reason in report.allowed.items()]


def _name(loss: Loss) -> str:
    return f"{loss.stack}: {loss.address}"


def stack_summary(report: Report, stack: str) -> str:
    """Return how many blocks of a stack change, and how."""
    shown = report.of_stack(stack)
    counts = Counter(change.action for change in shown)
    texts = sum(change.stack == stack for change in report.texts)
    parts = [f"{count} {action}" for action, count in counts.items()]
    parts += [f"{texts} in texts and labels only"] if texts else []
    return f"{stack}: {', '.join(parts)}"


def stack_lines(report: Report, stack: str) -> Iterator[str]:
    """Yield what changes in a stack: what is new or gone by its address, the rest by argument."""
    for change in report.of_stack(stack):
        yield f"{_MARKS.get(change.action, Mark.CHANGED)} {_change(change)}"
        if change.action in ("updated", "moved"):
            for difference in change.differences:
                yield f"    {difference.path}: {_difference(difference)}"


def _change(change: ResourceChange) -> str:
    if change.previous_address:
        return f"{change.address}, moved from {change.previous_address}"
    return change.address


def _difference(difference: Difference) -> str:
    before, after = difference.before, difference.after
    if isinstance(before, list) and isinstance(after, list):
        gained = [shortened(v) for v in after if v not in before]
        lost = [shortened(v) for v in before if v not in after]
        if gained or lost:
            return " ".join([*(f"+{v}" for v in gained), *(f"-{v}" for v in lost)])
    return contrasted(_value(before), _value(after))


def _value(value: object) -> str:
    return "not set" if value is None else str(value) or '""'


def _cut(text: str) -> str:
    return text if len(text) <= _WIDTH else f"{text[: _WIDTH - 1]}…"
