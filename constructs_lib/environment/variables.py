"""Variables that follow from the environment as a whole: its hosts, its names, its logs."""

from __future__ import annotations

from collections.abc import Iterator

from constructs_lib.edge.hosts import page_origin
from constructs_lib.environment.names import Names
from constructs_lib.environment.services import deployed_applications
from constructs_lib.environment.settings import EnvironmentSettings
from constructs_lib.environment.source import VariableSource
from envschema import Binding, FromTopology, contract
from envschema.services import Kind, only

AUTH_PATH = "/api/v1/auth"
_API = only(Kind.API).name


def trusted_origins(settings: EnvironmentSettings) -> tuple[str, ...]:
    """Return the origins that the API answers with credentials: the web hosts, then the extra."""
    hosts = (s.host for s in deployed_applications(settings) if s.entry.kind.is_web)
    return (*(f"https://{host}" for host in hosts if host), *settings.extra_trusted_origins)


def _client_is_deployed(settings: EnvironmentSettings) -> bool:
    return any(s.name == settings.client_service for s in deployed_applications(settings))


def _values(settings: EnvironmentSettings, names: Names) -> Iterator[tuple[str, FromTopology]]:
    def value(name: str, text: str, key: str) -> tuple[str, FromTopology]:
        return name, FromTopology(text, key)

    api_host = settings.hosts.of(_API) or ""
    api_url = f"https://{api_host}"
    providers = ",".join(settings.features.oauth_providers)
    yield value("NODE_ENV", "production", "the contract")
    for prefix in ("APP_", "NEXT_PUBLIC_"):
        yield value(f"{prefix}ENV", settings.app_env, "app_env")
        yield value(f"{prefix}LOG_LEVEL", settings.log_level, "log_level")
        yield value(f"{prefix}LOG_FORMAT", settings.log_format, "log_format")
        yield value(f"{prefix}API_URL", api_url, "hosts.api")
    for prefix in ("", "NEXT_PUBLIC_"):
        yield value(f"{prefix}APP_NAME", settings.app_name, "app_name")
        yield value(f"{prefix}APP_DOMAIN", settings.domain, "domain")
    yield value("APP_API_HOST", api_host, "hosts.api")
    yield value("APP_API_PORT", str(only(Kind.API).port), "the contract")
    yield value("OAUTH_PROVIDER_NAMES", providers, "features.oauth_providers")
    yield value("NEXT_PUBLIC_AUTH_PROVIDER_NAMES", providers, "features.oauth_providers")
    yield value("NEXT_PUBLIC_AUTH_PATH", AUTH_PATH, "the contract")
    yield value("SECURITY_TRUSTED_ORIGINS", ",".join(trusted_origins(settings)), "hosts")
    yield value("NEXT_PUBLIC_AUTH_URL", api_url, "hosts.api")
    client = settings.client_service
    # A sign-in with a provider ends at this URL, and must find the cookie with which it began.
    if client_origin := page_origin(settings, client, _API):
        yield value("APP_AUTH_URL", client_origin, f"hosts.{client}")
    else:
        yield value("APP_AUTH_URL", api_url, "hosts.api")
    client_host = settings.hosts.of(client)
    if client_host is not None and _client_is_deployed(settings):
        for prefix in ("", "NEXT_PUBLIC_"):
            yield value(f"{prefix}APP_CLIENT_URL", f"https://{client_host}", f"hosts.{client}")


def _bindings(
    app: str, settings: EnvironmentSettings, names: Names
) -> Iterator[tuple[str, Binding]]:
    if app in contract(settings.version)["NEXT_PUBLIC_APP_URL"].apps:
        origin = FromTopology(f"https://{settings.hosts.of(app)}", f"hosts.{app}")
        yield "NEXT_PUBLIC_APP_URL", origin
        yield "NEXT_PUBLIC_STATIC_URL", origin
        if page_origin(settings, app, _API):
            yield "NEXT_PUBLIC_API_URL", origin
            yield "NEXT_PUBLIC_AUTH_URL", origin


def _disabled_variables(settings: EnvironmentSettings) -> dict[str, str]:
    if _client_is_deployed(settings):
        return {}
    client = settings.client_service
    switch = f"enable_{client.replace('-', '_')}"
    names = ("APP_CLIENT_URL", "NEXT_PUBLIC_APP_CLIENT_URL")
    return dict.fromkeys(names, f'client_service is "{client}" and {switch} is false')


SOURCE = VariableSource(
    values=_values,
    bindings=_bindings,
    disabled_variables=_disabled_variables,
    # One secret under both names: a new one would sign everybody out with the move.
    secret_aliases={"AUTH_SECRET": "BETTER_AUTH_SECRET"},
)
