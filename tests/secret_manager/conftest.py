"""The environments of this repository, and a Google with empty containers for their secrets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from google.auth.credentials import AnonymousCredentials

from beep_infra.settings import target_of
from constructs_lib.environment.wiring import SecretUse
from envfile import Target
from environments import Configuration, Environment
from google_api import Google
from secret_manager.client import SecretManager
from secret_manager.given import Candidates, Given
from secret_manager.value import Value
from tests.google_api.fake import FakeGoogle, Project, SecretVersion, World

DEV = "beep-dev-example"
CANARY = "canary-value-that-nobody-may-print"


@pytest.fixture(scope="session")
def server() -> Iterator[FakeGoogle]:
    with FakeGoogle().running() as running:
        yield running


@pytest.fixture
def fake(server: FakeGoogle, configuration: Configuration) -> FakeGoogle:
    """A Google in which every foundation is applied, and no secret has a value."""
    server.world = World()
    server.seen.clear()
    for environment in configuration.environments:
        server.world.projects[environment.settings.project_id] = Project(
            environment.settings.project_number,
            secrets={use.secret_id: [] for use in environment.secrets},
        )
    return server


@pytest.fixture(scope="session")
def dev(configuration: Configuration) -> Environment:
    return configuration.environment("dev")


@pytest.fixture(scope="session")
def target(dev: Environment) -> Target:
    return target_of(dev)


@pytest.fixture
def google(fake: FakeGoogle) -> Google:
    return Google(
        project="beep-shared-example",
        credentials=AnonymousCredentials(),
        endpoint=fake.endpoint,
        pause_seconds=0,
    )


@pytest.fixture
def manager(google: Google) -> SecretManager:
    return SecretManager(google, DEV)


def secrets_of(fake: FakeGoogle, project: str = DEV) -> dict[str, list[SecretVersion]]:
    return fake.world.projects[project].secrets


def use(environment: Environment, variable: str) -> SecretUse:
    return next(use for use in environment.secrets if use.variable == variable)


def only(environment: Environment, *variables: str) -> Environment:
    """Return the environment as if it used no other secrets."""
    return replace(environment, secrets=tuple(use(environment, name) for name in variables))


def given(**values: str) -> Candidates:
    return {name: Given(Value(text.encode()), ".env:1") for name, text in values.items()}
