"""Which variable a misspelt name most likely means."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from problems import did_you_mean

_LEAST_LIKENESS = 0.6
"""Of two words: above it for SECRT and SECRET, below it for FACEBOOK and GOOGLE."""


def similar_name(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that is most like a name, if any is like it word by word.

    Names of variables share long beginnings and ends, so whole names are alike where a word in the
    middle is another one altogether: another provider, another signal.
    """
    return did_you_mean(name, (other for other in known if _are_alike(name, other)))


def _are_alike(name: str, other: str) -> bool:
    words, others = name.upper().split("_"), other.upper().split("_")
    if len(words) != len(others):
        return True
    return all(
        word == match or difflib.SequenceMatcher(None, word, match).ratio() >= _LEAST_LIKENESS
        for word, match in zip(words, others, strict=True)
    )
