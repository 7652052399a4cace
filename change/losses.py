"""What Terraform would destroy, replace or fail to change, by the rules of the stand-in provider.

The rules come from the provider's source: which arguments force a new resource, and under which
condition. Terraform itself says it with ``beep-infra diff --rehearse``, in seconds for each stack.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from change.resources import ResourceChange, previous
from change.side import REFERENCE, Placed, Side, items
from policy.stack import texts
from provider_schema.blocks import Block
from provider_schema.store import SchemaStore
from rehearsal.rules import TypeRules, load, refused_changes, replacing_arguments, values_at
from rehearsal.upgrade import Loss, written_path
from terraform_json import blocks, construct_path

Key = tuple[str, str]


def losses(before: Side, after: Side, changes: list[ResourceChange]) -> list[Loss]:
    """Return the losses of the stacks that both sides have, those that follow from others last."""
    kinds = {change.address.partition(".")[0] for change in changes}
    schemas = SchemaStore().load_each(kinds, ())
    known_blocks = {kind: block for s in schemas for kind, block in s.resources.items()}
    rules = load(*(s.provider_version for s in schemas))
    result: dict[Key, Loss] = {}
    for change in changes:
        old = previous(change, before)
        new = after.by_key.get((change.stack, change.address))
        if old is None:
            continue
        if new is None:
            result[old.key] = _loss(old, "destroyed", (), protected=False)
            continue
        kind = new.resource.kind
        block, known = known_blocks.get(kind), rules.get(kind)
        if block is None:
            continue
        prior, planned = (
            _normal(block, side.resolved(placed.stack, placed.resource.arguments))
            for side, placed in ((before, old), (after, new))
        )
        _keep_computed(block, prior, planned)
        ignored = _ignored(new)
        forced = [
            path
            for path in map(written_path, replacing_arguments(block, prior, planned, known))
            if not any(path == i or path.startswith((f"{i}.", f"{i}[")) for i in ignored)
        ]
        if forced:
            result[new.key] = _loss(new, "replaced", tuple(forced), protected=_protected(new))
            continue
        refused = tuple(
            f"{argument} from {old_value} to {new_value}"
            for argument, old_value, new_value in refused_changes(prior, planned, known)
        )
        if refused:
            result[new.key] = _loss(new, "refused", refused, protected=_protected(new))
    _cascade(before, after, rules, result)
    return list(result.values())


def _cascade(
    before: Side, after: Side, rules: Mapping[str, TypeRules], result: dict[Key, Loss]
) -> None:
    """Add what is replaced because it is bound to an attribute of what is replaced.

    Terraform does not know the id of a resource that is not there yet, and so has to assume that it
    differs.
    """
    if not any(loss.action == "replaced" for loss in result.values()):
        return
    forcing: dict[str, list[str]] = {}
    references = {}
    for placed in after.by_key.values():
        if placed.key in before.by_key:
            kind = placed.resource.kind
            if kind not in forcing:
                forcing[kind] = list(_forcing(rules.get(kind, TypeRules())))
            references[placed.key] = list(_references(placed, after, forcing[kind]))
    grew = True
    while grew:
        grew = False
        for key, targets in references.items():
            if key in result:
                continue
            forced = tuple(
                f"{argument} of {target.resource.address}"
                for argument, target in targets
                if target.key in result and result[target.key].action == "replaced"
            )
            if forced:
                placed = after.by_key[key]
                result[key] = _loss(placed, "replaced", forced, protected=_protected(placed))
                grew = True


def _forcing(known: TypeRules) -> Iterator[str]:
    """Yield the arguments of a type, without blocks, that force a new resource."""
    paths = [argument.split(".") for argument in known.arguments]
    parents = {".".join(path[:depth]) for path in paths for depth in range(1, len(path))}
    for argument, rule in known.arguments.items():
        if rule.get("force_new") and argument not in parents:
            yield argument


def _references(
    placed: Placed, after: Side, forcing: Iterable[str]
) -> Iterator[tuple[str, Placed]]:
    """Yield the arguments that are an attribute which only the cloud knows, and of what."""
    for argument in forcing:
        for text in texts(values_at(placed.resource.arguments, argument)):
            for kind, name, attribute in REFERENCE.findall(text):
                target = after.by_key.get((placed.stack, f"{kind}.{name}"))
                if target and attribute not in target.resource.arguments:
                    yield argument, target


def _loss(placed: Placed, action: str, forced_by: tuple[str, ...], *, protected: bool) -> Loss:
    return Loss(
        stack=placed.stack,
        address=placed.resource.address,
        action=action,
        forced_by=forced_by,
        construct=construct_path(placed.resource.arguments) or "",
        protected=protected,
    )


def _protected(placed: Placed) -> bool:
    lifecycle = placed.resource.arguments.get("lifecycle")
    return any(body.get("prevent_destroy") for _, body in blocks(lifecycle, 0))


def _ignored(placed: Placed) -> list[str]:
    lifecycle = items(placed.resource.arguments.get("lifecycle"))
    return [path for body in lifecycle for path in body.get("ignore_changes", ())]


def _normal(block: Block, value: Mapping[str, Any]) -> dict[str, Any]:
    """Return arguments in which every block that may repeat is a list, as in a plan."""
    result = dict(value)
    for name, nested in block.blocks.items():
        if name in result:
            inner = [_normal(nested.block, item) for item in items(result[name])]
            result[name] = inner[0] if nested.nesting == "single" and inner else inner
    return result


def _keep_computed(block: Block, prior: dict[str, Any], planned: dict[str, Any]) -> None:
    """Keep what the file no longer says and the provider remembers, as a plan does."""
    for name, attribute in block.attributes.items():
        if attribute.computed and planned.get(name) is None and prior.get(name) is not None:
            planned[name] = prior[name]
    for name, nested in block.blocks.items():
        old, new = items(prior.get(name)), items(planned.get(name))
        if nested.nesting == "list" and len(old) == len(new):
            for old_item, new_item in zip(old, new, strict=True):
                _keep_computed(nested.block, old_item, new_item)
