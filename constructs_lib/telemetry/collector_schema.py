"""What the OpenTelemetry Collector accepts, for exactly the components that are used here.

Source: the ``Config`` types of collector and contrib v0.163.0 (``confighttp``, ``exporterhelper``,
``configretry``, ``otlphttpexporter``, ``memorylimiter``, ``healthcheckextension``,
``basicauthextension``, ``transformprocessor``, ``otelconftelemetry``), and their ``Validate``
methods. A key that is not written here is refused, although the collector may know it: whoever
needs one adds it here from the same source.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    create_model,
    model_validator,
)

COLLECTOR_VERSION = "0.163.0"
"""The release whose source the schema was read from; ``otlp_http`` needs 0.144 or newer."""
SIGNALS = ("traces", "metrics", "logs")

_DURATION = re.compile(r"(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h))+")
_ENDPOINT = re.compile(r"[\w.\-]+:\d{1,5}")
_URL = re.compile(r"https?://[\w.\-]+(?::\d{1,5})?(?:/[\w.\-/]*)?")
_ORIGIN = re.compile(r"https://[\w.\-]+(?::\d{1,5})?")
_ENVIRONMENT = re.compile(r"\$\{env:[A-Z][A-Z0-9_]*\}")


class CollectorConfigError(ValueError):
    """A configuration that the collector would refuse, or that would not do what it is for."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = tuple(problems)
        super().__init__(
            "the collector's configuration is not valid:\n"
            + "\n".join(f"    {problem}" for problem in problems)
        )


def _text(pattern: re.Pattern[str], what: str) -> AfterValidator:
    def check(text: str) -> str:
        if pattern.fullmatch(text) is None:
            raise ValueError(f"{text!r} is not {what}")
        return text

    return AfterValidator(check)


Duration = Annotated[str, _text(_DURATION, "a Go duration such as 300ms, 5s or 1h30m")]
Endpoint = Annotated[str, _text(_ENDPOINT, "HOST:PORT")]
Url = Annotated[str, _text(_URL, "an http or https URL without query")]
Origin = Annotated[str, _text(_ORIGIN, "an https origin without wildcard and path")]
FromEnvironment = Annotated[
    str, _text(_ENVIRONMENT, "a reference such as ${env:NAME}: a credential is never in the text")
]
Count = Annotated[int, Field(ge=1)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, defer_build=True)


class HealthCheck(_Table):
    """Extension ``health_check``."""

    endpoint: Endpoint
    path: str


class _ClientAuth(_Table):
    username: str
    password: FromEnvironment


class BasicAuth(_Table):
    """Extension ``basicauth``, for an exporter."""

    client_auth: _ClientAuth


class _Cors(_Table):
    allowed_origins: Annotated[list[Origin], Field(min_length=1)]
    allowed_headers: Annotated[list[str], Field(min_length=1)]
    max_age: Count
    """Seconds."""


class _OtlpHttp(_Table):
    endpoint: Endpoint
    max_request_body_size: Count
    """Bytes, also of what a compressed body unpacks to."""
    read_timeout: Duration
    compression_algorithms: list[Literal["", "gzip", "zstd", "zlib", "snappy", "deflate", "lz4"]]
    cors: _Cors | None = None


class _Protocols(_Table):
    http: _OtlpHttp


class OtlpReceiver(_Table):
    """Receiver ``otlp``, over HTTP only."""

    protocols: _Protocols


class MemoryLimiter(_Table):
    """Processor ``memory_limiter``."""

    check_interval: Duration
    limit_mib: Count
    spike_limit_mib: Count

    @model_validator(mode="after")
    def _spike_is_smaller(self) -> Self:
        if self.spike_limit_mib >= self.limit_mib:
            raise ValueError("spike_limit_mib must be below limit_mib")
        return self


class Transform(_Table):
    """Processor ``transform``; its statements are OTTL, which only the collector can parse."""

    error_mode: Literal["ignore", "silent", "propagate"]
    trace_statements: list[str]
    metric_statements: list[str]
    log_statements: list[str]


class _Batch(_Table):
    sizer: Literal["items", "bytes"]
    min_size: Count
    max_size: Count
    flush_timeout: Duration

    @model_validator(mode="after")
    def _sizes_are_ordered(self) -> Self:
        if self.max_size < self.min_size:
            raise ValueError("max_size must not be below min_size")
        return self


class _SendingQueue(_Table):
    enabled: Literal[True]
    sizer: Literal["requests", "items", "bytes"]
    queue_size: Count
    num_consumers: Count
    block_on_overflow: bool
    batch: _Batch


class _Retry(_Table):
    enabled: Literal[True]
    initial_interval: Duration
    max_interval: Duration
    max_elapsed_time: Duration


class _Auth(_Table):
    authenticator: str


class OtlpHttpExporter(_Table):
    """Exporter ``otlp_http``; the paths of the signals are appended to ``endpoint``."""

    endpoint: Url
    compression: Literal["gzip", "zstd", "none"]
    timeout: Duration
    retry_on_failure: _Retry
    sending_queue: _SendingQueue
    auth: _Auth | None = None


class _OwnOtlp(_Table):
    protocol: Literal["http/protobuf"]
    endpoint: Url


class _OwnExporter(_Table):
    otlp: _OwnOtlp


class _Periodic(_Table):
    interval: Count
    """Milliseconds."""
    exporter: _OwnExporter


class _Reader(_Table):
    periodic: _Periodic


class _OwnMetrics(_Table):
    level: Literal["none", "basic", "normal", "detailed"]
    readers: Annotated[list[_Reader], Field(min_length=1)]


class _OwnLogs(_Table):
    level: Literal["debug", "info", "warn", "error"]
    encoding: Literal["json", "console"]


class _Attribute(_Table):
    name: str
    value: str


class _Resource(_Table):
    attributes: list[_Attribute]


class _OwnTelemetry(_Table):
    resource: _Resource
    logs: _OwnLogs
    metrics: _OwnMetrics


class _Pipeline(_Table):
    receivers: Annotated[list[str], Field(min_length=1)]
    processors: list[str]
    exporters: Annotated[list[str], Field(min_length=1)]


class _Pipelines(_Table):
    traces: _Pipeline
    metrics: _Pipeline
    logs: _Pipeline


class _Service(_Table):
    extensions: list[str]
    telemetry: _OwnTelemetry
    pipelines: _Pipelines


COMPONENTS: dict[str, dict[str, type[BaseModel]]] = {
    "extensions": {"health_check": HealthCheck, "basicauth": BasicAuth},
    "receivers": {"otlp": OtlpReceiver},
    "processors": {"memory_limiter": MemoryLimiter, "transform": Transform},
    "exporters": {"otlp_http": OtlpHttpExporter},
}
"""The components, by the section and the type that stands before the slash of their name."""

_Root = create_model(
    "_Root", __base__=_Table, service=(_Service, ...),
    **dict.fromkeys(COMPONENTS, (Mapping[str, Any], ...)),
)  # type: ignore[call-overload]  # fmt: skip


def check(config: Mapping[str, Any]) -> None:
    """Raise ``CollectorConfigError`` with everything that is wrong with a configuration."""
    problems = list(_faults("", _Root, config))
    for section, known in COMPONENTS.items():
        for name, settings in dict(config.get(section, {})).items():
            model = known.get(name.partition("/")[0])
            if model is None:
                problems.append(f"{section}.{name}: no such component; known: {', '.join(known)}")
            else:
                problems.extend(_faults(f"{section}.{name}", model, settings))
    if not problems:
        problems.extend(_references(config))
    if problems:
        raise CollectorConfigError(problems)


def _faults(where: str, model: type[BaseModel], value: object) -> Iterator[str]:
    try:
        model.model_validate(value)
    except ValidationError as error:
        for detail in error.errors():
            key = ".".join(str(part) for part in (where, *detail["loc"]) if part != "")
            unknown = detail["type"] == "extra_forbidden"
            said = "is not a setting" if unknown else detail["msg"].removeprefix("Value error, ")
            yield f"{key}: {said}"


def _references(config: Mapping[str, Any]) -> Iterator[str]:
    """Yield names that nobody defines, what nobody uses, and a limiter that is not the first."""
    service = config["service"]
    used: dict[str, set[str]] = {section: set() for section in COMPONENTS}
    used["extensions"].update(service["extensions"])
    for signal, pipeline in service["pipelines"].items():
        for section, names in pipeline.items():
            used[section].update(names)
        if not pipeline["processors"] or pipeline["processors"][0] != "memory_limiter":
            yield f"service.pipelines.{signal}.processors: memory_limiter must be the first"
    for section, names in used.items():
        defined = set(config[section])
        for name in sorted(names - defined):
            yield f"{section}.{name}: is used and not defined"
        for name in sorted(defined - names):
            yield f"{section}.{name}: is defined and not used"
    for name, exporter in config["exporters"].items():
        auth = exporter.get("auth", {}).get("authenticator")
        if auth is not None and auth not in config["extensions"]:
            yield f"exporters.{name}.auth.authenticator: no extension {auth}"
