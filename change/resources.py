"""Which resources differ between two sides, and in which arguments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from change.side import Placed, Side
from policy.stack import Stack
from terraform_json import COMMENT_KEY

_TEXTS = frozenset(
    {
        "annotations",
        "dashboard_json",
        "default_labels",
        "description",
        "display_name",
        "documentation",
        "labels",
        "user_labels",
    }
)
"""Arguments that people read and that nothing acts on."""
_ACTED_ON = frozenset(
    {"google_monitoring_notification_channel", "google_monitoring_uptime_check_config"}
)
"""Types whose ``labels`` are no labels: they say whom to notify, and what to ask."""


@dataclass(frozen=True, slots=True)
class Difference:
    """An argument with its value on both sides; None is an argument that is not there."""

    path: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class ResourceChange:
    """What becomes of a block: a resource, an output, a variable, a provider."""

    stack: str
    address: str
    action: str
    """``created``, ``destroyed``, ``updated`` or ``moved``."""
    differences: tuple[Difference, ...] = ()
    previous_address: str | None = None

    @property
    def is_text(self) -> bool:
        """Whether only text for people and labels change."""
        if self.action != "updated":
            return False
        kind = self.address.partition(".")[0]
        return all(
            (steps := set(_steps(difference.path))) & _TEXTS
            and not (kind in _ACTED_ON and "labels" in steps)
            for difference in self.differences
        )


def changes(before: Side, after: Side) -> list[ResourceChange]:
    """Return what differs in the stacks that both sides have, and what new stacks create."""
    result = []
    for name, stack in after.stacks.items():
        old = before.stacks.get(name)
        moved = _moves(stack) if old else {}
        old_blocks = dict(_blocks(old)) if old else {}
        new_blocks = dict(_blocks(stack))
        origin = {to: source for to, source in moved.items() if source in old_blocks}
        for address, body in new_blocks.items():
            previous = address if address in old_blocks else origin.get(address)
            if previous is None:
                new = tuple(differences({}, body))
                result.append(ResourceChange(name, address, "created", new))
                continue
            differing = tuple(differences(old_blocks[previous], body))
            if previous != address:
                result.append(ResourceChange(name, address, "moved", differing, previous))
            elif differing:
                result.append(ResourceChange(name, address, "updated", differing))
        gone = old_blocks.keys() - new_blocks.keys() - set(origin.values())
        result += [
            ResourceChange(name, address, "destroyed", tuple(differences(old_blocks[address], {})))
            for address in sorted(gone)
        ]
    return result


def previous(change: ResourceChange, before: Side) -> Placed | None:
    """Return the resource as it was."""
    return before.by_key.get((change.stack, change.previous_address or change.address))


def differences(before: Any, after: Any) -> Iterator[Difference]:
    """Yield the arguments that differ, by path.

    What is in a list is known by its ``name``, so that an item that goes does not make all that
    follow it differ.
    """
    old, new = dict(_leaves(before)), dict(_leaves(after))
    for path in dict.fromkeys((*old, *new)):
        if old.get(path) != new.get(path):
            yield Difference(path, old.get(path), new.get(path))


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping) and value:
        for key, inner in value.items():
            if key != COMMENT_KEY:
                yield from _leaves(inner, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list) and any(isinstance(item, Mapping) for item in value):
        names = [item.get("name") if isinstance(item, Mapping) else None for item in value]
        named = all(isinstance(name, str) for name in names) and len({*names}) == len(names)
        for index, item in enumerate(value):
            yield from _leaves(item, f"{path}[{names[index] if named else index}]")
    else:
        yield path, value


def _steps(path: str) -> Iterator[str]:
    for step in path.split("."):
        yield step.partition("[")[0]


def _blocks(stack: Stack) -> Iterator[tuple[str, Any]]:
    """Yield address and body of all that Terraform acts on."""
    for resource in stack.resources():
        yield resource.address, resource.arguments
    for section in ("variable", "output", "provider"):
        for name, body in stack.blocks(section):
            yield f"{section}.{name}", body
    yield "terraform", stack.text.get("terraform", {})


def _moves(stack: Stack) -> dict[str, str]:
    """Return the former address of each resource that has another now."""
    moved = stack.text.get("moved", [])
    return {block["to"]: block["from"] for block in (moved if isinstance(moved, list) else [moved])}
