"""Environments with names of their own, and a Google in which nothing is missing."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from google.auth.credentials import AnonymousCredentials

from constructs_lib.virtual_machine.settings import BOOT_IMAGE
from delivery.images.foreign import FOREIGN
from environments import Configuration, load
from google_api import Google
from preflight.context import Context
from tests.google_api.fake import FakeGoogle, Project, World
from tests.support import ROOT

NAME_SERVERS = ["ns-cloud-a1.googledomains.com.", "ns-cloud-a2.googledomains.com."]
TODAY = date(2026, 12, 1)
MakeContext = Callable[[str], Context]


def own_names(folder: Path) -> None:
    """Replace what is an example in a folder of environment files."""
    for path in folder.glob("*.toml"):
        text = path.read_text()
        for old, new in (
            ("1000000000", "7000000000"),
            ("= 100000001\n", "= 7\n"),
            ("= 200000001\n", "= 7\n"),
            ("000000-000000-000000", "ABCDEF-123456-ABCDEF"),
            ("example-site-key", "site-key"),
            ("-example", "-sample"),
            ("example.com", "beep.test"),
            ("example.net", "gateway.test"),
            ("example-org", "beep-org"),
        ):
            text = text.replace(old, new)
        if path.stem in {"staging", "prod"}:
            text = _complete(text)
        path.write_text(text)


def _complete(text: str) -> str:
    """Name what an environment needs for rollouts, and this repository's files leave open."""
    api = re.search(r'candidate_hosts = { api = "candidate-api\.([a-z.]+)" }', text)
    assert api is not None
    hosts = {"api": "api", "web": "app", "todox": "todox", "marketing": "www"}
    table = ", ".join(f'{name} = "candidate-{h}.{api[1]}"' for name, h in hosts.items())
    images = "".join(
        f'image_{name} = "us-docker.pkg.dev/beep/beep/{name}@sha256:{"a" * 64}"\n'
        for name in FOREIGN
    )
    return images + text.replace(api[0], f"candidate_hosts = {{ {table} }}")


@pytest.fixture(scope="session")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout, as far as the checks look at it."""
    folder = tmp_path_factory.mktemp("checkout")
    environments = folder / "environments"
    environments.mkdir()
    for path in (ROOT / "environments").glob("*.toml"):
        shutil.copy(path, environments)
    own_names(environments)
    for path in environments.iterdir():
        os.utime(path, (0, 0))
    binaries = folder / ".venv" / "bin"
    binaries.mkdir(parents=True)
    tool(binaries, "node", "echo v20.18.0")
    tool(folder, "terraform", """echo '{"terraform_version": "1.11.4"}'""")
    tool(folder, "gcloud", """echo '{"Google Cloud SDK": "528.0.0", "beta": "2025.06.20"}'""")
    return folder


def tool(folder: Path, name: str, script: str) -> Path:
    """Write a tool that runs a shell script."""
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


@pytest.fixture(scope="session")
def own(root: Path) -> Configuration:
    return load(root / "environments")


@pytest.fixture(scope="session")
def server() -> Iterator[FakeGoogle]:
    with FakeGoogle().running() as fake:
        yield fake


def sound_world(configuration: Configuration) -> World:
    """Return a Google in which every environment can be applied."""
    world = World(
        regions={"us-central1": "UP", "us-east1": "UP"},
        run_regions=["us-central1", "us-east1"],
        redis_regions=["us-east1", "us-central1"],
        machine_types={"e2-medium", "e2-standard-2"},
        images={BOOT_IMAGE: {"creationTimestamp": str(datetime.now(UTC) - timedelta(days=3))}},
    )
    shared = configuration.shared
    world.projects[shared.project_id] = Project(700000000009)
    world.bucket = {"projectNumber": "700000000009", "versioning": {"enabled": True}}
    world.dns["beep.test", "NS"] = ["ns1.registrar.test."]
    for environment in configuration.environments:
        settings = environment.settings
        agent = f"service-{settings.project_number}@serverless-robot-prod.iam.gserviceaccount.com"
        world.projects[settings.project_id] = Project(
            settings.project_number,
            bindings={"roles/run.serviceAgent": [f"serviceAccount:{agent}"]},
            compute_quotas={"BACKEND_SERVICES": 50, "STATIC_ADDRESSES": 8, "NETWORKS": 5},
            region_quotas={"CPUS": 24, "SSD_TOTAL_GB": 500, "INSTANCES": 24},
        )
        if settings.edge.dns is not None:
            project = world.projects[settings.project_id]
            project.zones[environment.names.public_zone] = NAME_SERVERS
            world.dns[settings.domain, "NS"] = NAME_SERVERS
    return world


@pytest.fixture
def fake(server: FakeGoogle, own: Configuration) -> FakeGoogle:
    server.world = sound_world(own)
    server.seen.clear()
    return server


@pytest.fixture
def context(fake: FakeGoogle, own: Configuration, root: Path, outdir: Path) -> MakeContext:
    """Return the context of an environment, whose Google is the fake."""

    def make(name: str) -> Context:
        google = Google(
            project=own.shared.project_id,
            credentials=AnonymousCredentials(),
            endpoint=fake.endpoint,
            pause_seconds=0,
        )
        path = {"PATH": f"{root}:/usr/bin:/bin"}
        return Context(own.environment(name), root, outdir, google, path, TODAY)

    return make
