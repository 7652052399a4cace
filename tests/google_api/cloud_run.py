"""Cloud Run's services, revisions and jobs, as its interface v2 shows them.

The store is shared: what a stand-in for Terraform makes here is what a rollout sees.
"""

from __future__ import annotations

import re
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from tests.google_api.answers import Answer, MethodRoute, error

LATEST = {"type": "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST", "percent": 100}
_REVISION = "TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION"
Resource = dict[str, Any]


@dataclass
class RunStore:
    """What Cloud Run holds, by full name."""

    services: dict[str, Resource] = field(default_factory=dict)
    """What changes in one is put in the place of what was, so that a copy of its keys is one."""
    revisions: dict[str, Resource] = field(default_factory=dict)
    jobs: dict[str, Resource] = field(default_factory=dict)
    executions: dict[str, Resource] = field(default_factory=dict)
    operations: dict[str, Resource] = field(default_factory=dict)
    broken_images: set[str] = field(default_factory=set)
    """A revision of such an image does not get ready, and a job of it fails."""
    stale_reads: int = 0
    """So many reads of services show what was before the last change."""
    writes_of_traffic: int = 0
    _before: dict[str, Resource] = field(default_factory=dict)
    _number: int = 0

    def put_service(self, name: str, image: str, env: str = "") -> None:
        """Create a service, or give it another template, which makes a revision."""
        template = {
            "containers": [
                {"image": "example.com/sidecar"},
                {
                    "image": image,
                    "ports": [{"containerPort": 8080}],
                    "env": [{"name": "VERSION", "value": env}],
                },
            ]
        }
        service = self.services.get(name)
        if service is not None and service["template"] == template:
            return
        if service is None:
            service = {"name": name, "traffic": [dict(LATEST)], "uri": _uri(name), "generation": 0}
        self._changes(service)
        short = name.rpartition("/")[2]
        count = sum(revision.startswith(f"{name}/") for revision in self.revisions)
        revision = f"{name}/revisions/{short}-{count + 1:05}-abc"
        is_ready = image not in self.broken_images
        state = "CONDITION_SUCCEEDED" if is_ready else "CONDITION_FAILED"
        message = "" if is_ready else "the startup probe failed"
        self.revisions[revision] = {
            "name": revision,
            "containers": template["containers"],
            "conditions": [{"type": "Ready", "state": state, "message": message}],
        }
        service["template"] = template
        service["latestCreatedRevision"] = revision
        if is_ready:
            service["latestReadyRevision"] = revision
        self.services[name] = service

    def put_job(self, name: str, image: str) -> None:
        """Create a job, or give it another image."""
        template = {"template": {"containers": [{"image": image}]}}
        self.jobs[name] = {"name": name, "template": template}

    def set_traffic(self, name: str, traffic: list[Resource]) -> None:
        """Change the traffic, as somebody else would."""
        service = self.services[name]
        self._changes(service)
        service["traffic"] = deepcopy(traffic)

    def shown(self, name: str) -> Resource:
        """Return a service as a read shows it now."""
        service = self.services[name]
        if self.stale_reads > 0 and name in self._before:
            self.stale_reads -= 1
            service = self._before[name]
        latest = service.get("latestReadyRevision", "").rpartition("/")[2]
        statuses = [
            {**target, "revision": target.get("revision", latest)}
            | ({"uri": _uri(name, target["tag"])} if "tag" in target else {})
            for target in service["traffic"]
        ]
        return {**service, "trafficStatuses": statuses, "reconciling": False}

    def next_number(self) -> int:
        """Return a number that was not used yet."""
        self._number += 1
        return self._number

    def begin(self, kind: str) -> Resource:
        """Return an operation, which is done when it is asked for."""
        name = f"projects/p/locations/l/operations/{kind}-{self.next_number()}"
        self.operations[name] = {"name": name, "done": True}
        return {"name": name, "done": False}

    def _changes(self, service: Resource) -> None:
        if "etag" in service:
            self._before[service["name"]] = dict(service)
        service["generation"] += 1
        service["observedGeneration"] = service["generation"]
        service["etag"] = f'"{self.next_number()}"'


def _uri(name: str, tag: str | None = None) -> str:
    host = name.rpartition("/")[2]
    return f"https://{tag}---{host}.example.com" if tag else f"https://{host}.example.com"


def _get_service(world: Any, match: re.Match[str], *_: Any) -> Answer:
    name = match["name"]
    if name not in world.run.services:
        return error(404, f"Resource '{name}' was not found")
    return 200, world.run.shown(name)


def _patch_service(
    world: Any, match: re.Match[str], query: dict[str, list[str]], body: Resource
) -> Answer:
    store: RunStore = world.run
    name = match["name"]
    if query.get("updateMask") != ["traffic"]:
        return error(400, "this fake lets nobody but Terraform write more than traffic")
    if name not in store.services:
        return error(404, f"Resource '{name}' was not found")
    service = store.services[name]
    if body.get("etag") not in (None, service["etag"]):
        return error(409, "The resource was changed since it was read.")
    targets = body["traffic"]
    if sum(target.get("percent", 0) for target in targets) != 100:
        return error(400, "Traffic percentages must sum to 100.")
    for target in targets:
        if target["type"] == _REVISION and f"{name}/revisions/{target['revision']}" not in (
            store.revisions
        ):
            return error(400, f"Revision '{target['revision']}' was not found")
    store.set_traffic(name, targets)
    store.writes_of_traffic += 1
    return 200, store.begin("traffic")


def _get_revision(world: Any, match: re.Match[str], *_: Any) -> Answer:
    revision = world.run.revisions.get(match["name"])
    return (200, revision) if revision else error(404, "Revision was not found")


def _get_operation(world: Any, match: re.Match[str], *_: Any) -> Answer:
    return 200, world.run.operations[match["name"]]


def _run_job(world: Any, match: re.Match[str], *_: Any) -> Answer:
    store: RunStore = world.run
    job = store.jobs.get(match["name"])
    if job is None:
        return error(404, "Job was not found")
    name = f"{match['name']}/executions/run-{store.next_number():05}"
    containers = deepcopy(job["template"]["template"]["containers"])
    store.executions[name] = {
        "name": name,
        "template": {"containers": containers},
        "logUri": "https://console.example.com/logs",
        "asked": 0,
    }
    return 200, store.begin("run")


def _list_executions(world: Any, match: re.Match[str], *_: Any) -> Answer:
    """List them; each is running when it is seen first, and has ended when it is seen next."""
    store: RunStore = world.run
    listed = []
    for name, execution in store.executions.items():
        if not name.startswith(f"{match['name']}/"):
            continue
        execution["asked"] += 1
        if execution["asked"] == 2:
            image = execution["template"]["containers"][0]["image"]
            count = "failedCount" if image in store.broken_images else "succeededCount"
            execution |= {"completionTime": "2026-11-26T12:00:00Z", count: 1}
        listed.append({key: value for key, value in execution.items() if key != "asked"})
    return 200, {"executions": listed} if listed else {}


_V2 = r"/run\.googleapis\.com/v2/"
_PLACE = r"projects/[a-z0-9-]+/locations/[a-z0-9-]+"
ROUTES: tuple[MethodRoute, ...] = (
    ("GET", rf"{_V2}(?P<name>{_PLACE}/services/[a-z0-9-]+)", _get_service),
    ("PATCH", rf"{_V2}(?P<name>{_PLACE}/services/[a-z0-9-]+)", _patch_service),
    ("GET", rf"{_V2}(?P<name>{_PLACE}/services/[a-z0-9-]+/revisions/[a-z0-9-]+)", _get_revision),
    ("POST", rf"{_V2}(?P<name>{_PLACE}/jobs/[a-z0-9-]+):run", _run_job),
    ("GET", rf"{_V2}(?P<name>{_PLACE}/jobs/[a-z0-9-]+)/executions", _list_executions),
    ("GET", rf"{_V2}(?P<name>{_PLACE}/operations/[a-z0-9-]+)", _get_operation),
)
