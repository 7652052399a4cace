"""Variables that follow from telemetry: where applications and browsers send OTLP."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from constructs_lib.edge.hosts import OTLP_PREFIX, page_origin
from constructs_lib.environment.names import TELEMETRY, Names
from constructs_lib.environment.services import deployed_applications
from constructs_lib.environment.settings import EnvironmentSettings
from constructs_lib.environment.source import (
    Applications,
    Origin,
    SecretValue,
    VariableSource,
)
from constructs_lib.environment.variables import trusted_origins
from constructs_lib.telemetry.settings import External, GrafanaCloud, SelfHosted
from envschema import Binding, FromTopology
from envschema.services import Kind, only

GRAFANA_CLOUD_TOKEN = "GRAFANA_CLOUD_TOKEN"
GRAFANA_ADMIN_PASSWORD = "GRAFANA_ADMIN_PASSWORD"


def otlp_endpoint(settings: EnvironmentSettings) -> tuple[str, str]:
    """Return where OTLP is sent, unless pages send it to their own host, and the setting."""
    if isinstance(settings.telemetry, External):
        return settings.telemetry.otlp_endpoint, "telemetry.otlp_endpoint"
    return f"https://{settings.otlp_host}", "telemetry.collector.host"


def cross_origins(settings: EnvironmentSettings) -> tuple[str, ...]:
    """Return the origins whose pages send to the OTLP host itself, and so need CORS."""
    collector = only(Kind.COLLECTOR).name
    same = {page_origin(settings, app.name, collector) for app in deployed_applications(settings)}
    return tuple(origin for origin in trusted_origins(settings) if origin not in same)


def _urls(prefix: str, endpoint: str, key: str) -> Iterator[tuple[str, FromTopology]]:
    for signal, path in (("TRACE", "traces"), ("LOG", "logs"), ("METRIC", "metrics")):
        yield f"{prefix}OTLP_{signal}_EXPORTER_URL", FromTopology(f"{endpoint}/v1/{path}", key)


def _values(settings: EnvironmentSettings, names: Names) -> Iterator[tuple[str, FromTopology]]:
    endpoint, key = otlp_endpoint(settings)
    for prefix in ("", "NEXT_PUBLIC_"):
        yield from _urls(prefix, endpoint, key)


def _bindings(
    app: str, settings: EnvironmentSettings, names: Names
) -> Iterator[tuple[str, Binding]]:
    if origin := page_origin(settings, app, only(Kind.COLLECTOR).name):
        yield from _urls("NEXT_PUBLIC_", f"{origin}{OTLP_PREFIX}", f"hosts.{app}")


def _own_secrets(settings: EnvironmentSettings) -> Iterator[str]:
    for variable, _ in _secret_readers(settings, {}):
        yield variable


def _secret_readers(settings: EnvironmentSettings, apps: Applications) -> Iterator[tuple[str, str]]:
    if isinstance(settings.telemetry, GrafanaCloud):
        yield GRAFANA_CLOUD_TOKEN, only(Kind.COLLECTOR).name
    elif isinstance(settings.telemetry, SelfHosted):
        yield GRAFANA_ADMIN_PASSWORD, TELEMETRY


def _secret_values(settings: EnvironmentSettings, names: Names) -> Mapping[str, SecretValue]:
    if isinstance(settings.telemetry, SelfHosted):
        return {GRAFANA_ADMIN_PASSWORD: SecretValue(Origin.GENERATED)}
    return {}


SOURCE = VariableSource(
    values=_values,
    bindings=_bindings,
    own_secrets=_own_secrets,
    secret_readers=_secret_readers,
    secret_values=_secret_values,
)
