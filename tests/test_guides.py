"""Each guide is done, step by step, on a copy of the repository.

A guide's fences are its steps: ``diff`` is applied, ``sh`` is run, and ``text`` behind it is what
is printed (``...`` stands for any lines). ``<!-- fails -->`` before a fence says that it must fail.
What needs a cloud or the network cannot run here: a fence with other commands than those below is
only read by bash.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

import pytest

from tests.copies import copy_of_repository, run_in
from tests.support import ROOT

GUIDES = tuple(p for p in sorted((ROOT / "docs" / "guides").glob("*.md")) if p.stem != "README")
_FENCE = re.compile(
    r"(?:<!-- (?P<comment>[^>]+) -->\n\n?)?^```(?P<language>\w+)\n(?P<body>.*?)^```$",
    re.DOTALL | re.MULTILINE,
)
_ANY_LINES = "..."
_SYNTH = "python -O -m scripts.synth"
"""What writes the same as ``make synth``, without the command line of cdktf, which others test."""
_OFFLINE = {"beep-infra", "grep", "sed", "for", "done"}
_ASKS_GOOGLE = ["beep-infra", "secrets"]


@dataclass(frozen=True)
class Step:
    """A fence of a guide that is done, and what it prints."""

    language: str
    body: str
    comment: str
    printed: str | None

    @property
    def can_run(self) -> bool:
        """Whether every command of the step works offline, on a copy."""
        commands = [line.split() for line in self.body.splitlines() if line.strip()]
        return self.language == "diff" or all(
            (command[0] in _OFFLINE and command[:2] != _ASKS_GOOGLE) or command == ["make", "synth"]
            for command in commands
        )


def _steps(page: Path) -> Iterator[Step]:
    fences = list(_FENCE.finditer(page.read_text(encoding="utf-8")))
    for fence, after in zip_longest(fences, fences[1:]):
        if fence["language"] in {"diff", "sh"}:
            shows = after is not None and after["language"] == "text"
            printed = after["body"] if after is not None and shows else None
            yield Step(fence["language"], fence["body"], fence["comment"] or "", printed)


def _prints(expected: str, printed: str) -> bool:
    """Tell whether the expected lines were printed, in their order; ``...`` skips some."""
    pattern = ".*".join(re.escape(part.strip("\n")) for part in expected.split(f"{_ANY_LINES}\n"))
    return re.search(pattern, printed, re.DOTALL) is not None


def _run(copy: Path, step: Step) -> None:
    if step.language == "diff":
        patch = copy / ".step.patch"
        patch.write_text(step.body, encoding="utf-8")
        applied = run_in(copy, "git", "apply", "--whitespace=nowarn", str(patch))
        assert applied.returncode == 0, f"{step.body}\n{applied.stderr}"
        return
    done = run_in(copy, "bash", "-euo", "pipefail", "-c", step.body.replace("make synth", _SYNTH))
    printed = f"{done.stdout}{done.stderr}"
    assert (done.returncode != 0) == (step.comment == "fails"), f"{step.body}\n{printed}"
    if step.printed is not None:
        assert _prints(step.printed, printed), f"{step.body}\n{printed}"


@pytest.mark.parametrize("page", GUIDES, ids=lambda page: page.stem)
def test_a_guide_works_step_by_step(page: Path, tmp_path: Path) -> None:
    steps = list(_steps(page))
    for step in steps:
        if step.language == "sh" and not step.can_run:
            subprocess.run(["bash", "-n", "-c", step.body], check=True)
    runnable = [step for step in steps if step.can_run]
    if runnable:
        copy = copy_of_repository(tmp_path)
        for step in runnable:
            _run(copy, step)


def test_there_is_a_guide_for_each_of_these() -> None:
    assert {page.stem for page in GUIDES} >= {
        "first-environment",
        "add-a-service",
        "add-an-alert",
        "add-an-environment",
        "add-a-variable",
        "rename",
        "upgrade-the-provider",
    }
