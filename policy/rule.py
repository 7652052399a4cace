"""The class of our own rules, and the class of findings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from policy.stack import Stack

Hits = Iterator[tuple[str, str]]
"""Pairs: the address of a resource, and what is wrong there, with the value."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of our own: what must hold, why, and how to fix a violation."""

    id: str
    title: str
    reason: str
    fix: str
    check: Callable[[Stack], Hits]


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """A violation of a rule, at one address of one stack."""

    rule: str
    stack: str
    address: str
    title: str
    detail: str = ""
    reason: str = ""
    fix: str = ""


def rule(*, title: str, reason: str, fix: str) -> Callable[[Callable[[Stack], Hits]], Rule]:
    """Turn a function into a rule; the function's name, with hyphens, is the rule's id."""

    def decorate(check: Callable[[Stack], Hits]) -> Rule:
        return Rule(check.__name__.replace("_", "-"), title, reason, fix, check)

    return decorate


def apply(rules: tuple[Rule, ...], stacks: tuple[Stack, ...]) -> list[Finding]:
    """Return the findings of all rules in all stacks."""
    return [
        Finding(rule.id, stack.name, address, rule.title, detail, rule.reason, rule.fix)
        for rule in rules
        for stack in stacks
        for address, detail in rule.check(stack)
    ]
