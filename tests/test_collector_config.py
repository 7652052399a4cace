"""The collector's configuration: checked by a schema, and by a collector where there is one."""

from __future__ import annotations

import copy
import gzip
import json
import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from constructs_lib.telemetry.collector_config import (
    Backend,
    MemoryBudget,
    collector_config,
    to_yaml,
)
from constructs_lib.telemetry.collector_schema import CollectorConfigError, check
from tests.plain_yaml import parse

ORIGIN = "https://app.example.com"
CLOUD = Backend("https://otlp-gateway.example.net/otlp", "100000")
PRIVATE = Backend("http://telemetry.staging.beep.internal:4318")


def _config(backend: Backend = CLOUD, **changed: Any) -> dict[str, Any]:
    arguments: dict[str, Any] = {
        "name": "beep-otel-collector",
        "allowed_origins": [ORIGIN],
        "max_request_bytes": 2 * 1024 * 1024,
        "memory": MemoryBudget(400, 100),
        "backend": backend,
    }
    return collector_config(**(arguments | changed))


@pytest.mark.parametrize("backend", [CLOUD, PRIVATE])
def test_the_yaml_says_what_was_checked(backend: Backend) -> None:
    config = _config(backend)
    assert parse(to_yaml(config)) == config


def test_a_credential_in_the_text_is_refused() -> None:
    config = _config()
    client = config["extensions"]["basicauth/backend"]["client_auth"]
    client["password"] = "glc_0123456789"
    with pytest.raises(CollectorConfigError, match=r"password: .* never in the text"):
        check(config)


BROKEN: tuple[tuple[str, Any, str], ...] = (
    ("exporters.otlp_http.timeouts", "10s", "timeouts: is not a setting"),
    ("exporters.otlp_http.timeout", "10 seconds", "'10 seconds' is not a Go duration"),
    ("exporters.otlp_http.timeout", 10, "timeout: Input should be a valid string"),
    ("exporters.otlp_http.endpoint", "otlp.example.net:4318", "is not an http or https URL"),
    ("exporters.otlp_http.sending_queue.enabled", False, "sending_queue.enabled"),
    ("exporters.otlp_http.sending_queue.batch.max_size", 1, "must not be below min_size"),
    ("exporters.otlp_http.auth.authenticator", "basicauth/other", "no extension basicauth/other"),
    ("exporters.otlphttp", {}, "exporters.otlphttp: no such component; known: otlp_http"),
    ("processors.memory_limiter.spike_limit_mib", 400, "must be below limit_mib"),
    ("processors.memory_limiter.limit_mib", "400", "limit_mib: Input should be a valid integer"),
    ("processors.transform/unused", {"x": 1}, "processors.transform/unused.x: is not a setting"),
    ("receivers.otlp.protocols.http.endpoint", "4318", "'4318' is not HOST:PORT"),
    (
        "receivers.otlp.protocols.http.cors.allowed_origins",
        ["https://*"],
        "is not an https origin without wildcard",
    ),
    ("receivers.otlp.protocols.http.cors.allowed_origins", [], "allowed_origins: List should"),
    ("service.pipelines.logs.exporters", ["otlp_http", "debug"], "exporters.debug: is used and"),
    ("service.pipelines.logs.processors", ["transform/limits"], "logs.processors: memory_limiter"),
    ("service.pipelines.profiles", {}, "service.pipelines.profiles: is not a setting"),
    ("service.extensions", ["health_check"], "basicauth/backend: is defined and not used"),
)


@pytest.mark.parametrize(("path", "value", "says"), BROKEN, ids=[f"{p}={v}" for p, v, _ in BROKEN])
def test_what_the_collector_would_refuse_is_refused_at_synth(
    path: str, value: object, says: str
) -> None:
    config = copy.deepcopy(_config())
    *parents, last = path.split(".")
    table: Any = config
    for parent in parents:
        table = table[parent]
    table[last] = value
    with pytest.raises(CollectorConfigError) as raised:
        check(config)
    assert says in str(raised.value)


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(CollectorConfigError) as raised:
        _config(Backend("gateway", "1"), allowed_origins=["*"], memory=MemoryBudget(100, 100))
    assert len(raised.value.problems) == 4


# A collector that runs: the path of its binary is in OTELCOL, or it is on the path.

BINARY = os.environ.get("OTELCOL") or shutil.which("otelcol-contrib") or shutil.which("otelcol")
NEEDS_COLLECTOR = pytest.mark.skipif(
    BINARY is None, reason="no collector: set OTELCOL to the path of one, 0.163 or newer"
)


def _as_the_binary_allows(config: dict[str, Any]) -> dict[str, Any]:
    """Leave out the components that this collector was built without."""
    assert BINARY is not None
    known = subprocess.run([BINARY, "components"], capture_output=True, text=True, check=True)
    for section, names in list(config.items()):
        if section == "service":
            continue
        for name in list(names):
            kind = name.partition("/")[0]
            if f"name: {kind}\n" in known.stdout:
                continue
            del names[name]
            for pipeline in config["service"]["pipelines"].values():
                pipeline[section] = [n for n in pipeline.get(section, []) if n != name]
                if not pipeline[section]:
                    del pipeline[section]
            extensions = config["service"]["extensions"]
            config["service"]["extensions"] = [n for n in extensions if n != name]
            for exporter in config.get("exporters", {}).values():
                if exporter.get("auth", {}).get("authenticator") == name:
                    del exporter["auth"]
    return config


@NEEDS_COLLECTOR
@pytest.mark.parametrize("backend", [CLOUD, PRIVATE])
def test_a_real_collector_finds_the_configuration_valid(backend: Backend) -> None:
    text = to_yaml(_as_the_binary_allows(_config(backend)))
    done = subprocess.run(
        [str(BINARY), "validate", "--config=env:COLLECTOR_CONFIG"],
        env={"COLLECTOR_CONFIG": text, "EXPORTER_TOKEN": "token"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "deprecated" not in done.stderr.lower()
    assert "legacy" not in done.stderr.lower()


def _free_port() -> int:
    with socket.socket() as opened:
        opened.bind(("127.0.0.1", 0))
        port: int = opened.getsockname()[1]
        return port


@pytest.fixture
def running(tmp_path: Path) -> Iterator[tuple[int, int]]:
    """A collector whose backend does not answer; the ports of its receiver and health check."""
    otlp, health = _free_port(), _free_port()
    config = _as_the_binary_allows(
        _config(Backend(f"http://127.0.0.1:{_free_port()}"), max_request_bytes=64 * 1024)
    )
    config["receivers"]["otlp"]["protocols"]["http"]["endpoint"] = f"127.0.0.1:{otlp}"
    config["extensions"]["health_check"]["endpoint"] = f"127.0.0.1:{health}"
    config["exporters"]["otlp_http"]["sending_queue"]["queue_size"] = 100_000
    with (tmp_path / "log").open("w") as log:
        started = subprocess.Popen(
            [str(BINARY), "--config=env:COLLECTOR_CONFIG"],
            env={"COLLECTOR_CONFIG": to_yaml(config)},
            stderr=log,
        )
        try:
            for _ in range(100):
                if started.poll() is None and _ask("GET", health, "/")[0] == 200:
                    break
                time.sleep(0.1)
            yield otlp, health
        finally:
            started.terminate()
            started.wait(timeout=20)


def _ask(
    method: str,
    port: int,
    path: str,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
) -> tuple[int, dict[str, str]]:
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}{path}", data=body, headers=dict(headers or {}), method=method
    )
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return answer.status, dict(answer.headers)
    except urllib.error.HTTPError as error:
        return error.code, dict(error.headers)
    except OSError:
        return 0, {}


def _span(size: int) -> bytes:
    span = {
        "traceId": "5b8efff798038103d269b633813fc60c",
        "spanId": "eee19b7ec3c1b174",
        "name": "x" * size,
        "startTimeUnixNano": "1",
        "endTimeUnixNano": "2",
    }
    return json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]}).encode()


@NEEDS_COLLECTOR
def test_a_real_collector_does_what_the_configuration_is_for(running: tuple[int, int]) -> None:
    otlp, _ = running
    allowed = "Access-Control-Allow-Origin"

    def preflight(origin: str, headers: str) -> dict[str, str]:
        asked = {"Origin": origin, "Access-Control-Request-Method": "POST"}
        asked["Access-Control-Request-Headers"] = headers
        return _ask("OPTIONS", otlp, "/v1/traces", headers=asked)[1]

    def send(body: bytes, **more: str) -> int:
        headers = {"Content-Type": "application/json", **more}
        return _ask("POST", otlp, "/v1/traces", body, headers)[0]

    assert preflight(ORIGIN, "baggage,content-type,traceparent,tracestate")[allowed] == ORIGIN
    assert allowed not in preflight("https://app.example.org", "content-type")
    assert allowed not in preflight(ORIGIN, "authorization")

    # What the uptime check relies on.
    assert _ask("GET", otlp, "/v1/traces")[0] == 405

    assert send(_span(100)) == 200
    assert send(_span(100_000)) == 400
    packed = gzip.compress(_span(1_000_000))
    assert len(packed) < 64 * 1024
    assert send(packed, **{"Content-Encoding": "gzip"}) == 400

    # The backend does not answer, so the queue fills: senders are told, and can try again.
    answers = [send(_span(30_000)) for _ in range(8)]
    assert answers[0] == 200
    assert answers[-1] == 503
