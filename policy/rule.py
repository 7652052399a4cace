"""The class of our own rules, and the class of findings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from policy.stack import Stack, by_environment

Hits = Iterator[tuple[str, str]]
"""Pairs: the address of a resource, and what is wrong there, with the value."""
Stacks = tuple[Stack, ...]
"""The stacks of one environment."""
EnvironmentHits = Iterator[tuple[Stack, str, str]]
"""A stack, the address of a resource in it, and what is wrong there, with the value."""


class NotCheckedError(RuntimeError):
    """A rule could not read a stack."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of our own: what must hold, why, and how to fix a violation."""

    id: str
    title: str
    reason: str
    fix: str
    check: Callable[[Stacks], EnvironmentHits]


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
        def check_all(stacks: Stacks) -> EnvironmentHits:
            for stack in stacks:
                for address, detail in check(stack):
                    yield stack, address, detail

        return Rule(_id(check), title, reason, fix, check_all)

    return decorate


def environment_rule(
    *, title: str, reason: str, fix: str
) -> Callable[[Callable[[Stacks], EnvironmentHits]], Rule]:
    """Turn a function into a rule about what several stacks of an environment say together."""

    def decorate(check: Callable[[Stacks], EnvironmentHits]) -> Rule:
        return Rule(_id(check), title, reason, fix, check)

    return decorate


def _id(check: Callable[..., object]) -> str:
    return check.__name__.replace("_", "-")


def apply(rules: tuple[Rule, ...], stacks: Stacks) -> list[Finding]:
    """Return the findings of all rules in all stacks.

    Raises ``NotCheckedError`` for a stack that has another form than cdktf writes.
    """
    return [
        Finding(rule.id, stack.name, address, rule.title, detail, rule.reason, rule.fix)
        for rule in rules
        for environment in by_environment(stacks)
        for stack, address, detail in _hits(rule, environment)
    ]


def _hits(rule: Rule, stacks: Stacks) -> EnvironmentHits:
    try:
        yield from rule.check(stacks)
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        # A rule that stops half-way has seen too little: no finding of it would prove anything.
        names = ", ".join(stack.name for stack in stacks)
        raise NotCheckedError(
            f"{names}: the rule {rule.id} cannot read it: {type(error).__name__}: {error}"
        ) from error
