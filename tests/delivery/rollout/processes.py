"""Rollouts in processes of their own, whose world is kept in this one.

A process is a fork of this one, so that it starts in milliseconds. Everything that it does to the
world it asks for over a pipe: nothing is left of it when it is killed but what it asked for before.

To be killed at each moment, a process need not begin each time anew: it forks, is killed, and the
copy goes on from there to the next moment.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import traceback
from collections.abc import Callable
from datetime import datetime
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NoReturn

from beep_infra.rollouts import Lines
from delivery.rollout.errors import RolloutError
from delivery.rollout.plan import Plan
from delivery.rollout.world import Images, Meanwhile, nothing
from google_api import GoogleError
from results import Result
from tests.delivery.rollout.scene import SECRET, FakeClock, Scene, world_of
from tests.google_api.answers import Answer
from tests.google_api.direct import DirectGoogle
from tests.google_api.fake import FakeGoogle

DONE, FAILED, FAULT = 0, 1, 99
_FORK, _END = "fork", "end"
Act = Callable[[Scene], object]


class _Remote:
    """Google, Terraform and strangers, as the process sees them."""

    def __init__(self, connection: Connection, clock: FakeClock) -> None:
        self._connection = connection
        self._clock = clock

    def answer(self, method: str, path: str, body: str) -> Answer | None:
        answer: Answer | None = self._ask("google", method, path, body)
        return answer

    def plan(self, stack: str, images: Images, meanwhile: Meanwhile = nothing) -> Plan:
        plan: Plan = self._ask("plan", stack, dict(images))
        return plan

    def apply(self, plan: Plan, meanwhile: Meanwhile = nothing) -> None:
        self._ask("apply", plan)

    def smoke(self, service: str, host: str) -> list[Result]:
        results: list[Result] = self._ask("smoke", service, host)
        return results

    def live(self) -> list[Result]:
        results: list[Result] = self._ask("live")
        return results

    def verify(self, meanwhile: Meanwhile = nothing) -> list[Result]:
        results: list[Result] = self._ask("verify")
        return results

    def _ask(self, *call: object) -> Any:
        self._connection.send((self._clock.time, *call))
        while (answer := self._connection.recv()) == _FORK:
            if os.fork():
                signal.pause()
            self._connection.send(os.getpid())
        return answer


class Process:
    """A process that acts on a scene; ``serve`` answers what it asks."""

    def __init__(self, fake: FakeGoogle, scene: Scene, act: Act, log: Path) -> None:
        self._fake = fake
        self._scene = scene
        self.connection, theirs = Pipe()
        self.code = FAULT
        self._child = self._running = os.fork()
        if self._child == 0:
            self.connection.close()
            _act(scene, act, theirs, log)
        theirs.close()

    def serve(self) -> int:
        """Answer until the process ends, and return its exit code."""
        while self.serve_one():
            pass
        return self.code

    def serve_one(self) -> bool:
        """Answer one call; return whether the process goes on."""
        time, kind, *arguments = self.connection.recv()
        # Clocks agree: what somebody waited for, others waited for as well.
        self._scene.clock.time = max(self._scene.clock.time, _at(time))
        if kind == _END:
            [self.code] = arguments
            self.connection.close()
            os.waitpid(self._child, 0)
            return False
        self.connection.send(self._call(kind, arguments))
        return True

    def replace(self) -> None:
        """Kill the process within its present call, and go on with a copy of it."""
        self.connection.send(_FORK)
        copy = self.connection.recv()
        os.kill(self._running, signal.SIGKILL)
        self._running = copy

    def _call(self, kind: str, arguments: list[Any]) -> Any:
        scene = self._scene
        match kind:
            case "google":
                method, path, body = arguments
                scene.killer(f"before {method} {path}")
                answer = self._fake.answer(method, path, body)
                scene.killer(f"after {method} {path}")
                return answer
            case "plan":
                return scene.terraform.plan(*arguments)
            case "apply":
                return scene.terraform.apply(*arguments)
        return getattr(scene.outside, kind)(*arguments)


def _at(time: object) -> datetime:
    assert isinstance(time, datetime)
    return time


def _act(scene: Scene, act: Act, connection: Connection, log: Path) -> NoReturn:
    """Act in the forked process, and leave nothing behind but the log and an exit code."""
    # It would touch, and so copy, all memory of this process.
    gc.disable()
    try:
        with log.open("a") as out:
            sys.stdout = sys.stderr = out
            os.environ["TF_VAR_db_owner_password"] = SECRET  # noqa: SIM112
            clock = FakeClock()
            clock.time = scene.clock.time
            remote = _Remote(connection, clock)
            scene.world = world_of(scene.target, DirectGoogle(remote), remote, clock, remote)
            scene.report = Lines
            try:
                act(scene)
                code = DONE
            except (RolloutError, GoogleError) as error:
                print(f"{type(error).__name__}: {error}", flush=True)
                code = FAILED
            except Exception:
                traceback.print_exc()
                code = FAULT
            connection.send((clock.time, _END, code))
    finally:
        # No handler of the tests runs in a second process.
        os._exit(0)
