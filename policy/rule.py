"""What a rule is, and what it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from policy.stack import Stack

Hits = Iterator[tuple[str, str]]
"""Pairs of an address and what is wrong there, with the value."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of our own: what must hold, why, and the cure of a violation."""

    id: str
    title: str
    reason: str
    fix: str
    check: Callable[[Stack], Hits]


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """A rule that does not hold at one address of one stack."""

    rule: str
    stack: str
    address: str
    title: str
    detail: str = ""
    reason: str = ""
    fix: str = ""


def rule(*, title: str, reason: str, fix: str) -> Callable[[Callable[[Stack], Hits]], Rule]:
    """Make a rule of a function; the function's name, with hyphens, is the rule's id."""

    def make(check: Callable[[Stack], Hits]) -> Rule:
        return Rule(check.__name__.replace("_", "-"), title, reason, fix, check)

    return make


def apply(rules: tuple[Rule, ...], stacks: tuple[Stack, ...]) -> list[Finding]:
    """Return everything that the rules find."""
    return [
        Finding(each.id, stack.name, address, each.title, detail, each.reason, each.fix)
        for each in rules
        for stack in stacks
        for address, detail in each.check(stack)
    ]
