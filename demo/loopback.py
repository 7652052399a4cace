"""The world of the demo: everything that a rollout reaches, on this machine.

Google is the tests' fake, by HTTP. The hosts of the environment are served with TLS, and answer by
what Cloud Run in that fake serves. Real Terraform talks to a stand-in provider on the same store.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import trustme

from constructs_lib.edge.hosts import candidate_hosts, public_hosts
from constructs_lib.environment.environment import Environment
from delivery.rollout.clock import SystemClock
from delivery.rollout.cloud_run import CANDIDATE
from delivery.rollout.target import STACKS
from demo.provider import JOB, SERVICE, SharedProvider
from provider_schema.store import SchemaStore
from rehearsal.run import Session, open_session
from rehearsal.synthesized import SynthesizedStack, read_all
from rehearsal.workspace import prepare
from terraform_json import STACK_FILE
from tests.browser.servers import Answer, Backend, Request
from tests.google_api.fake import FakeGoogle, Project, service_account_file
from tests.google_api.fake import World as GoogleWorld
from tests.verify.servers import Servers, sound
from tests.verify.servers import World as Sites

KEPT = frozenset(
    {
        "google_cloud_run_v2_job",
        "google_cloud_run_v2_service",
        "google_monitoring_uptime_check_config",
        "google_redis_instance",
        "google_secret_manager_secret",
        "google_secret_manager_secret_version",
        "google_sql_database_instance",
        "google_sql_user",
    }
)
"""The types of resources that the demo keeps."""
_KEPT_VARIABLES = 2
"""Of each container, and only secrets: a plan compares each variable with all the others."""
_KEPT_OF_CONTAINERS = frozenset({"env", "image", "name", "ports"})
_KEPT_OF_TEMPLATES = frozenset({"containers", "service_account", "volumes"})


@dataclass(frozen=True)
class Loopback:
    """An environment on this machine, in which nothing is deployed yet."""

    environment: Environment
    google: FakeGoogle
    folder: Path
    """Release files and the like. It is gone when the demo ends, with everything in it."""
    terraform: str
    stacks: Path
    """The folders in which it runs."""

    @property
    def place(self) -> str:
        """Where Cloud Run keeps the services."""
        settings = self.environment.settings
        return f"projects/{settings.project_id}/locations/{settings.region}"

    def next_revision(self, service: str) -> str:
        """Return the name that the next revision of a service will have."""
        prefix = f"{self.place}/services/{service}/"
        count = sum(name.startswith(prefix) for name in self.google.world.run.revisions)
        return f"{service}-{count + 1:05}-abc"

    def run_terraform(self, part: str, *arguments: str) -> str:
        """Run Terraform on a stack, and return what it prints; raises CalledProcessError."""
        done = subprocess.run(
            [self.terraform, *arguments],
            cwd=self.stacks / f"{self.environment.settings.environment}-{part}",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=True,
        )
        return done.stdout


@contextmanager
def loopback(environment: Environment, outdir: Path) -> Iterator[Loopback]:
    """Serve the world of an environment whose stacks are synthesized into ``outdir``.

    While the context lasts, the commands in this process find it: names of hosts lead here, and the
    clock jumps where somebody waits. Raises what ``open_session`` and ``read_all`` raise.
    """
    with ExitStack() as exits:
        session = exits.enter_context(open_session(SchemaStore()))
        google = exits.enter_context(FakeGoogle().running())
        settings = environment.settings
        google.world = GoogleWorld()
        google.world.projects[settings.project_id] = Project(settings.project_number)
        authority = trustme.CA()
        authority.cert_pem.write_to_path(str(session.folder / "authority.pem"))
        servers = exits.enter_context(Servers(authority, sorted(_names(environment))).running())
        servers.world = Sites(_deployed(environment, google))
        terraform, out = _terraform(session, environment, google, outdir)
        exits.enter_context(_resolving(_names(environment), servers.server_port))
        exits.enter_context(_jumping_clock())
        key = service_account_file(session.folder / "key.json", google.endpoint)
        variables = {
            "CDKTF_OUTDIR": str(out),
            "GOOGLE_APPLICATION_CREDENTIALS": str(key),
            "SSL_CERT_FILE": str(session.folder / "authority.pem"),
            "REQUESTS_CA_BUNDLE": str(session.folder / "authority.pem"),
            "TERRAFORM": terraform,
        }
        exits.enter_context(patch.dict(os.environ, variables))
        exits.enter_context(contextlib.chdir(session.folder))
        yield Loopback(environment, google, session.folder, terraform, out / "stacks")


def _names(environment: Environment) -> set[str]:
    settings = environment.settings
    hosts = (*public_hosts(settings), *candidate_hosts(settings))
    return {host.host for host in hosts} | {settings.domain}


def _terraform(
    session: Session, environment: Environment, google: FakeGoogle, outdir: Path
) -> tuple[str, Path]:
    """Start Terraform, and copy the environment's stacks to where it keeps their state."""
    out = session.folder / "cdktf.out"
    names = {f"{environment.settings.environment}-{part}" for part in STACKS}
    copies = []
    for stack in (stack for stack in read_all(outdir) if stack.name in names):
        copy, document = out / "stacks" / stack.name, cut(stack.configuration)
        prepare(stack, copy, {})
        (copy / STACK_FILE).write_text(json.dumps(document), encoding="utf-8")
        copies.append(SynthesizedStack(stack.name, copy, document))
    attachment = session.attach(*copies, make=lambda schema: SharedProvider(schema, google))
    launcher = session.folder / "warm-terraform"
    process = session.processes.take(attachment.schemas)
    process.write_launcher(launcher, attachment.folder)
    return str(launcher), out


def cut(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a synthesized stack with the resources of the kept types alone.

    Of a service or job, only what the story reads or changes is kept: each attribute is planned
    many times.
    """
    whole: dict[str, Any] = json.loads(json.dumps(document))
    gone = {
        f"{prefix}{kind}.{name}"
        for section, prefix in (("resource", ""), ("data", "data."))
        for kind, by_name in whole.get(section, {}).items()
        if prefix or kind not in KEPT
        for name in by_name
    }
    kept = {kind: v for kind, v in whole["resource"].items() if kind in KEPT}
    for service in kept.get(SERVICE, {}).values():
        service["template"] = _cut_template(service["template"])
    for job in kept.get(JOB, {}).values():
        job["template"] = {"template": _cut_template(job["template"]["template"])}
    for by_name in kept.values():
        for resource in by_name.values():
            if "depends_on" in resource:
                resource["depends_on"] = [a for a in resource["depends_on"] if a not in gone]
    outputs = {
        name: output
        for name, output in whole.get("output", {}).items()
        if not any(address in json.dumps(output) for address in gone)
    }
    cut_down = {**whole, "resource": kept, "output": outputs, "data": {}}
    # Terraform refuses a section without an entry.
    return {name: section for name, section in cut_down.items() if section}


def _cut_template(template: Mapping[str, Any]) -> dict[str, Any]:
    """Return a template with what makes its revisions, and with the secrets that it pins."""
    containers = []
    for container in template["containers"]:
        secret = [e for e in container.get("env", []) if "value_source" in e]
        whole = {**container, "env": secret[:_KEPT_VARIABLES]}
        containers.append({k: v for k, v in whole.items() if k in _KEPT_OF_CONTAINERS})
    whole = {**template, "containers": containers}
    return {k: v for k, v in whole.items() if k in _KEPT_OF_TEMPLATES}


def _deployed(environment: Environment, google: FakeGoogle) -> Backend:
    """Return hosts that answer by what Cloud Run serves there, and log each request."""
    settings, names = environment.settings, environment.names
    healthy = sound(environment)
    hosts = {host.host: (names.workload(host.workload), False) for host in public_hosts(settings)}
    hosts |= {
        host.host: (names.workload(host.workload), True) for host in candidate_hosts(settings)
    }
    place = f"projects/{settings.project_id}/locations/{settings.region}/services"

    def answer(request: Request) -> Answer:
        if request.host not in hosts:
            return healthy(request)
        service, is_candidate = hosts[request.host]
        store = google.world.run
        traffic = store.shown(f"{place}/{service}")["trafficStatuses"]
        serving = [
            target["revision"]
            for target in traffic
            if (target.get("tag") == CANDIDATE if is_candidate else target.get("percent"))
        ]
        # No revision has the tag: then Google itself answers.
        if not serving:
            return Answer(404)
        entries = google.world.log_entries.setdefault((settings.project_id, service), [])
        entries.insert(0, {"jsonPayload": {"message": "Sent HTTP response"}})
        return healthy(request)

    return answer


@contextmanager
def _resolving(names: set[str], port: int) -> Iterator[None]:
    """Let the environment's names lead to a port of this machine."""
    resolve = socket.getaddrinfo

    def getaddrinfo(host: Any, service: Any, *arguments: Any, **options: Any) -> Any:
        if host in names:
            return resolve("127.0.0.1", port, *arguments, **options)
        return resolve(host, service, *arguments, **options)

    with patch("socket.getaddrinfo", getaddrinfo):
        yield


@contextmanager
def _jumping_clock() -> Iterator[None]:
    """Let a wait take no time, and the clock show it."""
    waited = timedelta()

    def now(_: SystemClock) -> datetime:
        return datetime.now(UTC) + waited

    def sleep(_: SystemClock, seconds: float) -> None:
        nonlocal waited
        waited += timedelta(seconds=seconds)

    with patch.object(SystemClock, "now", now), patch.object(SystemClock, "sleep", sleep):
        yield
