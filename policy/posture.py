"""How the stacks stand to each item of a benchmark, and what that rests on.

The items are data (``posture.toml``). An item is held by rules of our own, by checks of checkov, by
an argument that every resource of a type has, or by an alert. checkov is not run here: ``make
policy`` proves that its only findings are those that the exceptions name, and that the checks named
here exist.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, TypeAdapter, model_validator

from policy.exceptions import AcceptedFinding
from policy.rule import Finding, apply
from policy.rules import RULES
from policy.stack import Resource, Stack, by_environment, environment_of

ITEMS = Path(__file__).with_name("posture.toml")
_ALERT = "google_monitoring_alert_policy"
_METHODS = re.compile(r'protoPayload\.methodName =~ "([^"]+)"')

State = Literal["holds", "accepted", "open", "missing", "by hand", "nothing here"]


class Item(BaseModel):
    """An item of a benchmark, and what holds it."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    id: str
    title: str
    types: list[str] = []
    """What it is about; the whole project, unless stated."""
    needed: bool = False
    """Whether there must be a resource of these types."""
    shared: bool = False
    """Whether the shared stacks hold it for every environment."""
    rules: list[str] = []
    checkov: list[str] = []
    argument: str | None = None
    """The path of an argument that each of these resources has."""
    equals: bool | str | None = None
    """The value of the argument."""
    present: bool = False
    """Any value of the argument will do."""
    alert: str | None = None
    """A method of the audit log; an alert on log entries matches it."""
    by_hand: str | None = None
    missing: str | None = None

    @model_validator(mode="after")
    def _is_held_by_something(self) -> Item:
        held = self.rules or self.checkov or self.argument or self.alert or self.needed
        if sum(map(bool, (held, self.by_hand, self.missing))) != 1:
            raise ValueError("an item is held by something, or by hand, or missing")
        return self


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    item: list[Item]


@dataclass(frozen=True, slots=True)
class Standing:
    """How one environment stands to one item."""

    state: State
    resources: int = 0
    """How many were looked at."""
    failing: tuple[tuple[str, str, str], ...] = ()
    """Rule or argument, stack and address of what does not hold."""


@dataclass(frozen=True)
class Posture:
    """How every environment stands to every item."""

    items: tuple[Item, ...]
    stacks: tuple[Stack, ...]
    exceptions: tuple[AcceptedFinding, ...]

    @cached_property
    def environments(self) -> Mapping[str, tuple[Stack, ...]]:
        """The stacks by environment; those of ``bootstrap`` are named ``shared``."""
        groups = by_environment(self.stacks)
        return {environment_of(group[0].name) or "shared": group for group in groups}

    @cached_property
    def _findings(self) -> Sequence[Finding]:
        return apply(RULES, self.stacks)

    def standing(self, item: Item, environment: str) -> Standing:
        """Return how an environment stands to an item."""
        if item.by_hand:
            return Standing("by hand")
        if item.missing:
            return Standing("missing")
        stacks = self.environments["shared" if item.shared else environment]
        looked_at = [(s, r) for s in stacks for r in s.resources(*item.types)] if item.types else []
        if item.types and not looked_at:
            return Standing("missing" if item.needed else "nothing here")
        if item.alert:
            return _watched(item.alert, stacks)
        failing = [
            failure
            for failure in (
                *self._own_findings(item, stacks),
                *self._accepted_by_checkov(item, stacks),
                *_without_argument(item, looked_at),
            )
            # A rule may be about more than the item is.
            if not item.types or failure[2].partition(".")[0] in item.types
        ]
        state: State = "holds"
        if failing:
            accepted = all(self._exception(*failure) for failure in failing)
            state = "accepted" if accepted else "missing" if item.argument else "open"
        return Standing(state, len(looked_at), tuple(failing))

    def _own_findings(self, item: Item, stacks: Sequence[Stack]) -> Iterator[tuple[str, str, str]]:
        names = {stack.name for stack in stacks}
        for finding in self._findings:
            if finding.rule in item.rules and finding.stack in names:
                yield finding.rule, finding.stack, finding.address

    def _accepted_by_checkov(
        self, item: Item, stacks: Sequence[Stack]
    ) -> Iterator[tuple[str, str, str]]:
        """Yield what an exception accepts: nothing else is a finding, and each accepts one."""
        for entry in self.exceptions:
            if entry.rule not in item.checkov:
                continue
            for stack in stacks:
                for resource in stack.resources():
                    if _covers(entry, stack.name, resource.address):
                        yield entry.rule, stack.name, resource.address

    def _exception(self, rule: str, stack: str, address: str) -> AcceptedFinding | None:
        return next(
            (e for e in self.exceptions if e.rule == rule and _covers(e, stack, address)), None
        )


def _covers(entry: AcceptedFinding, stack: str, address: str) -> bool:
    return fnmatchcase(address, entry.address) and any(
        fnmatchcase(stack, pattern) for pattern in entry.stacks
    )


def _watched(method: str, stacks: Sequence[Stack]) -> Standing:
    """Return whether an alert on log entries matches a method of the audit log."""
    alerts = [alert for stack in stacks for alert in stack.resources(_ALERT)]
    filters = (
        condition["condition_matched_log"]["filter"]
        for alert in alerts
        for condition in alert.get("conditions")
        if "condition_matched_log" in condition
    )
    patterns = (match[1] for text in filters for match in _METHODS.finditer(text))
    matched = any(re.search(pattern, method) for pattern in patterns)
    return Standing("holds" if matched else "missing")


def _without_argument(
    item: Item, resources: Iterable[tuple[Stack, Resource]]
) -> Iterator[tuple[str, str, str]]:
    if item.argument is None:
        return
    for stack, resource in resources:
        value: Any = resource.get(*item.argument.split("."))
        if value is None if item.present else value != item.equals:
            yield item.argument, stack.name, resource.address


def read_items(path: Path = ITEMS) -> tuple[Item, ...]:
    """Return the committed items."""
    file = TypeAdapter(_File).validate_python(tomllib.loads(path.read_text(encoding="utf-8")))
    return tuple(file.item)


def checks_of_checkov(items: Iterable[Item]) -> frozenset[str]:
    """Return the checks on which the items rest."""
    return frozenset(check for item in items for check in item.checkov)
