"""Where a release goes: what a rollout has to know of an environment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from constructs_lib.edge.hosts import candidate_hosts, only_through_load_balancer
from constructs_lib.environment.environment import Environment
from constructs_lib.environment.services import EnvironmentService, deployed_services
from constructs_lib.environment.settings import EnvironmentSettings
from constructs_lib.postgres.settings import ComputeEnginePostgres
from constructs_lib.rollout.settings import FIRST_LOOK_MINUTES, OnInconclusive
from delivery.release import MIGRATIONS_IMAGE, Release
from delivery.rollout.gate import Limits, Timing, Verdict
from envschema.services import MIGRATE, Kind

_ON_INCONCLUSIVE: Mapping[OnInconclusive, Verdict] = {
    "hold": Verdict.INCONCLUSIVE,
    "proceed": Verdict.PASS,
    "rollback": Verdict.FAIL,
}
STACKS = ("foundation", "data", "migrations", "services", "monitoring")
"""In the order of a rollout. The budget is applied by whoever has rights on the billing account."""


@dataclass(frozen=True, slots=True)
class ServiceTarget:
    """A service: what Cloud Run and the release file call it, and how it is judged."""

    name: str
    image: str
    """The name within the release's images."""
    limits: Limits
    candidate_host: str | None = None
    answers_outside: bool = True
    """Whether Google's own address of it answers this machine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """An environment."""

    environment: str
    project: str
    region: str
    bucket: str
    services: tuple[ServiceTarget, ...]
    """In the order of a rollout: what others call comes first."""
    other_images: tuple[str, ...] = (MIGRATIONS_IMAGE,)
    """The images of jobs, of the sidecar and of machines."""
    named_images: Mapping[str, str] = field(default_factory=dict)
    """By name: what the environment's file names, and a release may leave out."""
    migrate_job: str
    on_inconclusive: Verdict
    """What follows when the gate comes to no verdict: PASS goes on, FAIL goes back, and
    INCONCLUSIVE waits for somebody."""
    needs_approval: bool
    shifts: tuple[int, ...]
    """The percentages of the traffic, one after the other."""
    timing: Timing

    @property
    def images(self) -> tuple[str, ...]:
        """The images that a release must have here."""
        used = (*(service.image for service in self.services), *self.other_images)
        return tuple(name for name in used if name not in self.named_images)

    def image(self, release: Release, name: str) -> str | None:
        """Return the image that this environment runs of a release."""
        return release.image(name, self.environment) or self.named_images.get(name)

    def stack(self, part: str) -> str:
        """Return the name of a stack."""
        return f"{self.environment}-{part}"


def target_of(environment: Environment) -> Target:
    """Return what a rollout has to know of an environment."""
    settings, names = environment.settings, environment.names
    # A web application calls the API: what is called goes first.
    services = sorted(
        deployed_services(settings), key=lambda service: service.entry.kind is not Kind.API
    )
    hosts = {host.workload: host.host for host in candidate_hosts(settings)}
    return Target(
        environment=settings.environment,
        project=settings.project_id,
        region=settings.region,
        bucket=environment.shared.state_bucket,
        services=tuple(
            _service(service, names.workload(service.name), hosts.get(service.name))
            for service in services
        ),
        other_images=tuple(_other_images(settings)),
        named_images={name.removeprefix("image_"): image for name, image in settings.images()},
        migrate_job=names.workload(MIGRATE),
        on_inconclusive=_ON_INCONCLUSIVE[settings.on_inconclusive],
        needs_approval=not settings.disposable,
        shifts=settings.rollout.steps,
        timing=Timing(
            first_look=FIRST_LOOK_MINUTES * 60,
            hold=settings.rollout.hold_minutes * 60,
            max_hold=settings.rollout.max_hold_minutes * 60,
        ),
    )


def _other_images(settings: EnvironmentSettings) -> Iterator[str]:
    """Yield the images that the stacks run beside the services."""
    yield MIGRATIONS_IMAGE
    postgres = settings.enabled_postgres
    in_use = {
        "db_bootstrap": postgres is not None,
        "auth_proxy": postgres is not None and postgres.through_proxy,
        "postgres": isinstance(postgres, ComputeEnginePostgres),
        "lgtm": settings.telemetry_server is not None,
    }
    yield from (name for name, is_used in in_use.items() if is_used)


def _service(service: EnvironmentService, name: str, candidate_host: str | None) -> ServiceTarget:
    settings = service.settings
    rollout = settings.rollout
    p99_ms = rollout.max_latency_p99_ms or settings.alerts.latency_p95_ms
    limits = Limits(
        min_requests=rollout.min_requests,
        error_ratio=rollout.max_error_ratio,
        error_factor=rollout.max_error_factor,
        p99_ms=None if service.entry.streams else p99_ms,
        p99_factor=rollout.max_latency_factor,
    )
    is_closed = service.only_through_vpc or only_through_load_balancer(settings, service.name)
    return ServiceTarget(
        name,
        service.entry.input_name,
        limits,
        candidate_host,
        service.is_public and not is_closed,
    )
