"""What the commands of ``rollout`` have in common: the world, what they print, how they end."""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from beep_infra.output import FINDINGS, HELD, Refusal, print_json

if TYPE_CHECKING:
    from rich.status import Status

    from delivery.release import Release
    from delivery.rollout.engine import Rollout
    from delivery.rollout.journal import Journal
    from delivery.rollout.lock import Holder
    from delivery.rollout.plan import Plan
    from delivery.rollout.report import Report

Endpoint = Annotated[
    str | None, typer.Option(hidden=True, help="What takes the place of Google, on this machine.")
]
ReleaseFile = Annotated[
    Path, typer.Option("--release", metavar="FILE", help="The release file, in JSON.")
]
Approve = Annotated[
    str | None,
    typer.Option(metavar="FINGERPRINT", help="The effects that were approved, as plan prints it."),
]
Allow = Annotated[
    list[str] | None,
    typer.Option(metavar="ADDRESS", help="A resource that may be destroyed or replaced."),
]
BreakLock = Annotated[
    bool, typer.Option("--break-lock", help="Take the lock from whoever holds it.")
]
Force = Annotated[
    bool,
    typer.Option(
        "--force",
        help="Also past a contract migration, or to what is not ready or cannot read its secrets.",
    ),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be done; change nothing.")]


@contextmanager
def rollout(env: str, endpoint: str | None, report: Report | None = None) -> Iterator[Rollout]:
    """Give the rollouts of an environment, and end the command where one fails.

    Raises Refusal for unknown environments, and typer.Exit after RolloutError and GoogleError: 3
    where a gate came to no verdict, else 1.
    """
    from beep_infra.settings import environment, require_checkout

    require_checkout("this applies what was synthesized")
    loaded = environment(env)

    from delivery.rollout.alerts import Alerts
    from delivery.rollout.bucket import Bucket
    from delivery.rollout.clock import SystemClock
    from delivery.rollout.cloud_run import CloudRun
    from delivery.rollout.engine import Rollout
    from delivery.rollout.errors import Held, RolloutError
    from delivery.rollout.job_log import JobLog
    from delivery.rollout.metrics import Metrics
    from delivery.rollout.outside import Verification
    from delivery.rollout.report import Silence
    from delivery.rollout.target import target_of
    from delivery.rollout.terraform import TerraformRunner
    from delivery.rollout.world import GoogleSide, World
    from google_api import Google, GoogleError
    from secret_manager.client import SecretManager
    from stacks.addresses import output_folder
    from verify.web import Web

    target, clock = target_of(loaded), SystemClock()
    try:
        google = Google(project=loaded.shared.project_id, endpoint=endpoint)
    except ValueError as error:
        raise Refusal(f"--endpoint: {error}") from None
    side = GoogleSide(
        Bucket(google, target.bucket),
        CloudRun(google, clock, project=target.project, region=target.region),
        Metrics(google, project=target.project),
        Alerts(google, project=target.project),
        SecretManager(google, target.project),
        JobLog(google, project=target.project, secrets=_passwords(os.environ)),
    )
    # A plan holds every value in clear text: only this user can read the folder, and it goes away.
    with tempfile.TemporaryDirectory(prefix="beep-infra-") as plans:
        terraform = TerraformRunner(_terraform(), output_folder() / "stacks", Path(plans))
        web = Web(timeout_seconds=10, addresses={})
        world = World(side, terraform, clock, Verification(loaded, google, web))
        try:
            yield Rollout(world, target, holder(os.environ), report or Silence())
        except (RolloutError, GoogleError) as error:
            print(f"{error.what}\n    fix: {error.fix}", file=sys.stderr)
            raise typer.Exit(HELD if isinstance(error, Held) else FINDINGS) from None


def read_file(path: Path, current: Rollout) -> Release:
    """Read a release file; raises Refusal with all its problems."""
    from delivery.release import read_release
    from problems import ConfigurationError

    try:
        return read_release(path, current.target.environment, current.target.images)
    except ConfigurationError as error:
        raise Refusal(f"the release file is not valid\n\n{error}") from None
    except OSError as error:
        raise Refusal(f"{path}: {error.strerror}") from None


def holder(variables: Mapping[str, str]) -> Holder:
    """Return who rolls out: a job of GitHub with its address, or a person and a machine."""
    from delivery.rollout.lock import Holder

    run = variables.get("GITHUB_RUN_ID")
    if run:
        repository = f"{variables['GITHUB_SERVER_URL']}/{variables['GITHUB_REPOSITORY']}"
        return Holder(variables["GITHUB_ACTOR"], f"{repository}/actions/runs/{run}")
    return Holder(f"{getpass.getuser()} on {socket.gethostname()}")


def new_report(as_json: bool) -> Report:
    """Return what tells of the steps: a terminal's spinner, lines, or nothing beside JSON."""
    from rich.console import Console

    from delivery.rollout.report import Silence

    if as_json:
        return Silence()
    console = Console()
    return _Spinner(console.status("")) if console.is_terminal else Lines()


def finish(journal: Journal, as_json: bool) -> None:
    """Print how a rollout ended.

    Raises typer.Exit(1) if it did not bring what it should, or if something fails from outside.
    """
    from delivery.rollout.journal import Outcome

    if as_json:
        print_json(journal.model_dump(mode="json"))
    else:
        why = f": {journal.reason}" if journal.outcome is Outcome.ROLLED_BACK else ""
        print(f"{journal.kind} of {journal.release.release} {journal.outcome}{why}")
        for service, revision in journal.served.items():
            print(f"    {service} serves {revision}")
    for finding in journal.findings:
        print(f"from outside fails {finding}", file=sys.stderr)
    if journal.findings:
        print(f"    fix: beep-infra verify {journal.environment}", file=sys.stderr)
    if journal.outcome is Outcome.ROLLED_BACK or journal.findings:
        raise typer.Exit(FINDINGS)


def print_plans(plans: Sequence[Plan], as_json: bool) -> None:
    """Print the effects of each stack, and their fingerprint."""
    from delivery.rollout.plan import fingerprint

    identity = fingerprint(plans)
    if as_json:
        effects = {plan.stack: [str(effect) for effect in plan.effects] for plan in plans}
        print_json({"fingerprint": identity, "effects": effects})
        return
    for plan in plans:
        print(f"{plan.stack}: {len(plan.effects)} changes")
        for effect in plan.effects:
            print(f"    {effect}{'    DESTROYS' if effect.destroys else ''}")
    print(f"\nfingerprint: {identity}")


class Lines:
    """A line for each thing, for logs."""

    def begin(self, step: str) -> None:
        """Print that a step begins."""
        _line(step)

    def note(self, text: str) -> None:
        """Print what was seen."""
        _line(f"    {text}")

    def end(self, step: str, evidence: Mapping[str, Any]) -> None:
        """Print that a step is done."""
        _line(f"{step}: done")

    def fail(self, step: str, why: str) -> None:
        """Print why a step did not succeed."""
        _line(f"{step}: FAILED: {why}")


def _line(text: str) -> None:
    # At once: a log that is read while a rollout waits must not end in the middle.
    print(f"{datetime.now():%H:%M:%S} {text}", flush=True)


class _Spinner:
    """The step that runs, and below it what is done."""

    def __init__(self, status: Status) -> None:
        self._status = status

    def begin(self, step: str) -> None:
        self._status.update(step)
        self._status.start()

    def note(self, text: str) -> None:
        self._status.console.print(f"  {text}", style="dim", highlight=False, markup=False)

    def end(self, step: str, evidence: Mapping[str, Any]) -> None:
        self._status.stop()
        self._status.console.print(f"✓ {step}", style="green", highlight=False, markup=False)

    def fail(self, step: str, why: str) -> None:
        self._status.stop()
        self._status.console.print(f"✗ {step}: {why}", style="bold red", markup=False)


def _passwords(variables: Mapping[str, str]) -> list[str]:
    """Return what ``secrets export`` handed over: a failing migration may have it in its log."""
    prefix, image = "TF_VAR_", "TF_VAR_image_"
    return [
        value
        for name, value in variables.items()
        if name.startswith(prefix) and not name.startswith(image)
    ]


def _terraform() -> str:
    """Return the executable; where there is none, the first use of it fails and says so."""
    name = os.environ.get("TERRAFORM", "terraform")
    return shutil.which(name) or name
