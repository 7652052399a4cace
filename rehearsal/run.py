"""Runs the phases of a rehearsal on copies of the stacks in a temporary folder."""

from __future__ import annotations

import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from provider_schema.blocks import ProviderSchema
from provider_schema.store import BETA, SchemaStore
from rehearsal import inputs, secrecy
from rehearsal.guard import guarded
from rehearsal.provider import Provider
from rehearsal.server import Attachment, serve
from rehearsal.synthesized import SynthesizedStack, named_constructs
from rehearsal.terraform import environment, executable, run_command
from rehearsal.warm import WarmTerraforms
from rehearsal.warm_server import LOG
from rehearsal.workspace import STATE, own_backend_key, prepare, write_unprotected

FORWARD = ("init", "validate", "plan", "apply", "replan", "secrets")
PHASES = (*FORWARD, "destroy")
COMMON = ("-no-color", "-input=false")
PLAN = "rehearsal.tfplan"
COMMANDS: Mapping[str, Sequence[str]] = {
    "init": ("init", *COMMON),
    "validate": ("validate", "-no-color"),
    "plan": ("plan", *COMMON, "-lock=false", f"-out={PLAN}"),
    # The saved plan is applied. It has no values of ephemeral variables, so the environment sets
    # them for this command too.
    "apply": ("apply", *COMMON, PLAN),
    "replan": ("plan", *COMMON, "-lock=false", "-detailed-exitcode", f"-out=again.{PLAN}"),
    # The second plan has just read every resource.
    "destroy": ("destroy", *COMMON, "-auto-approve", "-refresh=false"),
}
CHANGES_PLANNED = 2
"""Exit code of ``terraform plan -detailed-exitcode`` if the plan has changes."""
_SOCKET = Path("s________") / BETA
"""The longest that a socket's path gets below the session's folder."""
_MAX_SOCKET_PATH = 103
"""In bytes, on macOS; Linux has four more. Source: ``sockaddr_un`` of both systems."""

Progress = Callable[[str, str], None]
"""Called at the start of each phase, with the names of the stack and the phase."""


@dataclass(frozen=True)
class Phase:
    """A phase of a stack, with its duration and Terraform's output."""

    name: str
    seconds: float
    ok: bool
    output: str


@dataclass
class Result:
    """The phases of a stack that ran.

    ``constructs`` holds the construct paths of the resources that the first failure names, by
    address; ``allowed`` the secrets that an exception allows.
    """

    stack: str
    resources: int
    phases: list[Phase] = field(default_factory=list)
    constructs: dict[str, str] = field(default_factory=dict)
    allowed: tuple[secrecy.Leak, ...] = ()

    @property
    def failed(self) -> Phase | None:
        """The phase that failed, if any."""
        return next((p for p in self.phases if not p.ok), None)


class TemporaryFolderError(Exception):
    """The path of the temporary folder is too long for a unix socket in it."""


class KnownSchemas:
    """The schemas of all types that a session has met.

    Terraform keeps the schemas of its first command for all others of its process. So all stacks
    get the same, and a process is of no more use once another type is met.
    """

    def __init__(self, store: SchemaStore) -> None:
        self._store = store
        self._types: dict[str, set[str]] = {"resource": set(), "data": set()}
        self._has_beta = False
        self._schemas: tuple[ProviderSchema, ...] = ()

    def know(self, stacks: Sequence[SynthesizedStack]) -> tuple[ProviderSchema, ...]:
        """Return the schemas, with the types of these stacks."""
        types = {
            section: known.union(*(stack.types(section) for stack in stacks))
            for section, known in self._types.items()
        }
        has_beta = self._has_beta or any(stack.needs_beta() for stack in stacks)
        if not self._schemas or (types, has_beta) != (self._types, self._has_beta):
            self._types, self._has_beta = types, has_beta
            schemas = self._store.load_each(types["resource"], types["data"])
            beta = (replace(schemas[0], name=BETA),) if has_beta else ()
            self._schemas = (*schemas, *beta)
        return self._schemas


@dataclass(frozen=True)
class Session:
    """The temporary folder, processes and settings of a run; all are gone at its end."""

    folder: Path
    binary: str
    """An executable; the pinned Terraform is run without it, in one of ``processes``."""
    is_pinned: bool
    group: int
    store: SchemaStore
    run_id: str
    home: Path
    schemas: KnownSchemas
    processes: WarmTerraforms
    ended: ExitStack
    """What is ended with the session."""

    def attach(
        self, *stacks: SynthesizedStack, make: Callable[[ProviderSchema], Provider] = Provider
    ) -> Attachment:
        """Start stand-in providers that know the types of these stacks."""
        schemas = self.schemas.know(stacks)
        sockets = Path(tempfile.mkdtemp(dir=self.folder, prefix="s"))
        return self.ended.enter_context(serve(schemas, sockets, make))

    def inputs(self, *stacks: SynthesizedStack) -> dict[str, str]:
        """Return values for the variables of these stacks, but for those that a file sets."""
        values: dict[str, str] = {}
        for stack in stacks:
            own = inputs.values(stack.configuration, self.run_id)
            values |= {n: v for n, v in own.items() if n not in stack.set_by_files}
        return values


@dataclass(frozen=True)
class Terraform:
    """Runs Terraform in folders, always with these providers and values of variables."""

    session: Session
    attachment: Attachment
    variables: Mapping[str, str] = field(default_factory=dict)

    def run(self, folder: Path, *arguments: str) -> tuple[int, str]:
        """Run a command; return its exit code and the output of both streams.

        It logs into a file in the folder.
        """
        session = self.session
        if session.is_pinned:
            return session.processes.run(folder, arguments, self.attachment, self.variables)
        variables = {
            **environment(self.attachment.reattach, self.variables, session.home),
            "TF_LOG": "INFO",
            "TF_LOG_PATH": str(folder / LOG),
        }
        return run_command([session.binary, *arguments], folder, variables, session.group)


@contextmanager
def open_session(store: SchemaStore, terraform: str | None = None) -> Iterator[Session]:
    """Create a temporary folder, its guard, and the Terraform executable.

    Raises ``TemporaryFolderError`` and ``MissingTerraformError``.
    """
    with tempfile.TemporaryDirectory(prefix="rehearsal-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        excess = len(os.fsencode(folder / _SOCKET)) - _MAX_SOCKET_PATH
        if excess > 0:
            raise TemporaryFolderError(
                f"{tempfile.gettempdir()}: {excess} bytes too long for the unix sockets below it; "
                "set TMPDIR to a shorter path"
            )
        with guarded(folder) as group, ExitStack() as ended:
            home = folder / "home"
            home.mkdir()
            processes = WarmTerraforms(folder, home, group)
            ended.callback(processes.close)
            yield Session(
                folder,
                executable(terraform, folder),
                not terraform,
                group,
                store,
                inputs.new_run_id(),
                home,
                KnownSchemas(store),
                processes,
                ended,
            )


class StackRehearsal:
    """The rehearsal of a stack, on a copy of its folder."""

    def __init__(
        self,
        session: Session,
        stack: SynthesizedStack,
        states: Mapping[str, Path] | None = None,
        *,
        planned_later: Sequence[SynthesizedStack] = (),
    ) -> None:
        """Copy the stack and start its providers.

        ``states`` as in :func:`prepare`; ``planned_later`` are other versions of the stack, whose
        types the providers must know as well.
        """
        self.stack = stack
        self.folder = Path(tempfile.mkdtemp(dir=session.folder)) / stack.place
        prepare(stack, self.folder, states or {})
        self.canaries = inputs.canaries(stack.configuration, session.run_id)
        self.attachment = session.attach(stack, *planned_later)
        variables = session.inputs(stack, *planned_later)
        self.terraform = Terraform(session, self.attachment, variables)
        self.result = Result(stack.name, stack.count())

    def run(self, phases: Sequence[str], progress: Progress = lambda _stack, _phase: None) -> bool:
        """Run the phases up to the first that fails; return whether all passed."""
        for name in phases:
            progress(self.stack.name, name)
            started = time.monotonic()
            ok, output = self.search_secrets() if name == "secrets" else self._run_terraform(name)
            self.result.phases.append(Phase(name, time.monotonic() - started, ok, output))
            if not ok:
                self.result.constructs = named_constructs(
                    self.stack.configuration, errors_of(output)
                )
                return False
        return True

    def command(self, *arguments: str) -> tuple[int, str]:
        """Run Terraform in the folder; return its exit code and the output of both streams."""
        return self.terraform.run(self.folder, *arguments)

    def _run_terraform(self, phase: str) -> tuple[bool, str]:
        if phase == "destroy":
            write_unprotected(self.stack, self.folder)
            for provider in self.attachment.providers.values():
                provider.may_delete_protected = True
        code, output = self.command(*COMMANDS[phase])
        if phase == "replan" and code == CHANGES_PLANNED:
            output = f"The second plan is not empty:\n{output}"
        return code == 0, output

    def search_secrets(self) -> tuple[bool, str]:
        """Search Terraform's files and output for secrets; return success and the errors."""
        texts = {f"the output of {p.name}": p.output for p in self.result.phases}
        for plan in sorted(self.folder.glob(f"*{PLAN}")):
            code, texts[f"show -json {plan.name}"] = self.command("show", "-json", plan.name)
            if code != 0:
                return False, texts[f"show -json {plan.name}"]
        code, texts["the outputs"] = self.command("output", "-json")
        search = secrecy.search(self.canaries, self.folder, texts)
        self.result.allowed = search.allowed
        errors = "".join(f"Error: {leak}\n" for leak in search.refused)
        return code == 0 and not search.refused, errors


class _StoppedError(Exception):
    """The rehearsal ends before it is through."""


def rehearse(
    session: Session,
    stacks: Sequence[SynthesizedStack],
    phases: Sequence[str] = PHASES,
    progress: Progress = lambda _stack, _phase: None,
) -> list[Result]:
    """Rehearse stacks as one deployment, and destroy them; as many at once as there are cores.

    If a stack reads the remote state of an earlier one, it gets the state of its rehearsal. Stacks
    are then rehearsed in this order, and destroyed in reverse order, one at a time.
    """
    session.schemas.know(stacks)
    states: dict[str, Path] = {}
    rehearsals: dict[str, StackRehearsal] = {}
    is_stopped = threading.Event()

    def advance(stack: str, phase: str) -> None:
        if is_stopped.is_set():
            raise _StoppedError
        progress(stack, phase)

    def forward(stack: SynthesizedStack) -> None:
        rehearsal = rehearsals[stack.name] = StackRehearsal(session, stack, states)
        rehearsal.run([p for p in FORWARD if p in phases], advance)
        key = own_backend_key(stack.configuration)
        if key is not None:
            states[key] = rehearsal.folder / STATE

    def destroy(stack: SynthesizedStack) -> None:
        rehearsal = rehearsals[stack.name]
        if rehearsal.result.failed is None:
            rehearsal.run(["destroy"], advance)

    is_chain = any(stack.reads_remote_state for stack in stacks)
    at_once = 1 if is_chain else min(os.cpu_count() or 1, len(stacks))
    steps = (forward, destroy) if "destroy" in phases else (forward,)
    if at_once < 2:
        for step in steps:
            for stack in stacks if step is forward else reversed(stacks):
                step(stack)
    else:
        with ThreadPoolExecutor(at_once, thread_name_prefix="rehearsal") as pool:
            try:
                for step in steps:
                    # The largest first, so that the last to end is a small one.
                    for _ in pool.map(
                        step, sorted(stacks, key=SynthesizedStack.count, reverse=True)
                    ):
                        pass
            except BaseException:
                is_stopped.set()
                session.processes.close()
                pool.shutdown(cancel_futures=True)
                raise
    return [rehearsals[stack.name].result for stack in stacks]


def errors_of(output: str) -> str:
    """Return Terraform's output from its first error on, or all of it if it has no error."""
    start = output.find("Error: ")
    return output if start < 0 else output[start:]
