"""What a plan of Terraform would do, and the fingerprint by which people approve it.

No plan file crosses time: the effects are approved, planned again under the lock, and applied at
once. Two plans with the same effects have the same fingerprint.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from delivery.rollout.errors import Refused

_NOTHING = ({"no-op"}, {"read"}, set[str]())


@dataclass(frozen=True, slots=True, order=True)
class Effect:
    """A change of one resource."""

    address: str
    actions: tuple[str, ...]
    digest: str
    """Of the stack, the address, the actions, and the values that it leads to."""

    @property
    def destroys(self) -> bool:
        """Whether the resource is destroyed, for good or to be replaced."""
        return "delete" in self.actions

    def __str__(self) -> str:
        """As in a list: what happens, and to what."""
        return f"{' and '.join(self.actions)} {self.address}"


@dataclass(frozen=True, slots=True)
class Plan:
    """The effects on a stack. ``is_empty`` is Terraform's own word, which counts outputs too."""

    stack: str
    effects: tuple[Effect, ...]
    is_empty: bool
    file: Path | None = None
    """What Terraform applies; it is used at once, and by nobody else."""


def effects_of(stack: str, document: Mapping[str, Any]) -> tuple[Effect, ...]:
    """Return the effects in the JSON of ``terraform show -json PLANFILE``.

    Format: https://developer.hashicorp.com/terraform/internals/json-format.
    """
    effects = []
    for change in document.get("resource_changes", ()):
        actions = tuple(change["change"]["actions"])
        moved, imported = change.get("previous_address"), change["change"].get("importing")
        if set(actions) in _NOTHING and not moved and not imported:
            continue
        values = {
            "stack": stack,
            "address": change["address"],
            "actions": actions,
            "after": _after(change["change"]),
            "previous_address": moved,
            "importing": imported,
        }
        effects.append(Effect(change["address"], actions, digest(values)))
    return tuple(sorted(effects))


def fingerprint(plans: Iterable[Plan]) -> str:
    """Return the identity of what the plans do together."""
    return digest(sorted(effect.digest for plan in plans for effect in plan.effects))


def refuse_unapproved(plan: Plan, approved: Collection[str]) -> None:
    """Raise Refused if a plan does more than was approved.

    Less is allowed: an apply that was interrupted has some of it behind it.
    """
    beyond = [effect for effect in plan.effects if effect.digest not in approved]
    if beyond:
        raise Refused(
            f"the plan of {plan.stack} does what nobody approved: {_listed(beyond)}",
            "somebody changed the environment meanwhile; abort, plan again and approve that",
        )


def refuse_destruction(plans: Iterable[Plan], allowed: Collection[str]) -> None:
    """Raise Refused for what is destroyed or replaced and not named by its address."""
    lost = [e for plan in plans for e in plan.effects if e.destroys and e.address not in allowed]
    if lost:
        raise Refused(
            f"the plan destroys: {_listed(lost)}",
            "if that is meant: " + " ".join(f"--allow '{effect.address}'" for effect in lost),
        )


def _listed(effects: Iterable[Effect]) -> str:
    return ", ".join(str(effect) for effect in effects)


def digest(value: object) -> str:
    """Return the identity of a JSON value."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _after(change: Mapping[str, Any]) -> Any:
    """Return the values that a change leads to; of an update those that it changes.

    The others are what the cloud said at the last refresh, such as an etag and the traffic: they
    differ from plan to plan while the effect is the same.
    """
    values = _masked(
        change.get("after"), change.get("after_unknown"), change.get("after_sensitive")
    )
    before, after, unknown = (change.get(k) or {} for k in ("before", "after", "after_unknown"))
    if change["actions"] != ["update"] or not isinstance(values, dict):
        return values
    return {
        name: value
        for name, value in values.items()
        if before.get(name) != after.get(name) or _is_unknown(unknown.get(name))
    }


def _is_unknown(marks: Any) -> bool:
    """Return whether anything is unknown; a block without unknown values has marks as well."""
    if isinstance(marks, dict):
        return any(map(_is_unknown, marks.values()))
    if isinstance(marks, list):
        return any(map(_is_unknown, marks))
    return marks is True


def _masked(value: Any, unknown: Any, sensitive: Any) -> Any:
    """Replace what only an apply knows, and what nobody may see, by its kind."""
    if sensitive is True:
        return "(sensitive)"
    if unknown is True:
        return "(unknown)"
    if isinstance(value, dict) or isinstance(unknown, dict):
        values, unknowns = value or {}, unknown or {}
        hidden = sensitive if isinstance(sensitive, dict) else {}
        return {
            key: _masked(values.get(key), unknowns.get(key), hidden.get(key))
            for key in {*values, *unknowns}
        }
    if isinstance(value, list):
        unknowns = unknown if isinstance(unknown, list) else []
        hidden_items = sensitive if isinstance(sensitive, list) else []
        return [
            _masked(item, _at(unknowns, index), _at(hidden_items, index))
            for index, item in enumerate(value)
        ]
    return value


def _at(values: list[Any], index: int) -> Any:
    return values[index] if index < len(values) else None
