"""What depends on a changed resource, in its stack and in the others of its environment.

Stacks hold no references to one another: a resource of another stack stands there by its name. The
names are therefore read as Google's interfaces write them, such as ``secrets/NAME``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from change.side import SHARED, Placed, Side

Key = tuple[str, str]
_WORKLOADS = frozenset(
    {"google_cloud_run_v2_service", "google_cloud_run_v2_job", "google_compute_instance"}
)
_VERSION = "google_secret_manager_secret_version"
_COLLECTIONS = {
    "google_artifact_registry_repository": "repositories",
    "google_certificate_manager_certificate_map": "certificateMaps",
    "google_cloud_run_v2_service": "services",
    "google_compute_global_address": "addresses",
    "google_compute_network": "networks",
    "google_compute_subnetwork": "subnetworks",
    "google_dns_managed_zone": "managedZones",
    "google_pubsub_topic": "topics",
    "google_secret_manager_secret": "secrets",
    "google_storage_bucket": "buckets",
}
_ARGUMENTS = {
    "allocated_ip_range": "addresses",
    "bucket": "buckets",
    "managed_zone": "managedZones",
    "network": "networks",
    "reserved_ip_range": "addresses",
    "secret": "secrets",
    "secret_id": "secrets",
    "service_name": "services",
    "subnetwork": "subnetworks",
    "topic": "topics",
}
"""Arguments that name a resource of a collection without the collection."""
_ACCOUNT = re.compile(r"([\w-]+)@[\w-]+\.iam\.gserviceaccount\.com")
_INSTANCE = re.compile(r"(?<![\w:-])[a-z][\w-]+(?::[a-z][\w-]+)?:([a-z][\w-]+)(?![\w:-])")
"""PROJECT:REGION:NAME to connect to, PROJECT:NAME in metrics."""
_ADDRESS = re.compile(r"(?<![\w.])(?:google|aws)_\w+\.[\w-]+(?=\.)")
"""An address in an expression, also inside of a function."""
_PRIVATE = ".internal."
_HOST = re.compile(r"[\w-]+(?:\.[\w-]+)*\.internal\b")
"""A name of the VPC. A public name stands in every application that links to it."""
_LABEL = re.compile(r'service_name = "([\w-]+)"')
_UNREAD = frozenset({"//", "dashboard_json", "documentation"})
"""A text that mentions a thing does not stop working with it."""


@dataclass(frozen=True, slots=True)
class Reach:
    """What depends on a changed resource, over any number of steps."""

    stack: str
    address: str
    workloads: tuple[str, ...]
    others: tuple[tuple[str, int], ...]
    """Other resources that depend on it: how many, by stack."""

    def __str__(self) -> str:
        named = [", ".join(self.workloads)] if self.workloads else []
        counted = ", ".join(f"{count} in {stack}" for stack, count in self.others)
        more = [f"{'and ' if named else ''}other resources: {counted}"] if counted else []
        return f"{self.stack}: {self.address} ← {' '.join([*named, *more])}"


class Graph:
    """Which resources use which, of all stacks of a side."""

    def __init__(self, side: Side) -> None:
        self._side = side
        self._owners: dict[tuple[str, str], list[Key]] = {}
        for placed in side.by_key.values():
            for token in _identities(placed):
                self._owners.setdefault((placed.environment, token), []).append(placed.key)
        self._users: dict[Key, set[Key]] = {}
        for placed in side.by_key.values():
            for used in self._uses(placed):
                if used != placed.key:
                    self._users.setdefault(used, set()).add(placed.key)

    def reach(self, key: Key) -> Reach | None:
        """Return what depends on a resource, if anything does."""
        seen: dict[Key, None] = {}
        waiting = [key]
        while waiting:
            for user in sorted(self._users.get(waiting.pop(), ())):
                if user not in seen and user != key:
                    seen[user] = None
                    waiting.append(user)
        if not seen:
            return None
        workloads, counts = set(), dict[str, int]()
        for stack, address in sorted(seen):
            placed = self._side.by_key[stack, address]
            if placed.resource.kind in _WORKLOADS:
                workloads.add(placed.name)
            else:
                counts[stack] = counts.get(stack, 0) + 1
        return Reach(*key, tuple(sorted(workloads)), tuple(counts.items()))

    def _uses(self, placed: Placed) -> Iterator[Key]:
        for token, is_address in _mentions(placed.resource.arguments):
            if is_address:
                if (placed.stack, token) in self._side.by_key:
                    yield placed.stack, token
                continue
            for environment in (placed.environment, SHARED):
                for owner in self._owners.get((environment, token), ()):
                    # Who reads a secret needs its version as well; what else names it does not.
                    if not owner[1].startswith(_VERSION) or placed.resource.kind in _WORKLOADS:
                        yield owner


def reaches(side: Side, keys: Iterable[Key]) -> list[Reach]:
    """Return what depends on each of the resources, the widest first."""
    graph = Graph(side)
    result = [reach for key in keys if (reach := graph.reach(key))]
    return sorted(result, key=lambda reach: (-len(reach.workloads), reach.stack, reach.address))


def _identities(placed: Placed) -> Iterator[str]:
    kind, name = placed.resource.kind, placed.name
    if kind in _COLLECTIONS:
        yield f"{_COLLECTIONS[kind]}/{name}"
    elif kind == "google_service_account":
        yield f"account {name}"
    elif kind == "google_sql_database_instance":
        yield f"instance {name}"
    elif kind == "google_dns_record_set" and name.endswith(_PRIVATE):
        yield f"host {name.rstrip('.')}"
    elif kind == _VERSION:
        yield f"secrets/{str(placed.get('secret')).rpartition('/')[2]}"


def _mentions(value: Any, argument: str = "") -> Iterator[tuple[str, bool]]:
    """Yield what a document mentions: names, and addresses of the same stack."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if key not in _UNREAD:
                yield from _mentions(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from _mentions(inner, argument)
    elif isinstance(value, str):
        yield from _in_text(value, argument)


def _in_text(text: str, argument: str) -> Iterator[tuple[str, bool]]:
    if argument == "depends_on":
        yield text, True
        return
    if "${" in text:
        for address in _ADDRESS.findall(text):
            yield address, True
    if argument in _ARGUMENTS and "/" not in text:
        yield f"{_ARGUMENTS[argument]}/{text}", False
    for name in _LABEL.findall(text):
        yield f"services/{name}", False
    for name in _ACCOUNT.findall(text):
        yield f"account {name}", False
    for name in _INSTANCE.findall(text):
        yield f"instance {name}", False
    for name in _HOST.findall(text):
        yield f"host {name}", False
    steps = text.split("/")
    for collection, name in pairwise(steps):
        yield f"{collection}/{name}", False
