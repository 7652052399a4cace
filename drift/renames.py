"""Which new and removed variables are the same variable under another name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from drift.facts import Facts, same_kind, schema_need
from envschema import Variable


def renames(new: Sequence[Facts], missing: Sequence[Variable]) -> Iterator[tuple[str, Variable]]:
    """Return the new names of old variables, with the old variable.

    A pair counts where the schema says the same of both variables, their names differ in one word
    (changed, added or left out) of at least two, and neither has another partner.
    """
    pairs = [
        (facts, variable)
        for facts in new
        for variable in missing
        if _says_the_same(facts, variable) and _is_near(facts.name, variable.name)
    ]
    for facts, variable in pairs:
        partners = [pair for pair in pairs if pair[0] is facts or pair[1] is variable]
        if len(partners) == 1:
            yield facts.name, variable


def _says_the_same(facts: Facts, variable: Variable) -> bool:
    return (
        facts.side is variable.side
        and facts.kind is not None
        and same_kind(facts.kind, variable.kind)
        and facts.need is schema_need(variable.need)
        and facts.secret == variable.secret
        and (variable.secret or facts.default == variable.default)
    )


def _is_near(name: str, other: str) -> bool:
    """Tell whether names of at least two words differ in one word: changed, added or left out."""
    short, long = sorted((name.split("_"), other.split("_")), key=len)
    skip = len(long) - len(short)
    if len(short) < 2 or skip > 1:
        return False
    return any(
        short[:i] == long[:i] and short[i + 1 - skip :] == long[i + 1 :] for i in range(len(long))
    )
