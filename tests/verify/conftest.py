"""Environments on loopback in which everything is well, until a test breaks something."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import pytest
import trustme
from google.auth.credentials import AnonymousCredentials

from constructs_lib.edge.hosts import candidate_hosts, public_hosts
from constructs_lib.environment.services import deployed_services
from constructs_lib.environment.settings import EnvironmentSettings
from environments import Configuration, Environment
from google_api import Google
from results import Result
from tests.google_api.fake import FakeGoogle
from tests.google_api.fake import World as GoogleWorld
from tests.verify.servers import Servers, World, sound
from verify.checks import CHECKS, Check, run
from verify.context import Context
from verify.web import Web

EXTERNAL_OTLP_HOST = "otlp.dev.example.com"
Serve = Callable[[str], "Site"]


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    """Whom the client trusts."""
    return trustme.CA()


@pytest.fixture(scope="session")
def servers(authority: trustme.CA, configuration: Configuration) -> Iterator[Servers]:
    hosts = {host for e in configuration.environments for host in hosts_of(e.settings)}
    with Servers(authority, sorted(hosts)).running() as running:
        yield running


def hosts_of(settings: EnvironmentSettings) -> set[str]:
    """Return every name that is served for an environment."""
    hosts = {host.host for host in (*public_hosts(settings), *candidate_hosts(settings))}
    return hosts | {settings.domain, EXTERNAL_OTLP_HOST}


@pytest.fixture(scope="session")
def google() -> Iterator[FakeGoogle]:
    with FakeGoogle().running() as fake:
        yield fake


@dataclass
class Site:
    """An environment that is served, and how it is verified."""

    environment: Environment
    world: World
    google: FakeGoogle
    authority: trustme.CA
    trust: ssl.SSLContext
    addresses: dict[str, tuple[str, int | None]]

    def verify(
        self,
        *names: str,
        of_candidate: bool = False,
        timeout_seconds: float = 20,
        wait_seconds: float = 0,
        on_wait: Callable[[int, float], None] = lambda failures, seconds: None,
    ) -> list[Result]:
        """Return the results of the checks of some names, or of all."""
        checks: Sequence[Check] = [c for c in CHECKS if not names or c.name in names]
        return run(
            self.context(of_candidate=of_candidate, timeout_seconds=timeout_seconds),
            checks,
            wait_seconds=wait_seconds,
            on_wait=on_wait,
        )

    def context(self, *, of_candidate: bool, timeout_seconds: float) -> Context:
        web = Web(trust=self.trust, timeout_seconds=timeout_seconds, addresses=self.addresses)
        google = Google(
            project=self.environment.shared.project_id,
            credentials=AnonymousCredentials(),
            endpoint=self.google.endpoint,
            pause_seconds=0,
        )
        return Context(self.environment, web, google, of_candidate)


@pytest.fixture
def serve(
    servers: Servers, google: FakeGoogle, authority: trustme.CA, configuration: Configuration
) -> Serve:
    """Serve an environment in which everything is well."""
    trust = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    authority.configure_trust(trust)

    def serve(name: str) -> Site:
        environment = configuration.environment(name)
        settings, names = environment.settings, environment.names
        servers.world = World(sound(environment))
        entry = {"jsonPayload": {"message": "Sent HTTP response"}}
        google.world = GoogleWorld(
            log_entries={
                (settings.project_id, names.workload(service.name)): [entry] * 30
                for service in deployed_services(settings)
            }
        )
        google.seen.clear()
        there = ("127.0.0.1", servers.server_port)
        addresses: dict[str, tuple[str, int | None]] = dict.fromkeys(hosts_of(settings), there)
        return Site(environment, servers.world, google, authority, trust, addresses)

    return serve
