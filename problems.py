"""What is wrong with an input, told so that the reader can mend it.

Every check of the project returns problems instead of raising at the first one; whoever runs the
checks raises them together as one ``ConfigurationError``.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault of one input: where it is, what is there, what may be there, and the cure."""

    where: str
    key: str
    what: str
    fix: str
    value: str | None = None
    allowed: str | None = None

    def __str__(self) -> str:
        """Render as an indented block; the first line names the key and the value."""
        head = self.key if self.value is None else f"{self.key} = {self.value}"
        lines = [head, f"    {self.what}"]
        if self.allowed:
            lines.append(f"    allowed: {self.allowed}")
        lines.append(f"    fix: {self.fix}")
        return "\n".join(lines)


class ConfigurationError(Exception):
    """Inputs that cannot become infrastructure; carries every problem that was found."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(render(self.problems))


def render(problems: Iterable[Problem]) -> str:
    """Group problems by the file they stand in, files and keys in the order they were found."""
    by_file: dict[str, list[Problem]] = {}
    for problem in problems:
        by_file.setdefault(problem.where, []).append(problem)
    blocks = []
    for where, found in by_file.items():
        count = "1 problem" if len(found) == 1 else f"{len(found)} problems"
        blocks.append("\n\n".join([f"{where}: {count}", *(str(problem) for problem in found)]))
    return "\n\n".join(blocks)


def did_you_mean(word: str, known: Iterable[str]) -> str | None:
    """Return the known word nearest to a misspelt one, if any is near."""
    by_lower = {candidate.lower(): candidate for candidate in known}
    near = difflib.get_close_matches(word.lower(), by_lower, n=1, cutoff=0.75)
    return by_lower[near[0]] if near else None
