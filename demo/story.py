"""The acts of the demo. Each runs a command, and demands the exit code that it should have."""

from __future__ import annotations

import hashlib
import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from typing import Any, TextIO
from unittest.mock import patch

from beep_infra.app import main
from constructs_lib.environment.source import Origin
from delivery.release import Release
from delivery.rollout.target import target_of
from demo.loopback import Loopback
from envschema.services import SERVICES
from tests.google_api.monitoring import Traffic

_DOTENV = ".env.demo"
_LONGEST = 18
"""Lines of one command that are shown. A first plan has hundreds."""
_LAST = 3
"""Of which so many are its last ones, such as the fingerprint."""
_FINGERPRINT = re.compile(r"^fingerprint: (\w+)$", re.MULTILINE)


class UnexpectedError(Exception):
    """A command ended otherwise than it should: the demo shows a fault, and stops."""


@dataclass(frozen=True)
class Told:
    """What a command of the story printed."""

    command: str
    output: str


class Story:
    """Tells it on a terminal or into a log, and keeps what was printed."""

    def __init__(self, world: Loopback, out: TextIO) -> None:
        self.world = world
        self.acts: list[Told] = []
        self._out = out
        self._images: dict[str, Any] = {}
        self._environment = world.environment.settings.environment

    def tell(self) -> None:
        """Tell all of it; raises UnexpectedError."""
        self._platform()
        self._first_release()
        self._second_release()
        self._held_and_failed()
        self._back()
        self._settled()

    def _platform(self) -> None:
        self._heading("The platform, and its secrets")
        self._say("The stack foundation makes networks, accounts and empty secrets.")
        for arguments in (("init",), ("apply", "-auto-approve")):
            self._terraform("foundation", *arguments)
        self._say("Nothing could start: no secret has a value.")
        self._beep("secrets status", exit_code=1)
        self._say("Random values are generated. A vendor's keys come from a file; see .env.demo.")
        self._write_dotenv()
        self._beep("secrets sync", "--from-file", _DOTENV, "--yes")

    def _first_release(self) -> None:
        self._heading("The first release")
        self._say("Database, migrations, services, monitoring. Nobody is served yet: no shifts.")
        self._release("r1", changed=())
        self._beep("secrets status")
        self._say("Does it do from outside what its settings promise?")
        self._beep("verify")

    def _second_release(self) -> None:
        self._heading("The second release goes out by steps")
        self._say("API and web get new images. Others keep theirs, and are left alone.")
        self._release("r2", changed=("api", "web", "migrations"))
        self._beep("rollout status")

    def _held_and_failed(self) -> None:
        self._heading("The third release: no verdict, then a bad one")
        self._say("At night nobody asks the candidate anything. The gate waits, and holds.")
        metrics = self.world.google.world.metrics
        candidate = self.world.next_revision(self._api)
        metrics.by_revision[candidate] = Traffic(good=4)
        self._release("r3", changed=("api",), exit_code=3)
        self._beep("rollout status")
        self._say("In the morning people come, and one answer in ten is an error.")
        metrics.by_revision[candidate] = Traffic(good=900, errors=100)
        self._beep("rollout resume", exit_code=1)
        self._say("The traffic went back by itself, before more than one in twenty saw it.")
        self._beep("verify", "--only", "health", "--only", "pages")

    def _back(self) -> None:
        self._heading("The second release is found to be wrong")
        self._say("No metric shows it, but people do. Back to the first one, without Terraform.")
        self._beep("rollout rollback", "--dry-run")
        self._beep("rollout rollback")
        self._beep("rollout status")

    def _settled(self) -> None:
        self._heading("A settled end")
        self._say("Terraform's templates are still those of r3. Settle them; no user notices.")
        output = self._beep("rollout settle", "--dry-run")
        self._beep("rollout settle", "--approve", _fingerprint(output))
        self._say("Nothing is left to do, in any stack:")
        self._beep("rollout plan", "--release", "r1.json", with_passwords=True)
        self._beep("rollout history")

    @property
    def _api(self) -> str:
        return self.world.environment.names.workload("api")

    def _release(self, name: str, changed: Sequence[str], exit_code: int = 0) -> None:
        """Plan a release, and run what the plan's fingerprint approves."""
        images = self._images_of(name, changed)
        release = Release(
            release=name,
            commit=hashlib.sha1(name.encode()).hexdigest(),
            images=images,
            contract_statements={},
        )
        file = f"{name}.json"
        (self.world.folder / file).write_text(release.model_dump_json(), encoding="utf-8")
        output = self._beep("rollout plan", "--release", file, with_passwords=True)
        approval = ("--approve", _fingerprint(output))
        self._beep(
            "rollout run", "--release", file, *approval, with_passwords=True,
            exit_code=exit_code,
        )  # fmt: skip

    def _images_of(self, release: str, changed: Sequence[str]) -> dict[str, Any]:
        """Return the images of a release: new ones of what changed, of the rest those before."""
        per_environment = {s.input_name for s in SERVICES if s.kind.reads_client_schema}
        for name in target_of(self.world.environment).images:
            if name in self._images and name not in changed:
                continue
            digest = hashlib.sha256(f"{name} {release}".encode()).hexdigest()
            image = f"example.com/beep/{name}@sha256:{digest}"
            is_built_for_each = name in per_environment
            self._images[name] = {self._environment: image} if is_built_for_each else image
        return dict(self._images)

    def _write_dotenv(self) -> None:
        lines = [
            f"{use.variable}=demo-{hashlib.sha256(use.variable.encode()).hexdigest()[:24]}\n"
            for use in self.world.environment.secrets
            if use.value.origin is Origin.GIVEN
        ]
        (self.world.folder / _DOTENV).write_text("".join(lines), encoding="utf-8")

    def _terraform(self, part: str, *arguments: str) -> None:
        stack = f"{self._environment}-{part}"
        command = f"terraform -chdir=cdktf.out/stacks/{stack} {' '.join(arguments)}"
        with self._shown(command) as out:
            out.write(self.world.run_terraform(part, *arguments, "-no-color", "-input=false"))

    def _beep(
        self, command: str, *options: str, exit_code: int = 0, with_passwords: bool = False
    ) -> str:
        """Run a command of beep-infra in this process, and return its standard output."""
        where = (self._environment,) if command == "verify" else ("--env", self._environment)
        arguments = [*command.split(), *where, *options]
        shown = " ".join(arguments)
        prefix = f"secrets export --env {self._environment} -- beep-infra "
        with self._shown(f"beep-infra {prefix if with_passwords else ''}{shown}") as out:
            endpoint = ("--endpoint", self.world.google.endpoint)
            call = [*arguments, *endpoint]
            if with_passwords:
                export = ("secrets", "export", "--env", self._environment, *endpoint, "--")
                call = [*export, sys.executable, *call]
            with redirect_stdout(out), redirect_stderr(out):
                code = _run(call)
        if code != exit_code:
            raise UnexpectedError(f"{shown} ended with {code}, and not with {exit_code}")
        return self.acts[-1].output

    @contextmanager
    def _shown(self, command: str) -> Iterator[Any]:
        self._print(f"\n$ {command}", "bold cyan")
        # What a rollout does is the story, and a spinner cannot be cut.
        is_whole = "beep-infra rollout" in command and " plan " not in command
        shortened = _Shortened(self._out, None if is_whole else _LONGEST)
        yield shortened
        shortened.end()
        self.acts.append(Told(command, shortened.text))

    def _heading(self, text: str) -> None:
        self._print(f"\n{text}\n{'=' * len(text)}", "bold")

    def _say(self, text: str) -> None:
        self._print(f"\n{text}", "italic")

    def _print(self, text: str, style: str) -> None:
        from rich.console import Console

        console = Console(file=self._out)
        console.print(text, style=style, highlight=False, markup=False, soft_wrap=True)


class _Shortened:
    """Shows the first lines at once, and of what follows the last ones; or all, without a limit."""

    def __init__(self, out: TextIO, longest: int | None) -> None:
        self._out = out
        self._head = sys.maxsize if longest is None else longest - _LAST
        self.text = ""

    def write(self, text: str) -> int:
        room = max(0, self._head - self.text.count("\n"))
        self.text += text
        self._out.write("".join(text.splitlines(keepends=True)[:room]))
        return len(text)

    def end(self) -> None:
        """Show the last lines, and how many are left out."""
        rest = self.text.splitlines()[self._head :]
        if len(rest) > _LAST:
            print(f"    ... {len(rest) - _LAST} more lines", file=self._out)
        for line in rest[-_LAST:]:
            print(line, file=self._out)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._out, name)


class _Replaced(BaseException):
    """The process would be another program now."""

    def __init__(self, command: Sequence[str], variables: Mapping[str, str]) -> None:
        self.command = command
        self.variables = variables


def _run(arguments: Sequence[str]) -> int:
    """Run a command as a shell would, and return its exit code."""

    def replace(_: str, command: Sequence[str], variables: Mapping[str, str]) -> None:
        raise _Replaced(command, variables)

    run: Callable[[], None] = main
    with patch.object(sys, "argv", ["beep-infra", *arguments]), patch("os.execve", replace):
        try:
            run()
        except SystemExit as end:
            return int(end.code or 0)
        except _Replaced as replaced:
            with patch.dict(os.environ, replaced.variables, clear=True):
                return _run(replaced.command[1:])
    return 0


def _fingerprint(output: str) -> str:
    [fingerprint] = _FINGERPRINT.findall(output)
    return str(fingerprint)
