"""Variables that follow from telemetry: where applications and browsers send OTLP."""

from __future__ import annotations

from collections.abc import Iterator

from constructs_lib.environment.names import TELEMETRY, Names
from constructs_lib.environment.settings import EnvironmentSettings
from constructs_lib.environment.source import Applications, VariableSource
from constructs_lib.telemetry.settings import External, GrafanaCloud, SelfHosted
from envschema import FromTopology
from envschema.services import Kind, only

GRAFANA_CLOUD_TOKEN = "GRAFANA_CLOUD_TOKEN"
GRAFANA_ADMIN_PASSWORD = "GRAFANA_ADMIN_PASSWORD"


def otlp_endpoint(settings: EnvironmentSettings) -> tuple[str, str]:
    """Return where applications and browsers send OTLP, and the setting that says so."""
    if isinstance(settings.telemetry, External):
        return settings.telemetry.otlp_endpoint, "telemetry.otlp_endpoint"
    return f"https://{settings.otlp_host}", "telemetry.collector.host"


def _values(settings: EnvironmentSettings, names: Names) -> Iterator[tuple[str, FromTopology]]:
    endpoint, key = otlp_endpoint(settings)
    for prefix in ("", "NEXT_PUBLIC_"):
        for signal, path in (("TRACE", "traces"), ("LOG", "logs"), ("METRIC", "metrics")):
            value = FromTopology(f"{endpoint}/v1/{path}", key)
            yield f"{prefix}OTLP_{signal}_EXPORTER_URL", value


def _own_secrets(settings: EnvironmentSettings) -> Iterator[str]:
    for variable, _ in _secret_readers(settings, {}):
        yield variable


def _secret_readers(settings: EnvironmentSettings, apps: Applications) -> Iterator[tuple[str, str]]:
    if isinstance(settings.telemetry, GrafanaCloud):
        yield GRAFANA_CLOUD_TOKEN, only(Kind.COLLECTOR).name
    elif isinstance(settings.telemetry, SelfHosted):
        yield GRAFANA_ADMIN_PASSWORD, TELEMETRY


SOURCE = VariableSource(values=_values, own_secrets=_own_secrets, secret_readers=_secret_readers)
