"""Version constraints, as Terraform reads them."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping

Numbers = tuple[int, ...]

_PART = re.compile(r"\s*(|=|!=|>=?|<=?|~>)\s*v?(\d+(?:\.\d+)*)(?:[-+][\w.+-]*)?\s*")
_COMPARISONS: Mapping[str, Callable[[Numbers, Numbers], bool]] = {
    "": operator.eq,
    "=": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}


def admits(constraint: str, version: str) -> bool:
    """Tell whether a constraint such as ``~> 6.0, != 6.3.0`` admits a version of three numbers.

    What is no constraint admits every version: Terraform itself says what is wrong with it.
    """
    actual = _numbers(version)
    for part in constraint.split(","):
        match = _PART.fullmatch(part)
        if match is None:
            return True
        wanted = _numbers(match[2])
        if match[1] == "~>":
            # All but the last number that is written are fixed.
            fixed = match[2].count(".")
            if actual < wanted or actual[:fixed] != wanted[:fixed]:
                return False
        elif not _COMPARISONS[match[1]](actual, wanted):
            return False
    return True


def _numbers(version: str) -> Numbers:
    numbers = [int(number) for number in version.split(".")]
    return (*numbers, *[0] * (3 - len(numbers)))
