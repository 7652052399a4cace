"""``make rehearse FROM=…``: plans today's stacks on top of what another revision made."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tarfile
import time
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rehearsal.run import COMMANDS, PLAN, Act, Phase, Progress, Result, Stage, errors_of
from rehearsal.synthesized import (
    Synthesized,
    SynthesizedError,
    named_constructs,
    read_all,
)
from rehearsal.workspace import write_unprotected

ALLOWED = Path(__file__).with_name("allowed_replacements.toml")
PHASES = ("init", "plan", "apply", "upgrade")
STATEFUL = frozenset(
    {
        "google_artifact_registry_repository",
        "google_compute_address",
        "google_compute_disk",
        "google_compute_global_address",
        "google_compute_network",
        "google_compute_subnetwork",
        "google_dns_managed_zone",
        "google_redis_instance",
        "google_secret_manager_secret",
        "google_service_networking_connection",
        "google_sql_database",
        "google_sql_database_instance",
        "google_sql_user",
        "google_storage_bucket",
    }
)
"""Whose loss is loss of data, or of an address or peering that others hold on to."""


@dataclass(frozen=True)
class Loss:
    """A resource that the upgrade destroys or replaces; ``because``: arguments that force it."""

    stack: str
    address: str
    action: str
    because: tuple[str, ...]
    construct: str
    protected: bool

    @property
    def stateful(self) -> bool:
        """Whether more than configuration is lost."""
        return self.address.partition(".")[0] in STATEFUL

    def __str__(self) -> str:
        """Say what happens to which resource, and why."""
        because = f" because {', '.join(self.because)} changes" if self.because else ""
        stops = "; prevent_destroy stops a real plan here" if self.protected else ""
        return f"{self.stack}: {self.address} would be {self.action}{because}{stops}"


@dataclass
class Upgrade:
    """One stack's upgrade: the result, what is lost, and of that what is allowed and why."""

    result: Result
    losses: list[Loss] = field(default_factory=list)
    allowed: dict[Loss, str] = field(default_factory=dict)

    @property
    def refused(self) -> list[Loss]:
        """The stateful losses that nobody allowed."""
        return [loss for loss in self.losses if loss.stateful and loss not in self.allowed]

    @property
    def warnings(self) -> list[Loss]:
        """The other losses."""
        return [loss for loss in self.losses if loss not in self.refused]


def synthesize_revision(stage: Stage, project: Path, revision: str) -> list[Synthesized]:
    """Synthesize a revision with today's packages.

    From an archive, not a worktree: that would leave a note in ``.git`` when killed.
    """
    archive = subprocess.run(
        ["git", "-C", str(project), "archive", "--format=tar", revision],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    if archive.returncode != 0:
        raise SynthesizedError(f"no revision {revision}: {archive.stderr.decode().strip()}")
    source, out = stage.folder / "revision", stage.folder / "revision.out"
    with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as files:
        files.extractall(source, filter="data")
    done = subprocess.run(
        [sys.executable, "main.py"],
        cwd=source,
        env={**os.environ, "CDKTF_OUTDIR": str(out)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        process_group=stage.group,
    )
    if done.returncode != 0:
        raise SynthesizedError(f"{revision} does not synthesize:\n{done.stdout.strip()}")
    return read_all(out)


def rehearse_upgrade(
    stage: Stage,
    before: Sequence[Synthesized],
    today: Sequence[Synthesized],
    progress: Progress = lambda _stack, _phase: None,
    allowed: Mapping[tuple[str, str], str] | None = None,
) -> list[Upgrade]:
    """Apply each stack as it was, plan it as it is; a new stack has nothing to lose."""
    known = read_allowed() if allowed is None else allowed
    old = {stack.name: stack for stack in before}
    done = []
    for stack in today:
        if stack.name not in old:
            continue
        act = Act(stage, old[stack.name], knows=[stack])
        upgrade = Upgrade(act.result)
        if act.run(("init", "plan", "apply"), progress):
            progress(stack.name, "upgrade")
            _plan_today(act, stack, upgrade, known)
        done.append(upgrade)
    return done


def left_behind(before: Sequence[Synthesized], today: Sequence[Synthesized]) -> list[str]:
    """Stacks that are no longer synthesized: nothing destroys what they made."""
    names = {stack.name for stack in today}
    return [
        f"{stack.name} is no longer synthesized; its {sum(1 for _ in stack.resources())} resources"
        " stay until it is destroyed from the old revision"
        for stack in before
        if stack.name not in names
    ]


def _plan_today(
    act: Act, stack: Synthesized, upgrade: Upgrade, known: Mapping[tuple[str, str], str]
) -> None:
    started = time.monotonic()
    # Without prevent_destroy, so that all that would be lost is told at once.
    write_unprotected(stack, act.folder)
    code, output = act.terraform.run(*COMMANDS["init"])
    if code == 0:
        code, output = act.terraform.run(*COMMANDS["plan"])
    if code == 0:
        code, plan = act.terraform.run("show", "-json", PLAN)
        output = plan if code else ""
    if code == 0:
        upgrade.losses = list(_losses(json.loads(plan), act.stack, stack))
        keys = {loss: (loss.stack, loss.address) for loss in upgrade.losses}
        upgrade.allowed = {loss: known[key] for loss, key in keys.items() if key in known}
        output = "".join(f"Error: {loss}\n" for loss in upgrade.refused)
    ok = code == 0 and not upgrade.refused
    act.result.phases.append(Phase("upgrade", time.monotonic() - started, ok, output))
    if not ok:
        act.result.constructs = {
            **named_constructs(act.stack.configuration, errors_of(output)),
            **named_constructs(stack.configuration, errors_of(output)),
        }


def _losses(plan: Mapping[str, Any], before: Synthesized, today: Synthesized) -> Iterator[Loss]:
    was, now = dict(before.resources()), dict(today.resources())
    for entry in plan.get("resource_changes", []):
        change = entry["change"]
        if "delete" not in change["actions"]:
            continue
        address = entry["address"]
        resource = now.get(address, was.get(address, {}))
        yield Loss(
            stack=today.name,
            address=address,
            action="replaced" if "create" in change["actions"] else "destroyed",
            because=tuple(
                ".".join(str(step) for step in path) for path in change.get("replace_paths", [])
            ),
            construct=resource.get("//", {}).get("metadata", {}).get("path", ""),
            protected=bool(now.get(address, {}).get("lifecycle", {}).get("prevent_destroy")),
        )


def read_allowed(path: Path = ALLOWED) -> dict[tuple[str, str], str]:
    """Why a stateful resource may be lost, by stack and address."""
    entries = tomllib.loads(path.read_text()).get("allowed", [])
    for entry in entries:
        if set(entry) != {"stack", "address", "reason"} or not entry["reason"].strip():
            raise SynthesizedError(f"{path.name}: an entry has a stack, an address and a reason")
    return {(e["stack"], e["address"]): e["reason"] for e in entries}
