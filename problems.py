"""Problems of the project's inputs, with what a reader needs to fix them.

Every check returns its problems instead of raising at the first. Whoever runs the checks raises all
problems together as one ``ConfigurationError``.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """A fault of an input: the file and key, the value, what is allowed, and the fix."""

    where: str
    key: str
    what: str
    fix: str
    value: str | None = None
    allowed: str | None = None

    def __str__(self) -> str:
        """Render as an indented block; the first line names the key and the value."""
        head = self.key if self.value is None else f"{self.key} = {self.value}"
        lines = [printable(head), f"    {self.what}"]
        if self.allowed:
            lines.append(f"    allowed: {self.allowed}")
        lines.append(f"    fix: {self.fix}")
        return "\n".join(printable(line) for text in lines for line in text.split("\n"))


class ConfigurationError(Exception):
    """Inputs that cannot become infrastructure; carries all their problems."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(render(self.problems))


def render(problems: Iterable[Problem]) -> str:
    """Return the problems as text, grouped by file; files and keys keep their order."""
    by_file: dict[str, list[Problem]] = {}
    for problem in problems:
        by_file.setdefault(problem.where, []).append(problem)
    blocks = []
    for where, in_file in by_file.items():
        count = "1 problem" if len(in_file) == 1 else f"{len(in_file)} problems"
        blocks.append("\n\n".join([f"{where}: {count}", *(str(problem) for problem in in_file)]))
    return "\n\n".join(blocks)


def printable(text: str) -> str:
    """Return a text whose control characters are spelt out, since a terminal would obey them."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def shown_key(steps: Iterable[str | int]) -> str:
    """Return a key as a TOML file spells it, with quotes where it needs them."""
    names = (
        f"[{step}]"
        if isinstance(step, int)
        else f".{step if _BARE_KEY.fullmatch(step) else json.dumps(step, ensure_ascii=False)}"
        for step in steps
    )
    return "".join(names).removeprefix(".")


_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


def did_you_mean(word: str, known: Iterable[str]) -> str | None:
    """Return the known word nearest to a misspelt one, if any is near."""
    by_lower = {candidate.lower(): candidate for candidate in known}
    near = difflib.get_close_matches(word.lower(), by_lower, n=1, cutoff=0.75)
    return by_lower[near[0]] if near else None
