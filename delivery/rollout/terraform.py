"""Runs Terraform on the synthesized stacks."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from delivery.rollout.errors import StepFailed
from delivery.rollout.plan import Plan, effects_of
from delivery.rollout.world import Images, Meanwhile, nothing

_CHANGES = 2
_LAST_LINES = 30


class TerraformRunner:
    """Runs an executable in the folders of the stacks.

    ``plans`` is a folder that only this user can read: a plan holds every value in clear text.
    """

    def __init__(
        self, binary: str, stacks: Path, plans: Path, *, interval_seconds: float = 60
    ) -> None:
        self._binary = binary
        self._stacks = stacks
        self._plans = plans
        self._interval_seconds = interval_seconds
        self._initialized: set[str] = set()

    def plan(self, stack: str, images: Images, meanwhile: Meanwhile = nothing) -> Plan:
        """Plan a stack; raises StepFailed with the end of Terraform's output."""
        if stack not in self._initialized:
            self._run(stack, "init", "-input=false", images={}, meanwhile=meanwhile)
            self._initialized.add(stack)
        file = self._plans / f"{stack}.tfplan"
        code, _ = self._run(
            stack,
            "plan",
            "-input=false",
            "-detailed-exitcode",
            f"-out={file}",
            images=images,
            meanwhile=meanwhile,
            allowed=(0, _CHANGES),
        )
        if code == 0:
            return Plan(stack, (), True, file)
        _, text = self._run(stack, "show", "-json", str(file), images={})
        return Plan(stack, effects_of(stack, json.loads(text)), False, file)

    def apply(self, plan: Plan, meanwhile: Meanwhile = nothing) -> None:
        """Apply a plan that was made just now, and delete its file; raises StepFailed."""
        assert plan.file is not None
        try:
            file = str(plan.file)
            self._run(plan.stack, "apply", "-input=false", file, images={}, meanwhile=meanwhile)
        finally:
            plan.file.unlink(missing_ok=True)

    def _run(
        self,
        stack: str,
        command: str,
        *arguments: str,
        images: Images,
        meanwhile: Meanwhile = nothing,
        allowed: tuple[int, ...] = (0,),
    ) -> tuple[int, str]:
        folder = self._stacks / stack
        if not folder.is_dir():
            raise StepFailed(f"the stack {stack} is not synthesized", "run make synth first")
        try:
            done = self._subprocess(folder, command, arguments, images, meanwhile)
        except FileNotFoundError:
            raise StepFailed(
                f"there is no executable {self._binary}",
                "install Terraform 1.11 or newer, or name one: TERRAFORM=path",
            ) from None
        if done.returncode not in allowed:
            output = (done.stdout if command != "show" else "") + done.stderr
            lines = "\n".join(output.strip().splitlines()[-_LAST_LINES:])
            raise StepFailed(
                f"terraform {command} of {stack} failed:\n{lines}",
                "repair what it names, then: beep-infra rollout resume",
            )
        return done.returncode, done.stdout

    def _subprocess(
        self,
        folder: Path,
        command: str,
        arguments: Sequence[str],
        images: Images,
        meanwhile: Meanwhile,
    ) -> subprocess.CompletedProcess[str]:
        process = subprocess.Popen(
            [self._binary, command, *arguments, *(() if command == "show" else ("-no-color",))],
            cwd=folder,
            env={
                **os.environ,
                "TF_IN_AUTOMATION": "1",
                # Terraform ignores a variable that a stack does not declare.
                **{f"TF_VAR_image_{name}": image for name, image in images.items()},
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        output, errors = communicate(process, meanwhile, self._interval_seconds)
        return subprocess.CompletedProcess(process.args, process.returncode, output, errors)


def communicate(
    process: subprocess.Popen[str], meanwhile: Meanwhile, interval_seconds: float
) -> tuple[str, str]:
    """Wait for a process that applies something; return what it wrote into pipes.

    It is never ended from here: an apply that is cut off leaves a locked state. What ``meanwhile``
    raises, or Ctrl-C, which the process gets as well, is raised when it has ended.
    """
    raised: BaseException | None = None
    with process:
        while True:
            try:
                output, errors = process.communicate(timeout=interval_seconds)
                break
            except KeyboardInterrupt as interrupt:
                raised = interrupt
            except subprocess.TimeoutExpired:
                if raised is None:
                    try:
                        meanwhile()
                    except Exception as error:
                        raised = error
    if raised is not None:
        raise raised
    return output, errors
