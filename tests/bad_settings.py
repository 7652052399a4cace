"""A bad setting, and the message with which it is refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from problems import Problem
from tests.support import Edit, edited, refused


@dataclass(frozen=True)
class Bad:
    """A fault, and what its message must say."""

    name: str
    edit: Edit
    key: str
    says: str
    value: str | None = None
    allowed: str | None = None
    fix: str = ""
    also: Edit | None = None
    """A second edit, where the fault needs one."""


def by_name(rows: Sequence[Bad]) -> pytest.MarkDecorator:
    """Run a test once for each row; the row is its argument ``bad``, and its name the id."""
    return pytest.mark.parametrize("bad", rows, ids=lambda bad: bad.name)


def assert_reported(bad: Bad, folder: Path) -> None:
    """Fail unless the message names file, key, value, what is allowed, and the fix."""
    problems = refused(edited(folder, *filter(None, (bad.edit, bad.also)))).problems
    problem = _problem_of(problems, bad.key)
    assert problem.where == f"environments/{bad.edit[0]}.toml"
    assert bad.says in problem.what
    assert bad.fix in problem.fix
    assert problem.fix
    if bad.value is not None:
        assert problem.value == bad.value
    if bad.allowed is not None:
        assert bad.allowed in (problem.allowed or "")


def _problem_of(problems: Sequence[Problem], key: str) -> Problem:
    """Return the one problem of a key."""
    of_key = [problem for problem in problems if problem.key == key]
    assert len(of_key) == 1, [str(problem) for problem in problems]
    return of_key[0]
