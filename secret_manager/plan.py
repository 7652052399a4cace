"""What is to be added to an environment's secrets, and whether that can be pinned."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from constructs_lib.checks import CHECKS
from constructs_lib.environment.source import Origin
from constructs_lib.environment.wiring import SecretUse
from envfile import Target
from problems import did_you_mean
from secret_manager.given import Candidates, Given, faults
from secret_manager.inventory import Entry, Finding, Inventory


class Action(StrEnum):
    """What is done with a secret."""

    GENERATE = "generate"
    ADD = "add"
    """The value that is given."""
    CONFIRM = "confirm"
    """A rotation that was begun before: its version is there, and nothing is added."""
    WANTED = "no value"
    """Nobody gives a value, so it stays without."""


@dataclass(frozen=True, slots=True)
class Step:
    """One secret that needs a version, and the number that this version has."""

    use: SecretUse
    action: Action
    number: int
    given: Given | None = None
    rotates: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """The steps, in the order of the secrets, and what forbids to begin."""

    steps: tuple[Step, ...]
    obstacles: tuple[Finding, ...]
    pins: Mapping[str, int]
    """What a rotation has to change in ``[secret_versions]``."""
    ready: int
    """How many secrets have the version that is pinned."""

    @property
    def writes(self) -> tuple[Step, ...]:
        """The steps that need Google."""
        return tuple(step for step in self.steps if step.action is not Action.WANTED)

    @property
    def wanted(self) -> tuple[Step, ...]:
        """The secrets for which nobody gives a value."""
        return tuple(step for step in self.steps if step.action is Action.WANTED)


Prompt = Callable[[list[SecretUse]], Candidates]


def make(
    inventory: Inventory,
    candidates: Candidates,
    rotate: Collection[str],
    target: Target,
    prompt: Prompt | None,
) -> Plan:
    """Plan what is missing, and what is to be rotated.

    ``prompt`` is asked for the values that are left, once nothing forbids to begin.
    """
    obstacles = list(_misnamed(inventory, rotate))
    steps: list[Step] = []
    ready = 0
    for entry in inventory.entries:
        use = entry.use
        if use.variable in rotate and not use.value.origin.is_written_by_terraform:
            if entry.versions is None:
                obstacles.extend(_present(entry.obstacle()))
            else:
                steps.append(_rotation(entry, candidates))
        elif entry.is_ready:
            ready += 1
        elif use.value.origin.is_written_by_terraform:
            continue
        elif obstacle := entry.obstacle():
            obstacles.append(obstacle)
        else:
            steps.append(_addition(use, use.version, candidates))
    for step in steps:
        if step.given is not None:
            obstacles.extend(faults(step.use, step.given, target))
    pins = _pins(inventory, steps)
    obstacles.extend(_unpinnable(inventory, pins))
    if prompt is not None and not obstacles:
        answers = prompt([step.use for step in steps if step.action is Action.WANTED])
        steps = [
            _addition(step.use, step.number, answers, step.rotates)
            if step.use.variable in answers
            else step
            for step in steps
        ]
    obstacles.extend(_half_done(steps))
    return Plan(tuple(steps), tuple(obstacles), pins, ready)


def _half_done(steps: list[Step]) -> Iterator[Finding]:
    """Yield the rotations without a value: what would be pinned is not there."""
    for step in steps:
        if step.rotates and step.action is Action.WANTED:
            yield Finding(
                step.use.variable,
                "--rotate: nobody gives the new value",
                "give it with --from-file or --from-env, or start this on a terminal",
            )


def _present(finding: Finding | None) -> Iterator[Finding]:
    if finding is not None:
        yield finding


def _addition(use: SecretUse, number: int, candidates: Candidates, rotates: bool = False) -> Step:
    if given := candidates.get(use.variable):
        return Step(use, Action.ADD, number, given, rotates)
    if use.value.origin is Origin.GENERATED:
        return Step(use, Action.GENERATE, number, rotates=rotates)
    return Step(use, Action.WANTED, number, rotates=rotates)


def _rotation(entry: Entry, candidates: Candidates) -> Step:
    """Return a further version, or the one that an earlier run added and nobody pinned yet."""
    use = entry.use
    if entry.is_next:
        return _addition(use, use.version, candidates)
    if entry.newer:
        number = entry.newer[-1].number
        return Step(use, Action.CONFIRM, number, candidates.get(use.variable), rotates=True)
    return _addition(use, entry.next_number, candidates, rotates=True)


def _misnamed(inventory: Inventory, rotate: Collection[str]) -> Iterator[Finding]:
    uses = {entry.use.variable: entry.use for entry in inventory.entries}
    aliases = {name: use.variable for use in uses.values() for name in use.input_names}
    for name in rotate:
        use = uses.get(name)
        if use is None:
            near = aliases.get(name) or did_you_mean(name, uses)
            environment = inventory.environment.settings.environment
            yield Finding(
                name,
                f"--rotate: {environment} has no such secret",
                f"did you mean {near}?" if near else f"there are: {', '.join(uses)}",
            )
        elif use.value.origin is Origin.GOOGLE:
            yield Finding(
                name,
                f"--rotate: Google chooses it, and Terraform writes {use.secret_id}",
                "see docs/runbook.md#rotate-redis-auth-an-outage-of-minutes",
            )
        elif use.value.origin is Origin.TERRAFORM:
            yield Finding(
                name,
                f"--rotate: Terraform writes {use.secret_id}, as it holds {use.value.holds}",
                f"--rotate {use.value.holds}",
            )


def _pins(inventory: Inventory, steps: list[Step]) -> dict[str, int]:
    pins = {step.use.variable: step.number for step in steps if step.rotates}
    for entry in inventory.entries:
        if entry.use.value.holds in pins:
            # What Terraform writes gets the next number, and it must be the pinned one.
            pins[entry.use.variable] = entry.next_number
    return pins


def _unpinnable(inventory: Inventory, pins: Mapping[str, int]) -> Iterator[Finding]:
    """Yield what a synthesis would refuse once the numbers of a rotation are pinned."""
    if not pins:
        return
    settings = inventory.environment.settings
    versions = {**settings.secret_versions, **pins}
    pinned = settings.model_copy(update={"secret_versions": versions})
    for check in CHECKS:
        for finding in check(pinned):
            variable = finding.key.removeprefix("secret_versions.")
            yield Finding(
                variable,
                f"a synthesis would refuse the numbers of this rotation: {variable} = "
                f"{finding.value} {finding.what}",
                _how_to_pin(inventory, variable, pins),
            )


def _how_to_pin(inventory: Inventory, variable: str, pins: Mapping[str, int]) -> str:
    entry = inventory.of(variable)
    use = entry.use
    if entry.is_next and use.value.origin.is_written_by_terraform:
        return f"apply the stack {entry.environment}-data first, which writes version {use.version}"
    if variable not in pins and not use.value.origin.is_written_by_terraform:
        return f"--rotate {variable} as well"
    return (
        f"add versions to {use.secret_id} by hand until its next number fits, and disable them: "
        f"gcloud secrets versions add {use.secret_id}"
    )


def described(plan: Plan) -> list[str]:
    """Return a line for each step."""
    words = {
        Action.GENERATE: "generate",
        Action.CONFIRM: "is there already, and waits to be pinned",
        Action.WANTED: "nobody gives a value",
    }
    lines = []
    for step in plan.steps:
        text = f"from {step.given.place}" if step.action is Action.ADD and step.given else ""
        lines.append(
            f"{step.use.variable}: {step.use.secret_id} version {step.number}: "
            f"{text or words[step.action]}"
        )
    return lines
