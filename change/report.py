"""Compares two sets of stacks, and says what the difference does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from change.access import permissions, secrets
from change.alerts import alerts
from change.costs import CostChange, costs
from change.data import data
from change.exposure import exposure
from change.facts import Effect, Fact, Mark, collected, compared
from change.losses import losses
from change.reach import Reach, reaches
from change.resources import ResourceChange, changes, previous
from change.side import Side
from change.workloads import capacity, secrets_in_containers, variables
from delivery.rollout import plan
from picture.difference import differences
from picture.graph import Picture
from rehearsal.upgrade import Loss, read_allowed


class Section(StrEnum):
    """What a reviewer asks, the gravest first; the value is the heading."""

    LOSSES = "Destroyed or replaced"
    DATA = "Data at risk"
    PERMISSIONS = "Permissions"
    EXPOSURE = "Exposure"
    SECRETS = "Secrets and their readers"
    VARIABLES = "Variables"
    CAPACITY = "Capacity"
    COST = "Cost"
    ALERTS = "Alerts"


FACTS: Mapping[Section, tuple[Callable[[Side], Iterator[Fact]], ...]] = {
    Section.PERMISSIONS: (permissions,),
    Section.EXPOSURE: (exposure,),
    Section.SECRETS: (secrets, secrets_in_containers),
    Section.VARIABLES: (variables,),
    Section.CAPACITY: (capacity,),
    Section.ALERTS: (alerts,),
}

_OPENING = frozenset({Section.PERMISSIONS, Section.EXPOSURE, Section.SECRETS})


@dataclass(frozen=True)
class Report:
    """What a change does."""

    before: str
    after: str
    losses: tuple[Loss, ...]
    allowed: Mapping[Loss, str]
    """The losses that are meant, with the reason in rehearsal/allowed_replacements.toml."""
    new_stacks: tuple[str, ...]
    abandoned_stacks: tuple[str, ...]
    """Stacks that are no longer synthesized: what they made stays, until somebody destroys it."""
    sections: Mapping[Section, tuple[Effect, ...]]
    """Without those that have nothing to say."""
    costs: tuple[CostChange, ...]
    changes: tuple[ResourceChange, ...]
    reaches: tuple[Reach, ...]
    """What depends on what is changed or lost."""
    pictures: tuple[Picture, ...]
    """What changes in the picture of each environment in which something does."""
    fingerprint: str
    """The same for the same changes of the same resources, whatever the revisions are called."""

    @property
    def refused(self) -> tuple[Loss, ...]:
        """Losses of data, addresses and identities that are not allowed."""
        return tuple(loss for loss in self.losses if loss.is_stateful and loss not in self.allowed)

    @property
    def texts(self) -> tuple[ResourceChange, ...]:
        """Changes of text for people and of labels only."""
        return tuple(change for change in self.changes if change.is_text)

    def of_stack(self, stack: str) -> tuple[ResourceChange, ...]:
        """Return the changes of a stack, without those of text only."""
        return tuple(c for c in self.changes if c.stack == stack and not c.is_text)

    @property
    def stacks(self) -> tuple[str, ...]:
        """The stacks that change."""
        return tuple(dict.fromkeys(change.stack for change in self.changes))


def compare(
    before: Side,
    after: Side,
    *,
    names: tuple[str, str],
    rehearsed: Sequence[Loss] | None = None,
) -> Report:
    """Return what becomes of the stacks; ``rehearsed`` is what Terraform itself said is lost."""
    abandoned = {*before.stacks} - {*after.stacks}
    # What an abandoned stack made stays, and so do its grants and hosts.
    kept = before.without(abandoned)
    changed = changes(kept, after)
    stated = losses(kept, after, changed) if rehearsed is None else rehearsed
    lost = sorted(stated, key=lambda loss: not loss.is_stateful)
    reasons = read_allowed()
    allowed = {
        loss: reasons[loss.stack, loss.address]
        for loss in lost
        if (loss.stack, loss.address) in reasons
    }
    cost = costs(kept, after)
    reached = _reaches(kept, after, changed, lost)
    workloads = {(reach.stack, reach.address): reach.workloads for reach in reached}
    sections = {
        Section.LOSSES: [
            *(
                _lost(
                    loss,
                    kept,
                    workloads.get((loss.stack, loss.address), ()),
                    _successor(loss, kept, after),
                )
                for loss in lost
                if _elsewhere(loss) is None
            ),
            *_counted(lost),
            *(_abandoned(name, before) for name in sorted(abandoned)),
        ],
        Section.DATA: data(kept, after, changed),
        **{
            section: [
                effect
                for facts in functions
                for effect in compared(collected(facts(kept)), collected(facts(after)))
            ]
            for section, functions in FACTS.items()
        },
        Section.COST: [_cost(change) for change in cost],
    }
    return Report(
        before=names[0],
        after=names[1],
        losses=tuple(lost),
        allowed=allowed,
        new_stacks=tuple(name for name in after.stacks if name not in before.stacks),
        abandoned_stacks=tuple(sorted(abandoned)),
        sections={s: tuple(_gravest_first(s, sections[s])) for s in Section if sections[s]},
        costs=tuple(cost),
        changes=tuple(changed),
        reaches=tuple(reached),
        pictures=tuple(differences(kept, after)),
        fingerprint=_fingerprint(changed, abandoned),
    )


def _gravest_first(section: Section, effects: list[Effect]) -> list[Effect]:
    """Return the effects as a reviewer wants them: what is opened before what is closed."""
    if section not in _OPENING:
        return effects
    return sorted(effects, key=lambda e: (e.mark is Mark.LOST, "everybody" not in e.text))


def _lost(loss: Loss, before: Side, workloads: Sequence[str], successor: str | None) -> Effect:
    forced = ", ".join(loss.forced_by)
    if loss.action == "refused":
        text = f"{loss.address} stays as it is: Google refuses {forced}"
    else:
        text = f"{loss.address} is {loss.action}"
        text += f", forced by {forced}" if forced else ""
    old = before.by_key.get((loss.stack, loss.address))
    stops = [
        argument
        for argument, holds in (
            ("prevent_destroy", loss.protected),
            ("deletion_protection", old is not None and old.get("deletion_protection")),
        )
        if holds
    ]
    if loss.is_stateful and loss.action != "refused":
        text += "; it holds data, an address or an identity"
    if workloads:
        text += f"; on it depend {', '.join(workloads)}"
    if stops:
        text += f"; stopped by {' and '.join(stops)}"
    elif old is not None and old.get("deletion_policy") == "ABANDON":
        text += "; Google Cloud keeps it (deletion_policy)"
    if successor:
        text += f"; {successor} has its name: if it is the same thing, beep-infra rename keeps it"
    return Effect(Mark.CHANGED if loss.action == "refused" else Mark.LOST, text, (loss.stack,))


def _successor(loss: Loss, before: Side, after: Side) -> str | None:
    """Return the address of a new resource of the type and the name of one that is destroyed."""
    old = before.by_key.get((loss.stack, loss.address))
    if old is None or loss.action != "destroyed":
        return None
    return next(
        (
            new.resource.address
            for new in after.of(old.resource.kind)
            if new.stack == old.stack and new.name == old.name and new.key not in before.by_key
        ),
        None,
    )


def _elsewhere(loss: Loss) -> str | None:
    """Return what a loss is called in the section that says more of it than its address."""
    kind = loss.address.partition(".")[0]
    if kind.endswith(("_iam_member", "_iam_binding")):
        return "grants"
    return "alerts and checks" if kind.startswith("google_monitoring_") else None


def _counted(lost: Sequence[Loss]) -> list[Effect]:
    counts = Counter((loss.stack, loss.action, noun) for loss in lost if (noun := _elsewhere(loss)))
    return [
        Effect(Mark.LOST, f"{noun}, {action}: {count}; what that means is below", (stack,))
        for (stack, action, noun), count in counts.items()
    ]


def _abandoned(stack: str, before: Side) -> Effect:
    count = sum(1 for _ in before.stacks[stack].resources())
    text = f"is no longer synthesized; its {count} resources stay until somebody destroys them"
    return Effect(Mark.CHANGED, text, (stack,))


def _cost(change: CostChange) -> Effect:
    mark = Mark.GAINED if change.usd > 0 else Mark.LOST if change.usd < 0 else Mark.CHANGED
    return Effect(mark, change.text, (change.environment,))


def _reaches(
    before: Side, after: Side, changed: Sequence[ResourceChange], lost: Sequence[Loss]
) -> list[Reach]:
    """Return what depends on what was there before and changes; what goes had users before."""
    gone = {(loss.stack, loss.address) for loss in lost if loss.action == "destroyed"}
    old_keys = [key for key in gone if key in before.by_key]
    new_keys = [
        (change.stack, change.address)
        for change in changed
        if change.action != "created"
        and not change.is_text
        and previous(change, before)
        and (change.stack, change.address) in after.by_key
    ]
    new_keys += [
        key
        for loss in lost
        if (key := (loss.stack, loss.address)) in after.by_key and key not in new_keys
    ]
    return [
        *(reaches(before, sorted(old_keys)) if old_keys else ()),
        *(reaches(after, new_keys) if new_keys else ()),
    ]


def _fingerprint(changed: Sequence[ResourceChange], abandoned: set[str]) -> str:
    """Return the identity of the effects, as for the plans that a rollout asks approval of."""
    by_stack: dict[str, list[plan.Effect]] = {stack: [] for stack in abandoned}
    for change in changed:
        document = {
            "stack": change.stack,
            "address": change.address,
            "action": change.action,
            "previous_address": change.previous_address,
            "differences": [(d.path, d.before, d.after) for d in change.differences],
        }
        effect = plan.Effect(change.address, (change.action,), plan.digest(document))
        by_stack.setdefault(change.stack, []).append(effect)
    for stack in abandoned:
        by_stack[stack].append(plan.Effect(stack, ("abandoned",), plan.digest([stack])))
    return plan.fingerprint(
        plan.Plan(stack, tuple(effects), is_empty=not effects)
        for stack, effects in by_stack.items()
    )
