"""What changes between two versions of a provider's type, and which configurations it breaks.

The schemas are those of the bindings, so defaults, validations and behaviour are not compared.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from problems import did_you_mean
from provider_schema.blocks import Attribute, Block, NestedBlock

Breaks = Literal["set", "absent", "more", "value", "never"]
"""Which configurations a change breaks: those that set the argument, lack it, have more than
``limit`` blocks of it, or set one of its ``values``; or none."""
Path = tuple[str, ...]


@dataclass(frozen=True)
class Change:
    """A change of an argument, attribute or block, which is the last step of the path."""

    path: Path
    what: str
    breaks: Breaks = "never"
    limit: int = 0
    values: tuple[str, ...] = ()

    def is_broken(self, body: Mapping[str, Any]) -> bool:
        """Tell whether the change breaks a configuration of the type."""
        *above, name = self.path
        for block in bodies_at(body, above):
            items = _within(block, name)
            is_set = bool(items) or block.get(name) is not None
            match self.breaks:
                case "set" if is_set:
                    return True
                case "absent" if not is_set:
                    return True
                case "more" if len(items) > self.limit:
                    return True
                case "value" if any(isinstance(v, str) and v in self.values for v in items):
                    return True
        return False


def changes(old: Block, new: Block, at: Path = ()) -> Iterator[Change]:
    """Yield what changed in a block and in the blocks inside it."""
    before: dict[str, Attribute | NestedBlock] = {**old.attributes, **old.blocks}
    after: dict[str, Attribute | NestedBlock] = {**new.attributes, **new.blocks}
    for name, was in before.items():
        path = (*at, name)
        if name not in after:
            yield Change(path, gone(name, before, after), "set")
        else:
            yield from _changed(path, was, after[name])
    for name in after.keys() - before.keys():
        yield _added((*at, name), after[name])


def gone(name: str, before: Collection[str], after: Collection[str]) -> str:
    """Return that a name is gone, and which new one is near, unless that is near to others too."""
    added = set(after) - set(before)
    near = did_you_mean(name, added)
    others = [did_you_mean(other, added) for other in set(before) - set(after) - {name}]
    return f"is gone; perhaps it is {near} now" if near and near not in others else "is gone"


def bodies_at(body: Mapping[str, Any], path: Sequence[str]) -> Iterator[Mapping[str, Any]]:
    """Yield the blocks at a path of a configuration, the contents of dynamic blocks included."""
    if not path:
        yield body
        return
    name, *rest = path
    for item in _within(body, name):
        if isinstance(item, dict):
            yield from bodies_at(item, rest)


def _within(body: Mapping[str, Any], name: str) -> list[Any]:
    """Return the values or blocks of a name, the contents of dynamic blocks included."""
    inner = [*_items(body.get(name))]
    for dynamic in _items(body.get("dynamic")):
        for block in _items(dynamic.get(name)) if isinstance(dynamic, dict) else ():
            inner += _items(block.get("content")) if isinstance(block, dict) else []
    return inner


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _changed(
    path: Path, was: Attribute | NestedBlock, now: Attribute | NestedBlock
) -> Iterator[Change]:
    if isinstance(was, Attribute) and isinstance(now, Attribute):
        yield from _changed_attribute(path, was, now)
    elif isinstance(was, NestedBlock) and isinstance(now, NestedBlock):
        yield from _changed_block(path, was, now)
        yield from changes(was.block, now.block, path)
    else:
        kinds = {Attribute: "an argument", NestedBlock: "a block"}
        yield Change(path, f"is {kinds[type(now)]}, and was {kinds[type(was)]}", "set")


def _changed_attribute(path: Path, was: Attribute, now: Attribute) -> Iterator[Change]:
    if was.type != now.type:
        yield Change(path, f"is {_shown(now.type)}, and was {_shown(was.type)}", "set")
    if now.computed_only and not was.computed_only:
        yield Change(path, "can no longer be set", "set")
    if now.required and not was.required:
        yield Change(path, "is required now", "absent")
    if was.required and not now.required:
        yield Change(path, "is no longer required")
    if was.possible_values and now.possible_values:
        lost = tuple(v for v in was.possible_values if v not in now.possible_values)
        gained = [v for v in now.possible_values if v not in was.possible_values]
        if lost:
            yield Change(path, f"no longer takes {', '.join(lost)}", "value", values=lost)
        if gained:
            yield Change(path, f"also takes {', '.join(gained)}")


def _changed_block(path: Path, was: NestedBlock, now: NestedBlock) -> Iterator[Change]:
    if was.nesting != now.nesting:
        yield Change(path, f"is a {now.nesting}, and was a {was.nesting}", "set")
    if now.min_items > was.min_items:
        yield Change(path, "is required now", "absent")
    if now.max_items and not 0 < was.max_items <= now.max_items:
        what = f"may be there {now.max_items} time{'s' if now.max_items > 1 else ''} at most"
        yield Change(path, what, "more", limit=now.max_items)


def _added(path: Path, now: Attribute | NestedBlock) -> Change:
    if isinstance(now, NestedBlock):
        required, what = now.min_items > 0, "a new block"
    else:
        required = now.required
        what = "a new attribute" if now.computed_only else "a new argument"
        if now.possible_values:
            what += f", one of {', '.join(now.possible_values)}"
    return Change(
        path, f"{what}, required" if required else what, "absent" if required else "never"
    )


def _shown(cty: object) -> str:
    """Return a type as a variable would declare it."""
    match cty:
        case [("list" | "set" | "map") as kind, inner]:
            return f"{kind}({_shown(inner)})"
        case ["object", dict(fields)]:
            inside = ", ".join(f"{name} = {_shown(inner)}" for name, inner in fields.items())
            return f"object({{{inside}}})"
    return str(cty) if isinstance(cty, str) else json.dumps(cty)
