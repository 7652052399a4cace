"""The class of our own rules, and the class of findings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from policy.stack import Stack

Hits = Iterator[tuple[str, str]]
"""Pairs: the address of a resource, and what is wrong there, with the value."""


class NotCheckedError(RuntimeError):
    """A rule could not read a stack."""


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
    """Return the findings of all rules in all stacks.

    Raises ``NotCheckedError`` for a stack that has another form than cdktf writes.
    """
    return [
        Finding(rule.id, stack.name, address, rule.title, detail, rule.reason, rule.fix)
        for rule in rules
        for stack in stacks
        for address, detail in _hits(rule, stack)
    ]


def _hits(rule: Rule, stack: Stack) -> Hits:
    try:
        yield from rule.check(stack)
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        # A rule that stops half-way has seen too little: no finding of it would prove anything.
        raise NotCheckedError(
            f"{stack.name}: the rule {rule.id} cannot read it: {type(error).__name__}: {error}"
        ) from error
