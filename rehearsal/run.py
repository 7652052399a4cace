"""The phases of a rehearsal, on copies of the stacks in one temporary folder."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from provider_schema.store import SchemaStore
from rehearsal import inputs, secrecy
from rehearsal.guard import guarded
from rehearsal.server import Attachment, serve
from rehearsal.synthesized import Synthesized, named_constructs
from rehearsal.terraform import Terraform, environment, executable
from rehearsal.workspace import STATE, own_backend_key, prepare, write_unprotected

FORWARD = ("init", "validate", "plan", "apply", "replan", "secrets")
PHASES = (*FORWARD, "destroy")
COMMON = ("-no-color", "-input=false")
PLAN = "rehearsal.tfplan"
COMMANDS: Mapping[str, Sequence[str]] = {
    "init": ("init", *COMMON),
    "validate": ("validate", "-no-color"),
    "plan": ("plan", *COMMON, "-lock=false", f"-out={PLAN}"),
    # What was planned is what is applied. Ephemeral variables are not in the plan: the
    # environment gives them again.
    "apply": ("apply", *COMMON, PLAN),
    "replan": ("plan", *COMMON, "-lock=false", "-detailed-exitcode", f"-out=again.{PLAN}"),
    "destroy": ("destroy", *COMMON, "-auto-approve"),
}
# Terraform's exit code of `plan -detailed-exitcode` when there is something to do.
CHANGES = 2
_SOCKET = Path("s________") / "google"
_MAX_SOCKET_PATH = 103
"""In bytes, on macOS; Linux has four more. Source: ``sockaddr_un`` of both systems."""

Progress = Callable[[str, str], None]
"""Told the stack and the phase that begins."""


@dataclass(frozen=True)
class Phase:
    """One phase of one stack: how long it took and what Terraform said."""

    name: str
    seconds: float
    ok: bool
    output: str


@dataclass
class Result:
    """One stack: what ran, the constructs that the first failure names, by address."""

    stack: str
    resources: int
    phases: list[Phase] = field(default_factory=list)
    constructs: dict[str, str] = field(default_factory=dict)
    allowed: tuple[secrecy.Found, ...] = ()

    @property
    def failed(self) -> Phase | None:
        """The phase that failed, if any."""
        return next((p for p in self.phases if not p.ok), None)


class TemporaryFolderError(Exception):
    """Nothing can listen below the temporary folder."""


@dataclass(frozen=True)
class Stage:
    """Where a run takes place; gone with every process of it at the end."""

    folder: Path
    binary: str
    group: int
    store: SchemaStore
    run: str
    home: Path
    servers: ExitStack

    def attach(self, *stacks: Synthesized) -> Attachment:
        """Serve a provider that knows the types of these stacks."""
        schema = self.store.load(
            {t for s in stacks for t in s.google_types("resource")},
            {t for s in stacks for t in s.google_types("data")},
        )
        socket = Path(tempfile.mkdtemp(dir=self.folder, prefix="s")) / _SOCKET.name
        return self.servers.enter_context(serve(schema, socket))

    def environment(self, attachment: Attachment, *stacks: Synthesized) -> dict[str, str]:
        """Terraform's environment with a value for each variable of these stacks."""
        values: dict[str, str] = {}
        for stack in stacks:
            values |= inputs.values(stack.configuration, self.run)
        return environment(attachment.reattach, values, self.home)


@contextmanager
def stage(store: SchemaStore, terraform: str | None = None) -> Iterator[Stage]:
    """Set up a temporary folder, the guard over it, and Terraform."""
    with tempfile.TemporaryDirectory(prefix="rehearsal-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        excess = len(os.fsencode(folder / _SOCKET)) - _MAX_SOCKET_PATH
        if excess > 0:
            raise TemporaryFolderError(
                f"{tempfile.gettempdir()}: {excess} bytes too long for the unix sockets below it; "
                "set TMPDIR to a shorter path"
            )
        with guarded(folder) as group, ExitStack() as servers:
            home = folder / "home"
            home.mkdir()
            yield Stage(
                folder, executable(terraform, folder), group, store, inputs.new_run(), home, servers
            )


class Act:
    """One stack's copy while it is rehearsed."""

    def __init__(
        self,
        stage: Stage,
        stack: Synthesized,
        states: Mapping[str, Path] | None = None,
        *,
        knows: Sequence[Synthesized] = (),
    ) -> None:
        """``states`` as in :func:`prepare`; ``knows``: other stacks whose types may come up."""
        self.stack = stack
        self.folder = Path(tempfile.mkdtemp(dir=stage.folder)) / stack.name
        prepare(stack, self.folder, states or {})
        self.canaries = inputs.canaries(stack.configuration, stage.run)
        self.attachment = stage.attach(stack, *knows)
        self.terraform = Terraform(
            stage.binary,
            self.folder,
            {
                **stage.environment(self.attachment, stack, *knows),
                "TF_LOG": "INFO",
                "TF_LOG_PATH": str(self.folder / "terraform.log"),
            },
            stage.group,
        )
        self.result = Result(stack.name, sum(1 for _ in stack.resources()))

    def run(self, phases: Sequence[str], progress: Progress = lambda _stack, _phase: None) -> bool:
        """Run the phases up to the first that fails; tell whether none did."""
        for name in phases:
            progress(self.stack.name, name)
            started = time.monotonic()
            ok, output = self.secrets() if name == "secrets" else self._terraform(name)
            self.result.phases.append(Phase(name, time.monotonic() - started, ok, output))
            if not ok:
                self.result.constructs = named_constructs(
                    self.stack.configuration, errors_of(output)
                )
                return False
        return True

    def _terraform(self, phase: str) -> tuple[bool, str]:
        if phase == "destroy":
            write_unprotected(self.stack, self.folder)
            self.attachment.provider.may_delete_protected = True
        code, output = self.terraform.run(*COMMANDS[phase])
        if phase == "replan" and code == CHANGES:
            output = f"The second plan is not empty:\n{output}"
        return code == 0, output

    def secrets(self) -> tuple[bool, str]:
        """Search everything that Terraform wrote and said."""
        texts = {f"the output of {p.name}": p.output for p in self.result.phases}
        for plan in sorted(self.folder.glob(f"*{PLAN}")):
            code, texts[f"show -json {plan.name}"] = self.terraform.run("show", "-json", plan.name)
            if code != 0:
                return False, texts[f"show -json {plan.name}"]
        code, texts["the outputs"] = self.terraform.run("output", "-json")
        leaks = secrecy.search(self.canaries, self.folder, texts)
        self.result.allowed = leaks.allowed
        return code == 0 and not leaks.refused, "".join(f"Error: {f}\n" for f in leaks.refused)


def rehearse(
    stage: Stage,
    stacks: Sequence[Synthesized],
    phases: Sequence[str] = PHASES,
    progress: Progress = lambda _stack, _phase: None,
) -> list[Result]:
    """Rehearse stacks in the order given, as one deployment; destroy in reverse.

    A stack's remote state of one before it is read from that one's rehearsed state.
    """
    states: dict[str, Path] = {}
    acts: list[Act] = []
    for stack in stacks:
        act = Act(stage, stack, states)
        acts.append(act)
        act.run([p for p in FORWARD if p in phases], progress)
        key = own_backend_key(stack.configuration)
        if key is not None:
            states[key] = act.folder / STATE
    if "destroy" in phases:
        for act in reversed(acts):
            if act.result.failed is None:
                act.run(["destroy"], progress)
    return [act.result for act in acts]


def errors_of(output: str) -> str:
    """The part of Terraform's output from its first error on; all of it where there is none."""
    start = output.find("Error: ")
    return output if start < 0 else output[start:]
