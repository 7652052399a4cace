"""An environment with three services, in which Terraform and Google share one store."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from delivery.release import Migrations, Release
from delivery.rollout.alerts import Alerts
from delivery.rollout.bucket import Bucket
from delivery.rollout.clock import Clock
from delivery.rollout.cloud_run import CloudRun
from delivery.rollout.engine import Rollout
from delivery.rollout.gate import Limits, Timing, Verdict
from delivery.rollout.job_log import JobLog
from delivery.rollout.journal import Journal
from delivery.rollout.lock import Holder
from delivery.rollout.metrics import Metrics
from delivery.rollout.outside import of_a_revision
from delivery.rollout.plan import Plan, effects_of, fingerprint
from delivery.rollout.report import Report
from delivery.rollout.target import STACKS, ServiceTarget, Target
from delivery.rollout.world import GoogleSide, Images, Meanwhile, Outside, Terraform, World, nothing
from google_api import Google
from results import Result, Status
from secret_manager.client import SecretManager
from tests.google_api.direct import DirectGoogle
from tests.google_api.fake import FakeGoogle
from tests.google_api.fake import World as GoogleWorld

PLACE = "projects/beep-prod-sample/locations/us-central1"
API, WEB, COLLECTOR = "beep-api", "beep-web", "beep-otel-collector"
NAMES = (API, WEB, COLLECTOR)
JOB = "beep-migrate"
SECRET = "canary-value-that-nobody-may-write-down"
"""In every plan, marked as sensitive."""

LIMITS = Limits(min_requests=100, error_ratio=0.01, error_factor=2.0, p99_ms=None, p99_factor=1.5)
TARGET = Target(
    environment="prod",
    project="beep-prod-sample",
    region="us-central1",
    bucket="beep-state-sample",
    services=(
        ServiceTarget(API, "api", LIMITS, "candidate-api.example.com"),
        ServiceTarget(WEB, "web", replace(LIMITS, p99_ms=3000)),
        ServiceTarget(COLLECTOR, "otel_collector", LIMITS, answers_outside=False),
    ),
    migrate_job=JOB,
    on_inconclusive=Verdict.INCONCLUSIVE,
    needs_approval=True,
    shifts=(5, 25, 50, 100),
    timing=Timing(first_look=180, interval=60, hold=240, max_hold=600),
)


def place_of(target: Target) -> str:
    return f"projects/{target.project}/locations/{target.region}"


def image(name: str, number: int) -> str:
    return f"example.com/{name}@sha256:{number:064x}"


def release(
    number: int,
    migrations: Migrations = Migrations.EXPAND,
    contract_statements: Mapping[str, tuple[str, ...]] | None = None,
    **images: int | str,
) -> Release:
    """Return the release of a number; its images have that number unless they have one here."""
    names = ("api", "otel_collector", "migrations", "auth_proxy")
    numbers = {name: images.get(name, number) for name in (*names, "web")}
    digests = {n: v if isinstance(v, str) else image(n, v) for n, v in numbers.items()}
    return Release(
        release=f"r{number}",
        commit=f"{number:040x}",
        migrations=migrations,
        contract_statements=contract_statements,
        images={**{n: digests[n] for n in names}, "web": {"prod": digests["web"]}},
    )


class Killed(BaseException):
    """The process is gone: nothing after this runs."""


@dataclass
class Killer:
    """Kills at the nth moment, if that is set, and counts the moments.

    The moments are before and after each change. To be killed at a read is to be killed after the
    change before it.
    """

    at: int | None = None
    moments: list[str] = field(default_factory=list)
    interventions: list[Callable[[str], None]] = field(default_factory=list)
    """What others do at a moment."""

    def __call__(self, moment: str) -> None:
        if " GET " not in moment:
            self.moments.append(moment)
            for intervene in self.interventions:
                intervene(moment)
            if self.at is not None and len(self.moments) == self.at:
                raise Killed(moment)


class FakeClock:
    """Waits in no time."""

    def __init__(self) -> None:
        self.time = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


class FakeTerraform:
    """Applies a release's images to the fake Cloud Run; of other stacks it knows a version."""

    def __init__(
        self, google: GoogleWorld, target: Target, killer: Killer, clock: FakeClock
    ) -> None:
        self.google = google
        self.minutes_of_an_apply = 0
        self._clock = clock
        self.versions: dict[str, int] = {}
        """What the settings of a stack are now; 1 unless they changed."""
        self.applied: dict[str, str] = {}
        self.moves_traffic = False
        """As a provider that does not ignore the field."""
        self.destroys: str | None = None
        """An address that every plan replaces."""
        self.applies: list[str] = []
        self._target = target
        self._place = place_of(target)
        self._killer = killer
        self._wanted: dict[str, dict[str, str]] = {}

    def plan(self, stack: str, images: Images, meanwhile: Meanwhile = nothing) -> Plan:
        part = stack.rpartition("-")[2]
        wanted = self._resources(part, images)
        self._wanted[stack] = wanted
        changes = [
            _change(address, ["update"] if address in self.applied else ["create"], value)
            for address, value in wanted.items()
            if self._seen(address) != value
        ]
        if self.destroys and part == "data":
            changes.append(_change(self.destroys, ["delete", "create"], "x"))
        document = json.loads(json.dumps({"resource_changes": changes}))
        return Plan(stack, effects_of(stack, document), not changes, Path("unused"))

    def apply(self, plan: Plan, meanwhile: Meanwhile = nothing) -> None:
        self.applies.append(plan.stack)
        for _ in range(self.minutes_of_an_apply):
            self._clock.sleep(60)
            meanwhile()
        # Others may plan meanwhile.
        wanted = self._wanted[plan.stack]
        for effect in plan.effects:
            self._killer(f"before apply {effect.address}")
            self._put(effect.address, wanted[effect.address])
            self._killer(f"after apply {effect.address}")

    def _resources(self, part: str, images: Images) -> dict[str, str]:
        version = self.versions.get(part, 1)
        match part:
            case "services":
                return {
                    f"google_cloud_run_v2_service.{s.name}": f"{images[s.image]} {version}"
                    for s in self._target.services
                }
            case "migrations":
                return {f"google_cloud_run_v2_job.{JOB}": images["migrations"]}
        return {f"terraform_data.{part}": str(version)}

    def _seen(self, address: str) -> str | None:
        """Refresh: what others changed in the store shows."""
        kind, _, name = address.partition(".")
        store = self.google.run
        if kind == "google_cloud_run_v2_service":
            service = store.services.get(f"{self._place}/services/{name}")
            if service is None:
                return None
            container = service["template"]["containers"][1]
            return f"{container['image']} {container['env'][0]['value']}"
        if kind == "google_cloud_run_v2_job":
            job = store.jobs.get(f"{self._place}/jobs/{name}")
            return str(job["template"]["template"]["containers"][0]["image"]) if job else None
        return self.applied.get(address)

    def _put(self, address: str, value: str) -> None:
        kind, _, name = address.partition(".")
        self.applied[address] = value
        if kind == "google_cloud_run_v2_service":
            picture, version = value.split(" ")
            full = f"{self._place}/services/{name}"
            self.google.run.put_service(full, picture, version)
            if self.moves_traffic:
                newest = self.google.run.services[full]["latestCreatedRevision"]
                self.google.run.set_traffic(full, [revision_target(newest, 100)])
        elif kind == "google_cloud_run_v2_job":
            self.google.run.put_job(f"{self._place}/jobs/{name}", value)


def revision_target(revision: str, percent: int) -> dict[str, Any]:
    return {
        "type": "TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION",
        "revision": revision.rpartition("/")[2],
        "percent": percent,
    }


def _change(address: str, actions: list[str], value: str) -> dict[str, Any]:
    change = {
        "actions": actions,
        "after": {"value": value, "password": SECRET},
        "after_unknown": {"id": True},
        "after_sensitive": {"password": True},
    }
    return {"address": address, "change": change}


class Heard:
    """A report that keeps what it hears."""

    def __init__(self) -> None:
        self.ended: list[str] = []
        self.failed: list[tuple[str, str]] = []
        self.notes: list[str] = []

    def begin(self, step: str) -> None:
        pass

    def note(self, text: str) -> None:
        self.notes.append(text)

    def end(self, step: str, evidence: Mapping[str, Any]) -> None:
        self.ended.append(step)

    def fail(self, step: str, why: str) -> None:
        self.failed.append((step, why))


class FakeOutside:
    """Answers as strangers are answered: all is well, but at the hosts that are down."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        """The candidates' hosts."""
        self.down: set[str] = set()
        """Hosts of candidates that do not answer."""
        self.live_failures: list[tuple[str, str]] = []
        """What fails of what serves: check and host."""

    def smoke(self, service: str, host: str) -> list[Result]:
        self.asked.append(host)
        status = Status.FAILURE if host in self.down else Status.PASS
        return [Result("health", status, "503", asked=f"GET https://{host}/")]

    def live(self) -> list[Result]:
        return [r for r in self._answers() if of_a_revision(f"{r.check}: {r.asked}")]

    def verify(self, meanwhile: Meanwhile = nothing) -> list[Result]:
        return self._answers()

    def _answers(self) -> list[Result]:
        hosts = self.live_failures or [("health", "api.example.com")]
        status = Status.FAILURE if self.live_failures else Status.PASS
        return [Result(check, status, "503", asked=f"GET https://{host}/") for check, host in hosts]


def world_of(
    target: Target, google: Google, terraform: Terraform, clock: Clock, outside: Outside
) -> World:
    side = GoogleSide(
        Bucket(google, target.bucket),
        CloudRun(google, clock, project=target.project, region=target.region),
        Metrics(google, project=target.project),
        Alerts(google, project=target.project),
        SecretManager(google, target.project),
        JobLog(google, project=target.project, secrets=["known-to-us"]),
    )
    return World(side, terraform, clock, outside)


class Scene:
    """Everything that a rollout acts on, and short ways to it."""

    def __init__(self, fake: FakeGoogle, target: Target = TARGET) -> None:
        fake.world = GoogleWorld()
        self.google = fake.world
        self.run_store = self.google.run
        self.clock = FakeClock()
        self.killer = Killer()
        self.terraform = FakeTerraform(self.google, target, self.killer, self.clock)
        self.target = target
        self.outside = FakeOutside()
        self.report: Callable[[], Report] = Heard
        self.world = world_of(
            target, DirectGoogle(fake, self.killer), self.terraform, self.clock, self.outside
        )
        self.store = self.world.google.store
        self.cloud_run = self.world.google.run

    def saved(self) -> bytes:
        """Return all that others keep: what a process leaves behind when it is killed."""
        google = self.google
        kept = (google.run, google.objects, google.metrics, self.terraform.applied, self.clock.time)
        return pickle.dumps(kept)

    def restore(self, saved: bytes) -> None:
        """Go on from there."""
        google = self.google
        kept = pickle.loads(saved)
        google.run, google.objects, google.metrics, self.terraform.applied, self.clock.time = kept
        self.run_store = google.run

    def rollout(self, holder: str = "somebody") -> Rollout:
        return Rollout(self.world, self.target, Holder(holder), self.report())

    def heard(self, rollout: Rollout) -> Heard:
        assert isinstance(rollout.report, Heard)
        return rollout.report

    def approved(self, wanted: Release) -> str:
        return fingerprint(self.rollout().plan(wanted))

    def run(self, wanted: Release) -> Journal:
        return self.rollout().run(wanted, approved=self.approved(wanted))

    def traffic(self) -> dict[str, dict[str, int]]:
        """Return the shares of each service by the image that gets them."""
        return {service.name: self._shares(service.name) for service in self.target.services}

    def _shares(self, name: str) -> dict[str, int]:
        full = f"{place_of(self.target)}/services/{name}"
        shares = {}
        for share in self.run_store.services[full]["traffic"]:
            revision = self.run_store.revisions[f"{full}/revisions/{share['revision']}"]
            assert "tag" not in share, f"{name} keeps the tag {share['tag']}"
            shares[revision["containers"][1]["image"]] = share["percent"]
        return shares

    def serves(self, wanted: Release) -> bool:
        """Tell whether every service gives all traffic to the images of a release."""
        images = wanted.images_for(self.target.environment)
        expected = {service.name: {images[service.image]: 100} for service in self.target.services}
        return self.traffic() == expected

    def left_to_do(self, wanted: Release, parts: tuple[str, ...] = STACKS) -> list[str]:
        """Return what Terraform would change with a release."""
        return [str(e) for plan in self.rollout().plan(wanted, parts) for e in plan.effects]

    def revive(self) -> None:
        """Let the lock of a killed process expire, and kill no more."""
        self.killer.at = None
        self.clock.sleep(3600)
