"""A Google on loopback: real HTTP, the answers of the real interfaces, and a switch for each fault.

The first part of a path is the host, as ``google_api.Google`` writes it with an endpoint.
"""

from __future__ import annotations

import base64
import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from secret_manager.crc32c import crc32c
from tests.google_api import cloud_run, monitoring, sql_admin, storage
from tests.google_api.answers import Answer as Answer
from tests.google_api.answers import MethodRoute
from tests.google_api.answers import error as error
from tests.google_api.cloud_run import RunStore
from tests.google_api.monitoring import MetricStore
from tests.google_api.sql_admin import SqlStore
from tests.google_api.storage import ObjectStore

TOKEN = "ya29.canary-token-that-nobody-may-print"


def api_disabled(service: str, consumer: str) -> Answer:
    """Return what Google answers where an API is off."""
    return error(
        403,
        f"{service} has not been used in project {consumer} before or it is disabled. Enable it "
        f"by visiting https://console.developers.google.com/apis/api/{service}/overview",
        reason="SERVICE_DISABLED",
        domain="googleapis.com",
        metadata={"service": service, "consumer": f"projects/{consumer}"},
    )


def denied(permission: str) -> Answer:
    """Return what Google answers where a permission is missing."""
    return error(
        403,
        f"Permission '{permission}' denied on resource (or it may not exist).",
        reason="IAM_PERMISSION_DENIED",
        domain="iam.googleapis.com",
        metadata={"permission": permission},
    )


@dataclass
class SecretVersion:
    """A version of a secret."""

    payload: bytes | None
    """None once it is destroyed."""
    state: str = "ENABLED"
    etag: str = '"1"'
    has_client_checksum: bool = True


@dataclass
class Project:
    """A project, and all that the fake knows of it."""

    number: int
    state: str = "ACTIVE"
    billing_account: str | None = "ABCDEF-123456-ABCDEF"
    apis: set[str] | None = None
    """The APIs that are on; all where None."""
    permissions: set[str] | None = None
    """What the caller may do; everything where None."""
    bindings: dict[str, list[str]] = field(default_factory=dict)
    policies: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    networks: set[str] = field(default_factory=set)
    run_quotas: dict[str, int | None] = field(default_factory=dict)
    compute_quotas: dict[str, float] = field(default_factory=dict)
    region_quotas: dict[str, float] = field(default_factory=dict)
    zones: dict[str, list[str]] = field(default_factory=dict)
    """By name of a managed zone: its name servers."""
    secrets: dict[str, list[SecretVersion]] = field(default_factory=dict)
    """By id of a secret: its versions, the first one first. Their numbers begin with 1."""


@dataclass
class Fault:
    """What happens to requests, where ``METHOD path`` matches."""

    pattern: str
    answer: Answer | None
    """None breaks the connection."""
    times: int
    skip: int = 0
    """Requests that match and pass before the first one that does not."""
    is_done: bool = False
    """Whether the request is carried out and only its answer is lost, or is another one."""
    seconds: float = 0
    """How long it takes until the request is carried out and answered."""


@dataclass
class World:
    """What the fake answers from."""

    projects: dict[str, Project] = field(default_factory=dict)
    currency: str = "USD"
    is_account_open: bool = True
    regions: dict[str, str] = field(default_factory=dict)
    """By region: its status. Each has the zones a to d."""
    zones: str = "abcd"
    run_regions: list[str] = field(default_factory=list)
    redis_regions: list[str] = field(default_factory=list)
    machine_types: set[str] = field(default_factory=set)
    images: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Of the project cos-cloud, by name."""
    bucket: dict[str, Any] | None = None
    bucket_permissions: set[str] | None = None
    dns: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    log_entries: dict[tuple[str, str], list[dict[str, Any]]] = field(default_factory=dict)
    """By project and Cloud Run service or job, the newest first."""
    faults: list[Fault] = field(default_factory=list)
    run: RunStore = field(default_factory=RunStore)
    objects: ObjectStore = field(default_factory=ObjectStore)
    metrics: MetricStore = field(default_factory=MetricStore)
    sql: SqlStore = field(default_factory=SqlStore)

    def fail(self, pattern: str, answer: Answer, times: int = 1_000) -> None:
        """Answer requests with an error, where ``METHOD path`` matches."""
        self.faults.append(Fault(pattern, answer, times))

    def fail_after_success(self, pattern: str, answer: Answer, times: int = 1) -> None:
        """Do what is asked for, and answer with an error."""
        self.faults.append(Fault(pattern, answer, times, is_done=True))

    def delay(self, pattern: str, seconds: float = 3600, times: int = 1) -> None:
        """Take so long for requests. Whoever gave up waiting finds them carried out later."""
        self.faults.append(Fault(pattern, None, times, seconds=seconds))

    def lose_answers(self, pattern: str, times: int = 1) -> None:
        """Do what is asked for, and break the connection instead of answering."""
        self.faults.append(Fault(pattern, None, times, is_done=True))

    def fault(self, asked: str) -> Fault | None:
        """Return what happens to a request, ``METHOD path``, and count it."""
        for fault in self.faults:
            if fault.times > 0 and re.search(fault.pattern, asked):
                if fault.skip > 0:
                    fault.skip -= 1
                    continue
                fault.times -= 1
                return fault
        return None


@dataclass(frozen=True)
class Seen:
    """A request."""

    method: str
    path: str
    authorization: str | None
    quota_project: str | None
    body: str


class FakeGoogle:
    """The server; ``world`` may be exchanged between two tests."""

    def __init__(self) -> None:
        self.world = World()
        self.seen: list[Seen] = []
        self._late: list[tuple[str, str, str]] = []
        self._closing = threading.Event()
        fake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            # In one packet: otherwise each answer waits 40 ms for an acknowledgement.
            wbufsize = -1

            def log_message(self, format: str, *args: Any) -> None:
                pass

            def _answer(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(length).decode()
                fake.seen.append(
                    Seen(
                        self.command,
                        self.path,
                        self.headers.get("Authorization"),
                        self.headers.get("X-Goog-User-Project"),
                        body,
                    )
                )
                answered = fake.answer(self.command, self.path, body, can_wait=True)
                if answered is None:
                    self.close_connection = True
                    return
                status, answer = answered
                content = (
                    answer.encode() if isinstance(answer, str) else json.dumps(answer).encode()
                )
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_PATCH = do_DELETE = _answer  # noqa: N815

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True

    @property
    def endpoint(self) -> str:
        """Where the fake listens."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        """Give the port back, where the fake never served on it."""
        self._server.server_close()

    @contextmanager
    def running(self) -> Iterator[FakeGoogle]:
        """Serve while the context lasts."""
        thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._closing.set()
            self._server.shutdown()
            self._server.server_close()
            thread.join()

    def answer(self, method: str, path: str, body: str, *, can_wait: bool = False) -> Answer | None:
        """Return status and body for a request; None breaks the connection.

        A slow request makes a caller wait that can. For any other it is as if it had given up: the
        request is carried out before the next one.
        """
        late, self._late = self._late, []
        for request in late:
            self._carry_out(*request)
        fault = self.world.fault(f"{method} {path}")
        if fault is not None and fault.seconds:
            if can_wait:
                self._closing.wait(fault.seconds)
                return self._carry_out(method, path, body)
            self._late.append((method, path, body))
            return None
        if fault is not None:
            if fault.is_done:
                self._carry_out(method, path, body)
            return fault.answer
        return self._carry_out(method, path, body)

    def _carry_out(self, method: str, path: str, body: str) -> Answer:
        resource, _, query = path.partition("?")
        routed = _routed(method, resource)
        if routed is None:
            return error(404, f"no such path: {resource}")
        match, route = routed
        # What is uploaded is kept as it came.
        is_document = body[:1] == "{" and not resource.startswith(storage.UPLOADS)
        content = json.loads(body) if is_document else body or {}
        return route(self.world, match, parse_qs(query), content)


@lru_cache(maxsize=4096)
def _routed(method: str, resource: str) -> tuple[re.Match[str], Callable[..., Answer]] | None:
    """Return what answers for a resource; most are asked for again and again."""
    for of_method, pattern, route in _METHOD_ROUTES:
        if method == of_method and (match := re.fullmatch(pattern, resource)):
            return match, route
    for pattern, of_path in _ROUTES:
        if match := re.fullmatch(pattern, resource):
            return match, of_path
    return None


Route = Callable[[World, "re.Match[str]", dict[str, list[str]], dict[str, Any]], Answer]


def _of_project(route: Callable[..., Answer]) -> Route:
    def answer(
        world: World, match: re.Match[str], query: dict[str, list[str]], body: dict[str, Any]
    ) -> Answer:
        project = world.projects.get(match["project"])
        if project is None:
            return denied("resourcemanager.projects.get")
        return route(world, project, match, query, body)

    return answer


def _project(_: World, project: Project, match: re.Match[str], *__: Any) -> Answer:
    name = f"projects/{project.number}"
    return 200, {"name": name, "projectId": match["project"], "state": project.state}


def _test_permissions(_: World, project: Project, __: Any, ___: Any, body: Any) -> Answer:
    asked = body["permissions"]
    may = project.permissions
    return 200, {"permissions": [p for p in asked if may is None or p in may]}


def _policy(_: World, project: Project, __: Any, ___: Any, body: Any) -> Answer:
    assert body == {"options": {"requestedPolicyVersion": 3}}
    return 200, {"bindings": [{"role": r, "members": m} for r, m in project.bindings.items()]}


def _billing(_: World, project: Project, *__: Any) -> Answer:
    account = project.billing_account
    if account is None:
        return 200, {"billingAccountName": ""}
    return 200, {"billingAccountName": f"billingAccounts/{account}", "billingEnabled": True}


def _account(world: World, match: re.Match[str], *_: Any) -> Answer:
    return 200, {
        "name": f"billingAccounts/{match['account']}",
        "open": world.is_account_open,
        "currencyCode": world.currency,
    }


def _services(_: World, project: Project, __: Any, query: Any, ___: Any) -> Answer:
    return 200, {
        "services": [
            {
                "name": name,
                "state": "ENABLED"
                if project.apis is None or name.rpartition("/")[2] in project.apis
                else "DISABLED",
            }
            for name in query["names"]
        ]
    }


def _effective(_: World, project: Project, match: re.Match[str], *__: Any) -> Answer:
    name = match["constraint"]
    is_list = not name.startswith(("iam.disable", "compute.disable")) and ".managed." not in name
    default = [{"allowAll": True}] if is_list else [{"enforce": False}]
    rules = project.policies.get(name, default)
    return 200, {"name": f"projects/1/policies/{name}", "spec": {"rules": rules}}


def _quota_info(_: World, project: Project, match: re.Match[str], *__: Any) -> Answer:
    limit = project.run_quotas.get(match["quota"], -1)
    entries = [
        {
            "dimensions": {"region": "europe-west9"},
            "details": {"value": "1"},
            "applicableLocations": ["europe-west9"],
        },
        {"dimensions": {"region": "europe-west8"}, "details": {"value": "2"}},
        {"details": {"value": str(limit)}, "applicableLocations": ["us-central1", "us-east1"]},
    ]
    return 200, {
        "quotaId": match["quota"],
        "dimensions": ["region"],
        "dimensionsInfos": entries if limit is not None else [],
    }


def _quotas(limits: dict[str, float]) -> list[dict[str, Any]]:
    return [{"metric": m, "limit": limit, "usage": 0.0} for m, limit in limits.items()]


def _compute_project(_: World, project: Project, *__: Any) -> Answer:
    return 200, {"quotas": _quotas(project.compute_quotas)}


def _region(world: World, project: Project, match: re.Match[str], *_: Any) -> Answer:
    name = match["region"]
    if name not in world.regions:
        return error(404, f"The resource 'regions/{name}' was not found")
    return 200, {
        "status": world.regions[name],
        "zones": [f"https://www.googleapis.com/compute/v1/x/zones/{name}-{z}" for z in world.zones],
        "quotas": _quotas(project.region_quotas),
    }


def _network(_: World, project: Project, match: re.Match[str], *__: Any) -> Answer:
    name = match["network"]
    if name in project.networks:
        return 200, {"name": name}
    return error(404, f"The resource 'networks/{name}' was not found")


def _machine_type(world: World, _: Project, match: re.Match[str], *__: Any) -> Answer:
    kind = match["kind"]
    return (200, {"name": kind}) if kind in world.machine_types else error(404, "not found")


def _image(world: World, match: re.Match[str], *__: Any) -> Answer:
    image = world.images.get(match["name"])
    return (200, image) if image else error(404, "not found")


def _locations(world: World, _: Project, match: re.Match[str], *__: Any) -> Answer:
    places = world.run_regions if match["api"] == "run" else world.redis_regions
    # In pages of one, because a page that is not asked for is easily forgotten.
    start = int(__[0].get("pageToken", ["0"])[0])
    page = {"locations": [{"locationId": place} for place in places[start : start + 1]]}
    return 200, page | ({"nextPageToken": str(start + 1)} if start + 1 < len(places) else {})


def _bucket(world: World, *_: Any) -> Answer:
    missing = error(404, "The specified bucket does not exist.")
    return missing if world.bucket is None else (200, world.bucket)


def _bucket_permissions(world: World, _: Any, query: dict[str, list[str]], __: Any) -> Answer:
    if world.bucket is None:
        return error(404, "The specified bucket does not exist.")
    may = world.bucket_permissions
    return 200, {"permissions": [p for p in query["permissions"] if may is None or p in may]}


def _zone(_: World, project: Project, match: re.Match[str], *__: Any) -> Answer:
    servers = project.zones.get(match["zone"])
    return error(404, "not found") if servers is None else (200, {"nameServers": servers})


def _resolve(world: World, _: Any, query: dict[str, list[str]], __: Any) -> Answer:
    name, kind = query["name"][0], query["type"][0]
    number = {"NS": 2, "CAA": 257}[kind]
    records = world.dns.get((name, kind))
    if records is None:
        return 200, {"Status": 3}
    answers = [{"name": f"{name}.", "type": number, "data": data} for data in records]
    return 200, {"Status": 0, "Answer": answers}


def _secrets(_: World, project: Project, match: re.Match[str], query: Any, __: Any) -> Answer:
    names = [f"projects/{project.number}/secrets/{name}" for name in sorted(project.secrets)]
    return _page("secrets", [{"name": name, "etag": '"1"'} for name in names], query)


def _page(key: str, entries: list[dict[str, Any]], query: dict[str, list[str]]) -> Answer:
    """In pages of ten, because a page that is not asked for is easily forgotten."""
    start = int(query.get("pageToken", ["0"])[0])
    end = start + 10
    page = {key: entries[start:end]} if entries[start:end] else {}
    more = {"nextPageToken": str(end)} if end < len(entries) else {}
    return 200, page | {"totalSize": len(entries)} | more


def _of_secret(route: Callable[..., Answer]) -> Route:
    def answer(
        _: World, project: Project, match: re.Match[str], query: Any, body: dict[str, Any]
    ) -> Answer:
        secret = f"projects/{project.number}/secrets/{match['secret']}"
        if match["secret"] not in project.secrets:
            return error(404, f"Secret [{secret}] not found.")
        return route(project.secrets[match["secret"]], secret, match, query, body)

    return _of_project(answer)


def _described(secret: str, number: int, version: SecretVersion) -> dict[str, Any]:
    return {
        "name": f"{secret}/versions/{number}",
        "createTime": f"2026-01-{number:02}T00:00:00Z",
        "state": version.state,
        "etag": version.etag,
        "clientSpecifiedPayloadChecksum": version.has_client_checksum,
    }


def _versions(versions: list[SecretVersion], secret: str, _: Any, query: Any, __: Any) -> Answer:
    described = [_described(secret, n, version) for n, version in enumerate(versions, 1)]
    return _page("versions", described[::-1], query)


def _of_version(route: Callable[..., Answer]) -> Route:
    def answer(
        versions: list[SecretVersion], secret: str, match: re.Match[str], query: Any, body: Any
    ) -> Answer:
        number = int(match["number"])
        if number > len(versions):
            return error(404, f"Secret Version [{secret}/versions/{number}] not found.")
        return route(versions[number - 1], secret, number, query)

    return _of_secret(answer)


def _version(version: SecretVersion, secret: str, number: int, _: Any) -> Answer:
    return 200, _described(secret, number, version)


def _access(version: SecretVersion, secret: str, number: int, query: Any) -> Answer:
    name = f"{secret}/versions/{number}"
    if version.state != "ENABLED" or version.payload is None:
        return error(400, f"Secret Version [{name}] is in {version.state} state.")
    payload = {
        "data": base64.b64encode(version.payload).decode(),
        "dataCrc32c": str(crc32c(version.payload)),
    }
    if query.get("fields") == ["payload.dataCrc32c"]:
        return 200, {"payload": {"dataCrc32c": payload["dataCrc32c"]}}
    return 200, {"name": name, "payload": payload}


def _add_version(versions: list[SecretVersion], secret: str, _: Any, __: Any, body: Any) -> Answer:
    payload = base64.b64decode(body["payload"]["data"])
    checksum = body["payload"].get("dataCrc32c")
    if checksum is not None and int(checksum) != crc32c(payload):
        return error(400, "The payload does not match its checksum.")
    versions.append(SecretVersion(payload, has_client_checksum=checksum is not None))
    return 200, _described(secret, len(versions), versions[-1])


_JOB_VIEW = "locations/global/buckets/_Default/views/cloud-run-jobs"


def _log_entries(world: World, _: Any, __: Any, body: dict[str, Any]) -> Answer:
    (resource,) = body["resourceNames"]
    if body["orderBy"] != "timestamp desc":
        return error(400, "order_by must be timestamp desc to see the newest")
    labels = r'resource\.labels\.(?:service|job)_name="([a-z0-9-]+)"'
    labelled = body["filter"]
    workload = re.search(labels, labelled)
    assert workload is not None
    # A view of jobs has no entry of a service, and the project's own name has all.
    project, _, view = resource.removeprefix("projects/").partition("/")
    is_readable = view == "" or (view == _JOB_VIEW and 'resource.type="cloud_run_job"' in labelled)
    entries = world.log_entries.get((project, workload[1]), []) if is_readable else []
    execution = re.search(r'execution_name"="([a-z0-9-]+)"', body["filter"])
    if execution is not None:
        entries = [e for e in entries if execution[1] in e.get("labels", {}).values()]
    # Google leaves an empty list out.
    return 200, {"entries": entries[: body["pageSize"]]} if entries else {}


def _token(*_: Any) -> Answer:
    return 200, {"access_token": TOKEN, "expires_in": 3600, "token_type": "Bearer"}


_P = r"projects/(?P<project>[a-z0-9-]+)"
_S = rf"/secretmanager\.googleapis\.com/v1/{_P}/secrets"
_SECRET = rf"{_S}/(?P<secret>[\w-]+)"
_VERSION = rf"{_SECRET}/versions/(?P<number>\d+)"
_ROUTES: tuple[tuple[str, Route], ...] = (
    ("/token", _token),
    (rf"/cloudresourcemanager\.googleapis\.com/v3/{_P}", _of_project(_project)),
    (
        rf"/cloudresourcemanager\.googleapis\.com/v3/{_P}:testIamPermissions",
        _of_project(_test_permissions),
    ),
    (rf"/cloudresourcemanager\.googleapis\.com/v3/{_P}:getIamPolicy", _of_project(_policy)),
    (rf"/cloudbilling\.googleapis\.com/v1/{_P}/billingInfo", _of_project(_billing)),
    (r"/cloudbilling\.googleapis\.com/v1/billingAccounts/(?P<account>[0-9A-F-]+)", _account),
    (rf"/serviceusage\.googleapis\.com/v1/{_P}/services:batchGet", _of_project(_services)),
    (
        rf"/orgpolicy\.googleapis\.com/v2/{_P}/policies/(?P<constraint>[\w.]+):getEffectivePolicy",
        _of_project(_effective),
    ),
    (
        rf"/cloudquotas\.googleapis\.com/v1/{_P}/locations/global/services/run\.googleapis\.com"
        r"/quotaInfos/(?P<quota>\w+)",
        _of_project(_quota_info),
    ),
    (rf"/compute\.googleapis\.com/compute/v1/{_P}", _of_project(_compute_project)),
    (
        rf"/compute\.googleapis\.com/compute/v1/{_P}/regions/(?P<region>[a-z0-9-]+)",
        _of_project(_region),
    ),
    (
        rf"/compute\.googleapis\.com/compute/v1/{_P}/global/networks/(?P<network>[a-z0-9-]+)",
        _of_project(_network),
    ),
    (
        rf"/compute\.googleapis\.com/compute/v1/{_P}/zones/[a-z0-9-]+/machineTypes/(?P<kind>.+)",
        _of_project(_machine_type),
    ),
    (
        r"/compute\.googleapis\.com/compute/v1/projects/cos-cloud/global/images/(?P<name>[a-z0-9-]+)",
        _image,
    ),
    (rf"/(?P<api>run|redis)\.googleapis\.com/v1/{_P}/locations", _of_project(_locations)),
    (r"/storage\.googleapis\.com/storage/v1/b/[a-z0-9-]+", _bucket),
    (r"/storage\.googleapis\.com/storage/v1/b/[a-z0-9-]+/iam/testPermissions", _bucket_permissions),
    (
        rf"/dns\.googleapis\.com/dns/v1/{_P}/managedZones/(?P<zone>[a-z0-9-]+)",
        _of_project(_zone),
    ),
    (r"/dns\.google/resolve", _resolve),
    (_S, _of_project(_secrets)),
    (rf"{_SECRET}:addVersion", _of_secret(_add_version)),
    (rf"{_SECRET}/versions", _of_secret(_versions)),
    (_VERSION, _of_version(_version)),
    (rf"{_VERSION}:access", _of_version(_access)),
    (r"/logging\.googleapis\.com/v2/entries:list", _log_entries),
)


_METHOD_ROUTES: tuple[MethodRoute, ...] = (
    *cloud_run.ROUTES,
    *storage.ROUTES,
    *monitoring.ROUTES,
    *sql_admin.ROUTES,
)


def service_account_file(path: Path, endpoint: str) -> Path:
    """Write a service account's key, made here, whose tokens the fake issues."""
    # Short, since each command that reads it checks it: of 2048 bits in 50 ms.
    key = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    text = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()
    content = {
        "type": "service_account",
        "project_id": "beep-shared-sample",
        "private_key_id": "1",
        "private_key": text,
        "client_email": "deploy-dev@beep-shared-sample.iam.gserviceaccount.com",
        "client_id": "1",
        "token_uri": f"{endpoint}/token",
    }
    path.write_text(json.dumps(content))
    return path
