"""``make rehearse FROM=…``: plans today's stacks on top of those of another revision."""

from __future__ import annotations

import json
import time
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rehearsal.rules import TypeRules, refused_changes
from rehearsal.run import (
    COMMANDS,
    PLAN,
    Phase,
    Progress,
    Result,
    Session,
    StackRehearsal,
    errors_of,
)
from rehearsal.synthesized import SynthesizedStack, named_constructs
from rehearsal.workspace import write_unprotected
from terraform_json import STACK_FILE, SynthesizedError, blocks, construct_path

ALLOWED = Path(__file__).with_name("allowed_replacements.toml")
PHASES = ("init", "plan", "apply", "upgrade")
STATEFUL = frozenset(
    {
        "aws_iam_user",
        "aws_kms_key",
        "aws_s3_bucket",
        "google_artifact_registry_repository",
        "google_compute_address",
        "google_compute_disk",
        "google_compute_global_address",
        "google_compute_network",
        "google_compute_subnetwork",
        "google_dns_managed_zone",
        "google_iam_workload_identity_pool",
        "google_iam_workload_identity_pool_provider",
        "google_pubsub_subscription",
        "google_pubsub_topic",
        "google_redis_instance",
        "google_secret_manager_secret",
        "google_service_account",
        "google_service_networking_connection",
        "google_sql_database",
        "google_sql_database_instance",
        "google_sql_user",
        "google_storage_bucket",
    }
)
"""Types that hold data, or that others depend on by an identity which a new one does not have.

An account that is made again under its name is another account: the grants of the one before do not
hold for it. Google blocks the name of a deleted pool or provider for 30 days.
"""


@dataclass(frozen=True)
class Loss:
    """A resource that the upgrade destroys or replaces, or an update of it that Google refuses.

    ``forced_by`` lists the arguments; ``action`` is ``destroyed``, ``replaced`` or ``refused``.
    """

    stack: str
    address: str
    action: str
    forced_by: tuple[str, ...]
    construct: str
    protected: bool

    @property
    def is_stateful(self) -> bool:
        """Whether data, an address, an identity or a peering is lost."""
        return self.address.partition(".")[0] in STATEFUL

    def __str__(self) -> str:
        """Return what happens to which resource, and why."""
        arguments = ", ".join(self.forced_by)
        if self.action == "refused":
            return (
                f"{self.stack}: {self.address} would be left as it is, because Google refuses "
                f"{arguments}; only a new resource, filled from a dump, can have this"
            )
        because = f" because {arguments} changes" if arguments else ""
        stops = "; prevent_destroy stops a real plan here" if self.protected else ""
        return f"{self.stack}: {self.address} would be {self.action}{because}{stops}"


@dataclass
class Upgrade:
    """The upgrade of a stack: the result, the losses, and the reasons of those that are allowed."""

    result: Result
    losses: list[Loss] = field(default_factory=list)
    allowed: dict[Loss, str] = field(default_factory=dict)

    @property
    def refused(self) -> list[Loss]:
        """The stateful losses that are not allowed."""
        return [loss for loss in self.losses if loss.is_stateful and loss not in self.allowed]

    @property
    def warnings(self) -> list[Loss]:
        """The other losses."""
        return [loss for loss in self.losses if loss not in self.refused]


def rehearse_upgrade(
    session: Session,
    before: Sequence[SynthesizedStack],
    today: Sequence[SynthesizedStack],
    progress: Progress = lambda _stack, _phase: None,
    allowed: Mapping[tuple[str, str], str] | None = None,
) -> list[Upgrade]:
    """Apply each stack as it was, then plan it as it is; new stacks are left out."""
    exceptions = read_allowed() if allowed is None else allowed
    old_stacks = {stack.name: stack for stack in before}
    session.schemas.know([*before, *today])
    upgrades = []
    for stack in today:
        if stack.name not in old_stacks:
            continue
        rehearsal = StackRehearsal(session, old_stacks[stack.name], planned_later=[stack])
        upgrade = Upgrade(rehearsal.result)
        if rehearsal.run(("init", "plan", "apply"), progress):
            progress(stack.name, "upgrade")
            _plan_today(rehearsal, stack, upgrade, exceptions)
        upgrades.append(upgrade)
    return upgrades


def abandoned_stacks(
    before: Sequence[SynthesizedStack], today: Sequence[SynthesizedStack]
) -> list[str]:
    """Return a warning for each stack that is no longer synthesized, and so never destroyed."""
    names = {stack.name for stack in today}
    return [
        f"{stack.name} is no longer synthesized; its {sum(1 for _ in stack.resources())} resources"
        " stay until it is destroyed from the old revision"
        for stack in before
        if stack.name not in names
    ]


def _plan_today(
    rehearsal: StackRehearsal,
    stack: SynthesizedStack,
    upgrade: Upgrade,
    exceptions: Mapping[tuple[str, str], str],
) -> None:
    started = time.monotonic()
    # prevent_destroy is removed, so that the plan shows all losses and does not end at the first.
    (rehearsal.folder / STACK_FILE).write_text(json.dumps(stack.configuration, indent=2))
    write_unprotected(stack, rehearsal.folder)
    code, output = rehearsal.command(*COMMANDS["init"])
    if code == 0:
        code, output = rehearsal.command(*COMMANDS["plan"])
    if code == 0:
        code, plan = rehearsal.command("show", "-json", PLAN)
        output = plan if code else ""
    if code == 0:
        type_rules = rehearsal.attachment.rules
        upgrade.losses = list(_losses(json.loads(plan), rehearsal.stack, stack, type_rules))
        keys = {loss: (loss.stack, loss.address) for loss in upgrade.losses}
        upgrade.allowed = {loss: exceptions[key] for loss, key in keys.items() if key in exceptions}
        output = "".join(f"Error: {loss}\n" for loss in upgrade.refused)
    ok = code == 0 and not upgrade.refused
    rehearsal.result.phases.append(Phase("upgrade", time.monotonic() - started, ok, output))
    if not ok:
        rehearsal.result.constructs = {
            **named_constructs(rehearsal.stack.configuration, errors_of(output)),
            **named_constructs(stack.configuration, errors_of(output)),
        }


def _losses(
    plan: Mapping[str, Any],
    before: SynthesizedStack,
    today: SynthesizedStack,
    type_rules: Mapping[str, TypeRules],
) -> Iterator[Loss]:
    old_resources, new_resources = dict(before.resources()), dict(today.resources())
    for entry in plan.get("resource_changes", []):
        change, address = entry["change"], entry["address"]
        action = _action(change["actions"])
        if action is None:
            continue
        resource = new_resources.get(address, old_resources.get(address, {}))
        if action == "refused":
            forced_by = tuple(
                f"{argument} from {old} to {new}"
                for argument, old, new in refused_changes(
                    change["before"], change["after"], type_rules.get(entry["type"])
                )
            )
            if not forced_by:
                continue
        else:
            forced_by = tuple(written_path(path) for path in change.get("replace_paths", []))
        yield Loss(
            stack=today.name,
            address=address,
            action=action,
            forced_by=forced_by,
            construct=construct_path(resource) or "",
            protected=any(
                body.get("prevent_destroy")
                for _, body in blocks(new_resources.get(address, {}).get("lifecycle"), 0)
            ),
        )


def _action(actions: Sequence[str]) -> str | None:
    """Return what a planned change would lose, if anything; an update may be refused."""
    if "delete" in actions:
        return "replaced" if "create" in actions else "destroyed"
    return "refused" if "update" in actions else None


def written_path(path: Sequence[str | int]) -> str:
    """Return a path as Terraform writes it: ``boot_disk[0].initialize_params[0].image``."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)[1:]


def read_allowed(path: Path = ALLOWED) -> dict[tuple[str, str], str]:
    """Return the reasons why stateful resources may be lost, by stack and address.

    Raises ``SynthesizedError`` for an entry without a stack, an address or a reason.
    """
    entries = tomllib.loads(path.read_text()).get("allowed", [])
    for entry in entries:
        if set(entry) != {"stack", "address", "reason"} or not entry["reason"].strip():
            raise SynthesizedError(f"{path.name}: an entry has a stack, an address and a reason")
    return {(e["stack"], e["address"]): e["reason"] for e in entries}
