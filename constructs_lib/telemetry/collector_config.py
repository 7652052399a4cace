"""The configuration of the OpenTelemetry Collector: OTLP over HTTP in, one backend out.

Written for review as YAML. It is checked against the collector's own schema whenever it is made,
and it holds no credential: that comes from the container's environment.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from constructs_lib.telemetry.collector_schema import SIGNALS, check

OTLP_PORT = 4318
HEALTH_PORT = 13133
HEALTH_PATH = "/"
TOKEN_VARIABLE = "EXPORTER_TOKEN"
"""The environment variable of the container that holds the backend's credential."""
READ_TIMEOUT_SECONDS = 30

ALLOWED_HEADERS = ("Content-Type", "traceparent", "tracestate", "baggage")
"""What browsers send beside the headers that need no permission. No Authorization: there is none
to send."""

_MAX_ATTRIBUTES = 128
_MAX_ATTRIBUTE_BYTES = 4096
_KEPT_ATTRIBUTES = ("service.name", "service.namespace", "service.version", "service.instance.id")
_MIB = 1024 * 1024
_DECODED_PER_ENCODED = 4
"""Bytes on the heap for each byte of serialized OTLP: a careful guess, not a measurement."""


@dataclass(frozen=True, slots=True)
class MemoryBudget:
    """Where the collector begins to refuse: ``spike_mib`` below ``limit_mib``, all in MiB."""

    limit_mib: int
    spike_mib: int

    @property
    def queue_bytes(self) -> int:
        """Serialized bytes that one signal's queue may hold: all together fit below refusal."""
        room = (self.limit_mib - self.spike_mib) * _MIB
        return room // (len(SIGNALS) * _DECODED_PER_ENCODED)


@dataclass(frozen=True, slots=True)
class Backend:
    """Where everything is sent. With a ``username``, the password is ``TOKEN_VARIABLE``."""

    url: str
    username: str | None = None


def collector_config(
    *,
    name: str,
    allowed_origins: Sequence[str],
    max_request_bytes: int,
    memory: MemoryBudget,
    backend: Backend,
) -> dict[str, Any]:
    """Return the configuration; raises ``CollectorConfigError`` where the collector would not run.

    ``name`` is what the collector's own metrics are sent under. ``allowed_origins`` are those of
    pages on other hosts than the one they send to; without any, there is no CORS.
    """
    config = {
        "extensions": {
            "health_check": {"endpoint": f"0.0.0.0:{HEALTH_PORT}", "path": HEALTH_PATH},
            **_authenticator(backend),
        },
        "receivers": {"otlp": _receiver(allowed_origins, max_request_bytes)},
        "processors": {
            "memory_limiter": {
                "check_interval": "1s",
                "limit_mib": memory.limit_mib,
                "spike_limit_mib": memory.spike_mib,
            },
            "transform/limits": _attribute_limits(),
        },
        "exporters": {"otlp_http": _exporter(backend, memory)},
        "service": {
            "extensions": ["health_check", *_authenticator(backend)],
            "telemetry": _own_telemetry(name),
            "pipelines": {
                signal: {
                    "receivers": ["otlp"],
                    "processors": ["memory_limiter", "transform/limits"],
                    "exporters": ["otlp_http"],
                }
                for signal in SIGNALS
            },
        },
    }
    check(config)
    return config


def _authenticator(backend: Backend) -> dict[str, Any]:
    if backend.username is None:
        return {}
    password = f"${{env:{TOKEN_VARIABLE}}}"
    return {
        "basicauth/backend": {"client_auth": {"username": backend.username, "password": password}}
    }


def _receiver(allowed_origins: Sequence[str], max_request_bytes: int) -> dict[str, Any]:
    return {
        "protocols": {
            "http": {
                "endpoint": f"0.0.0.0:{OTLP_PORT}",
                "max_request_body_size": max_request_bytes,
                "read_timeout": f"{READ_TIMEOUT_SECONDS}s",
                "compression_algorithms": ["", "gzip"],
                **({"cors": _cors(allowed_origins)} if allowed_origins else {}),
            }
        }
    }


def _cors(allowed_origins: Sequence[str]) -> dict[str, Any]:
    return {
        "allowed_origins": list(allowed_origins),
        "allowed_headers": list(ALLOWED_HEADERS),
        # Chrome keeps an answer no longer than this.
        "max_age": 7200,
    }


def _attribute_limits() -> dict[str, Any]:
    """Anybody may send: a few huge or many invented attributes would be paid for."""

    def statements(*places: str) -> list[str]:
        kept = json.dumps(list(_KEPT_ATTRIBUTES))
        return [
            f"limit(resource.attributes, {_MAX_ATTRIBUTES}, {kept})",
            *(f"limit({place}.attributes, {_MAX_ATTRIBUTES}, [])" for place in places),
            *(
                f"truncate_all({place}.attributes, {_MAX_ATTRIBUTE_BYTES})"
                for place in ("resource", *places)
            ),
        ]

    return {
        "error_mode": "ignore",
        "trace_statements": statements("span", "spanevent"),
        "metric_statements": statements("datapoint"),
        "log_statements": statements("log"),
    }


def _exporter(backend: Backend, memory: MemoryBudget) -> dict[str, Any]:
    authenticator = next(iter(_authenticator(backend)), None)
    return {
        "endpoint": backend.url,
        "compression": "gzip",
        "timeout": "10s",
        **({"auth": {"authenticator": authenticator}} if authenticator else {}),
        "retry_on_failure": {
            "enabled": True,
            "initial_interval": "1s",
            "max_interval": "30s",
            # Older telemetry is given up for newer: the queue must not fill for an hour.
            "max_elapsed_time": "300s",
        },
        "sending_queue": {
            "enabled": True,
            "sizer": "bytes",
            "queue_size": memory.queue_bytes,
            "num_consumers": 4,
            # A full queue answers 503, and whoever sends tries again.
            "block_on_overflow": False,
            # In the queue and not as a processor before it: a sender is then told "taken" only
            # for what is in the queue.
            "batch": {
                "sizer": "items",
                "min_size": 2048,
                "max_size": 8192,
                "flush_timeout": "1s",
            },
        },
    }


def _own_telemetry(name: str) -> dict[str, Any]:
    # Through its own receiver, since nothing can scrape an instance on Cloud Run: queue length,
    # refused and lost items are then beside the telemetry that they are about.
    otlp = {"protocol": "http/protobuf", "endpoint": f"http://127.0.0.1:{OTLP_PORT}/v1/metrics"}
    return {
        "resource": {"attributes": [{"name": "service.name", "value": name}]},
        "logs": {"level": "info", "encoding": "json"},
        "metrics": {
            "level": "normal",
            "readers": [{"periodic": {"interval": 60000, "exporter": {"otlp": otlp}}}],
        },
    }


_PLAIN = re.compile(r"[A-Za-z/](?:[\w./\-]|:(?! ))*|\d+(?:ms|s|m|h)")
_RESERVED = {"true", "false", "null", "yes", "no", "on", "off", "y", "n", "~"}


def to_yaml(value: Mapping[str, Any]) -> str:
    """Return a mapping of mappings, lists and scalars as YAML 1.2 that people can read."""
    return "".join(f"{line}\n" for line in _lines(value))


def _lines(value: object) -> Iterator[str]:
    if isinstance(value, Mapping) and value:
        for key, inner in value.items():
            yield from _entry(f"{_scalar(key)}:", inner)
    elif isinstance(value, list) and value:
        for inner in value:
            first, *rest = _lines(inner)
            yield f"- {first}"
            yield from (f"  {line}" for line in rest)
    else:
        yield _scalar(value)


def _entry(head: str, inner: object) -> Iterator[str]:
    if isinstance(inner, Mapping | list) and inner:
        yield head
        yield from (f"  {line}" for line in _lines(inner))
    else:
        yield f"{head} {_scalar(inner)}"


def _scalar(value: object) -> str:
    """Quote all text that is not plainly text; JSON's quotes are YAML's too."""
    if isinstance(value, str):
        if _PLAIN.fullmatch(value) and value.lower() not in _RESERVED:
            return value
        if '"' in value and "'" not in value and value.isprintable():
            return f"'{value}'"
    return json.dumps(value, ensure_ascii=False)
