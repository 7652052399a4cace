"""Services, revisions and jobs as Cloud Run shows them, and the one writer of traffic.

Interface: https://cloud.google.com/run/docs/reference/rest/v2/projects.locations.services.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from delivery.rollout.clock import Clock
from delivery.rollout.errors import StepFailed
from google_api import Conflict, Google, NotFound, Unreachable

CANDIDATE = "candidate"
"""The tag of a revision under test; ``edge.candidate_hosts`` lead to it."""
_API = "run"
_LATEST = "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST"
_REVISION = "TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION"
_ATTEMPTS = 5
_POLL_SECONDS = 2
_OPERATION_SECONDS = 300


@dataclass(frozen=True, slots=True)
class TrafficTarget:
    """A share of the traffic. Without a revision it goes to the newest one."""

    revision: str | None
    percent: int
    tag: str | None = None

    def __str__(self) -> str:
        tag = f" as {self.tag}" if self.tag else ""
        return f"{self.percent} % to {self.revision or 'the newest'}{tag}"


class Ready(StrEnum):
    """Whether a revision can serve."""

    YES = "yes"
    NO = "no"
    NOT_YET = "not yet"


@dataclass(frozen=True, slots=True)
class ServiceState:
    """A service."""

    etag: str
    traffic: tuple[TrafficTarget, ...]
    latest_created: str
    latest_ready: str
    is_settled: bool
    """Whether what Cloud Run shows is of the newest template."""
    image: str
    """Of the newest template: the container that serves."""
    url: str
    tag_urls: Mapping[str, str]

    def serving(self) -> str | None:
        """Return the revision that has all traffic, or None if it is shared."""
        whole = [target for target in self.traffic if target.percent == 100]
        return (whole[0].revision or self.latest_ready) if whole else None

    def is_pinned(self) -> bool:
        """Whether no new revision can get traffic by being made."""
        return all(target.revision is not None for target in self.traffic)


@dataclass(frozen=True, slots=True, order=True)
class PinnedSecret:
    """A version of a secret that a revision reads when an instance of it starts."""

    secret_id: str
    version: int


@dataclass(frozen=True, slots=True)
class RevisionState:
    """A revision."""

    ready: Ready
    message: str
    image: str
    secrets: frozenset[PinnedSecret]


class ExecutionState(StrEnum):
    """How far an execution of a job is."""

    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Execution:
    """An execution of a job."""

    name: str
    state: ExecutionState
    image: str
    log_uri: str


class CloudRun:
    """The services and jobs of an environment; methods raise GoogleError."""

    def __init__(self, google: Google, clock: Clock, *, project: str, region: str) -> None:
        self._google = google
        self._clock = clock
        self._place = f"v2/projects/{project}/locations/{region}"

    def service(self, name: str) -> ServiceState | None:
        """Return a service, or None if there is none."""
        try:
            answer = self._google.get(_API, f"{self._place}/services/{name}")
        except NotFound:
            return None
        statuses = answer.get("trafficStatuses", ())
        return ServiceState(
            answer.get("etag", ""),
            tuple(_target(target) for target in answer.get("traffic", ())),
            _short(answer.get("latestCreatedRevision", "")),
            _short(answer.get("latestReadyRevision", "")),
            not answer.get("reconciling", False)
            and answer.get("observedGeneration") == answer.get("generation"),
            _image(answer["template"]),
            answer.get("uri", ""),
            {s["tag"]: s["uri"] for s in statuses if s.get("tag") and s.get("uri")},
        )

    def revision(self, service: str, name: str) -> RevisionState | None:
        """Return a revision, or None if it is gone."""
        try:
            answer = self._google.get(_API, f"{self._place}/services/{service}/revisions/{name}")
        except NotFound:
            return None
        for condition in answer.get("conditions", ()):
            if condition.get("type") == "Ready":
                states = {"CONDITION_SUCCEEDED": Ready.YES, "CONDITION_FAILED": Ready.NO}
                ready = states.get(condition.get("state"), Ready.NOT_YET)
                message = condition.get("message", "")
                return RevisionState(ready, message, _image(answer), _secrets(answer))
        return RevisionState(Ready.NOT_YET, "", _image(answer), _secrets(answer))

    def set_traffic(
        self, service: str, wanted: Sequence[TrafficTarget], *, confirm: Callable[[], None]
    ) -> None:
        """Make the traffic of a service so; nothing else of it is sent, and so nothing changes.

        What is there already is not written again. ``confirm`` raises if the lock is lost. It is
        asked between the read and the write: who takes the lock after that also writes after that,
        or makes the etag an old one. Raises StepFailed if others keep changing the traffic.
        """
        body = [_written(target) for target in wanted]
        for _ in range(_ATTEMPTS):
            current = self.service(service)
            if current is None:
                raise StepFailed(f"{service} is gone", "see who deleted it, and abort")
            if frozenset(current.traffic) == frozenset(wanted):
                return
            confirm()
            try:
                operation = self._google.patch(
                    _API,
                    f"{self._place}/services/{service}",
                    {"traffic": body, "etag": current.etag},
                    updateMask="traffic",
                )
                self._wait(operation)
            except Conflict:
                # An old etag: read again, because it may have been our own write.
                self._clock.sleep(_POLL_SECONDS)
            except Unreachable:
                # The answer may be lost and the traffic changed: look.
                self._clock.sleep(_POLL_SECONDS)
        raise StepFailed(
            f"the traffic of {service} does not become what was written",
            "see who else changes it (Cloud Audit Logs), then: beep-infra rollout resume",
        )

    def executions(self, job: str) -> list[Execution]:
        """Return the executions of a job, in the order of their names."""
        answers = self._google.pages(_API, f"{self._place}/jobs/{job}/executions", "executions")
        return sorted(
            (
                Execution(
                    _short(answer["name"]),
                    _state(answer),
                    _image(answer["template"]),
                    answer.get("logUri", ""),
                )
                for answer in answers
            ),
            key=lambda execution: execution.name,
        )

    def execute(self, job: str) -> None:
        """Begin an execution; after Unreachable it may have begun."""
        self._google.change(_API, f"{self._place}/jobs/{job}:run", {})

    def _wait(self, operation: dict[str, Any]) -> None:
        waited = 0
        while not operation.get("done"):
            if waited >= _OPERATION_SECONDS:
                raise StepFailed(
                    f"Cloud Run does not finish {operation['name']}",
                    "wait for it, then: beep-infra rollout resume",
                )
            self._clock.sleep(_POLL_SECONDS)
            waited += _POLL_SECONDS
            operation = self._google.get(_API, f"v2/{operation['name']}")
        if error := operation.get("error"):
            raise StepFailed(
                f"Cloud Run refuses the traffic: {error.get('message')}",
                "see the message, then: beep-infra rollout resume",
            )


def _target(answer: Mapping[str, Any]) -> TrafficTarget:
    revision = answer.get("revision") if answer.get("type") == _REVISION else None
    return TrafficTarget(revision, answer.get("percent", 0), answer.get("tag") or None)


def _written(target: TrafficTarget) -> dict[str, Any]:
    body: dict[str, Any] = {"type": _REVISION if target.revision else _LATEST}
    if target.revision:
        body["revision"] = target.revision
    if target.percent:
        body["percent"] = target.percent
    if target.tag:
        body["tag"] = target.tag
    return body


def _image(template: Mapping[str, Any]) -> str:
    """Return the image of the container that serves: the one with ports, or the first."""
    # A job's template has the containers one level deeper.
    containers = template.get("containers") or template.get("template", {}).get("containers", [])
    serving = [c for c in containers if c.get("ports")] or containers[:1]
    return str(serving[0]["image"]) if serving else ""


def _secrets(revision: Mapping[str, Any]) -> frozenset[PinnedSecret]:
    """Return what it pins in variables and in files; ``latest`` pins nothing."""
    pairs = [
        (reference["secret"], reference.get("version"))
        for container in revision.get("containers", ())
        for variable in container.get("env", ())
        if (reference := variable.get("valueSource", {}).get("secretKeyRef"))
    ]
    pairs += [
        (volume["secret"]["secret"], item.get("version"))
        for volume in revision.get("volumes", ())
        for item in volume.get("secret", {}).get("items", ())
    ]
    return frozenset(
        PinnedSecret(_short(secret), int(version))
        for secret, version in pairs
        if version and version.isdecimal()
    )


def _state(answer: Mapping[str, Any]) -> ExecutionState:
    if answer.get("failedCount") or answer.get("cancelledCount"):
        return ExecutionState.FAILED
    for condition in answer.get("conditions", ()):
        if condition.get("type") == "Completed" and condition.get("state") == "CONDITION_FAILED":
            return ExecutionState.FAILED
    if not answer.get("completionTime"):
        return ExecutionState.RUNNING
    return ExecutionState.SUCCEEDED if answer.get("succeededCount") else ExecutionState.FAILED


def _short(name: str) -> str:
    return name.rpartition("/")[2]
