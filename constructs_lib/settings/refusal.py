"""How a setting's value is refused: with the words that its error message needs."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from problems import did_you_mean


def refuse(what: str, *, allowed: str, fix: str, key: str | None = None) -> PydanticCustomError:
    """Return the error of a value; the loader turns it into a ``Problem``.

    ``key`` names the key to change where the error is raised by a table around it.
    """
    context = {"what": what, "allowed": allowed, "fix": fix, "key": key}
    return PydanticCustomError("beep", "{what}", context)


def matching(pattern: str, what: str, *, allowed: str, fix: str) -> AfterValidator:
    """Return the validator of a text that a pattern describes as a whole."""
    compiled = re.compile(pattern)

    def check(text: str) -> str:
        if compiled.fullmatch(text) is None:
            raise refuse(what, allowed=allowed, fix=fix)
        return text

    return AfterValidator(check)


def one_of(values: Sequence[str]) -> AfterValidator:
    """Return the validator of a closed list that is known only when the program runs."""

    def check(text: str) -> str:
        if text not in values:
            near = did_you_mean(text, values)
            raise refuse(
                "is not one of the allowed values",
                allowed=", ".join(f'"{value}"' for value in values),
                fix=f'set it to "{near}"' if near else "choose one of them",
            )
        return text

    return AfterValidator(check)
