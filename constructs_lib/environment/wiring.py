"""What each application of an environment is given, and where each value comes from.

One pass from settings to bindings: literals that the file states, values that follow from what
the environment consists of, and secrets by name and version.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from constructs_lib.environment.names import (
    DB_BOOTSTRAP,
    MCP,
    OTEL_COLLECTOR,
    POSTGRES,
    TELEMETRY,
    Names,
)
from constructs_lib.environment.settings import EnvironmentSettings, ExternalMcp, ServiceName
from constructs_lib.storage.settings import AwsS3Storage, GcsStorage
from constructs_lib.telemetry.settings import External, GrafanaCloud, SelfHosted
from envschema import (
    CONTRACT,
    App,
    AppEnvironment,
    Binding,
    Feature,
    FromTopology,
    Literal,
    Secret,
    bind,
)
from envschema.binding import check_names
from problems import Problem, did_you_mean

API_PORT = 8080
WEB_PORT = 3000
POSTGRES_PORT = 5432
REDIS_PORT = 6379
REDIS_TLS_PORT = 6378
AUTH_PATH = "/api/v1/auth"
REDIS_CA_DIRECTORY = "/etc/beep/redis"
REDIS_CA_FILE = "server-ca.pem"
GCS_ENDPOINT = "https://storage.googleapis.com"

OWNER_PASSWORD = "DB_PG_OWNER_PASSWORD"
"""Of the role that owns the schema; migrations use it, the applications never do."""
OWNER_URL = "DB_PG_OWNER_URL"
GRAFANA_CLOUD_TOKEN = "GRAFANA_CLOUD_TOKEN"
GRAFANA_ADMIN_PASSWORD = "GRAFANA_ADMIN_PASSWORD"
REDIS_CA = "REDIS_SERVER_CA"
"""Public material, kept as a secret because that is how Cloud Run mounts a file."""

_POSTGRES_SECRETS = ("DB_PG_URL", "DB_PG_PASSWORD")
_REDIS_SECRETS = ("KV_REDIS_URL", "KV_REDIS_PASSWORD")


@dataclass(frozen=True, slots=True)
class SecretUse:
    """A secret that the environment uses, and the workloads that may read it."""

    variable: str
    secret_id: str
    version: int
    readers: tuple[str, ...]


def features_on(settings: EnvironmentSettings) -> frozenset[Feature]:
    """Return the integrations that the environment file switches on."""
    features = settings.features
    on = {Feature(f"oauth {provider}") for provider in features.oauth_providers}
    if features.oauth_microsoft:
        on.add(Feature.OAUTH_MICROSOFT)
    if settings.storage is not None:
        on.add(Feature.STORAGE)
    on.update(feature for feature in Feature if getattr(features, feature.value, False) is True)
    return frozenset(on)


def wire(
    settings: EnvironmentSettings, names: Names, where: str
) -> tuple[dict[App, AppEnvironment], list[Problem]]:
    """Bind every variable of every application that is deployed."""
    features = features_on(settings)
    apps = (*(App(service) for service in settings.services_on()), App.MIGRATE)
    shared, problems = _offer_shared(settings, names, features, where)
    absent = _absent_because(settings)
    environments: dict[App, AppEnvironment] = {}
    for app in apps:
        environments[app], found = bind(
            app,
            {**shared, **_offer_to(app, settings, names)},
            features=features,
            where=where,
            deployed=frozenset(apps),
            absent_because=absent,
        )
        problems.extend(found)
    # A variable that several applications read is at fault once, not once for each.
    return environments, list(dict.fromkeys(problems))


def secrets_in_use(
    settings: EnvironmentSettings, names: Names, apps: Mapping[App, AppEnvironment]
) -> tuple[SecretUse, ...]:
    """Return each secret once, with everyone who reads it, sorted by variable."""
    readers: dict[str, set[str]] = {}
    for app, environment in apps.items():
        for secret in environment.secrets.values():
            readers.setdefault(secret.secret_id, set()).add(app.value)
    if settings.postgres_on:
        readers[names.secret(OWNER_PASSWORD)] = {DB_BOOTSTRAP}
        readers[names.secret("DB_PG_PASSWORD")].add(DB_BOOTSTRAP)
    if settings.postgres_machine_on:
        # It gives the owner its password on each boot.
        readers[names.secret(OWNER_PASSWORD)].add(POSTGRES)
    if redis_ca_is_mounted(settings):
        readers[names.secret(REDIS_CA)] = {
            app.value for app, env in apps.items() if "NODE_EXTRA_CA_CERTS" in env.bindings
        }
    readers |= {names.secret(name): {reader} for name, reader in _telemetry_secrets(settings)}
    variables = {
        names.secret(name): name for name in (*CONTRACT, *_infrastructure_secrets(settings))
    }
    return tuple(
        SecretUse(
            variables[secret_id],
            secret_id,
            settings.secret_version(variables[secret_id]),
            tuple(sorted(workloads)),
        )
        for secret_id, workloads in sorted(readers.items())
    )


def redis_ca_is_mounted(settings: EnvironmentSettings) -> bool:
    """Tell whether clients need Memorystore's private certificate authority."""
    return settings.redis_on is not None and settings.redis_on.transit_encryption


def postgres_host(settings: EnvironmentSettings, names: Names) -> str:
    """Return where applications find Postgres: their own Auth Proxy, or a private DNS name."""
    if settings.postgres_on is not None and settings.postgres_on.through_proxy:
        return "127.0.0.1"
    return f"postgres.{names.private_domain}"


def trusted_origins(settings: EnvironmentSettings) -> tuple[str, ...]:
    """Return the origins that the API answers with credentials: the web hosts, then the extra."""
    hosts = (settings.host(s) for s in settings.services_on() if s is not ServiceName.API)
    return (*(f"https://{host}" for host in hosts if host), *settings.extra_trusted_origins)


def otlp_endpoint(settings: EnvironmentSettings) -> tuple[str, str]:
    """Return where applications and browsers send OTLP, and the setting that says so."""
    if isinstance(settings.telemetry, External):
        return settings.telemetry.otlp_endpoint, "telemetry.otlp_endpoint"
    return f"https://{settings.otlp_host}", "telemetry.collector.host"


def _infrastructure_secrets(settings: EnvironmentSettings) -> tuple[str, ...]:
    telemetry = (name for name, _ in _telemetry_secrets(settings))
    return (OWNER_PASSWORD, OWNER_URL, REDIS_CA, *telemetry)


def _telemetry_secrets(settings: EnvironmentSettings) -> Iterator[tuple[str, str]]:
    """Yield the secrets of telemetry, and who reads each."""
    if isinstance(settings.telemetry, GrafanaCloud):
        yield GRAFANA_CLOUD_TOKEN, OTEL_COLLECTOR
    elif isinstance(settings.telemetry, SelfHosted):
        yield GRAFANA_ADMIN_PASSWORD, TELEMETRY


def _offer_shared(
    settings: EnvironmentSettings, names: Names, features: frozenset[Feature], where: str
) -> tuple[dict[str, Binding], list[Problem]]:
    """Return what is the same for every application, and what is wrong with the file's tables."""
    problems = check_names(settings.variables, features=features, where=where, table="variables")
    computed = dict(_computed(settings, names))
    for name in settings.variables:
        if name in computed:
            source = computed[name].key
            problems.append(
                Problem(
                    where,
                    f"variables.{name}",
                    f"is already computed from {source}",
                    f"remove the line and change {source} instead",
                )
            )
    literals = {
        name: Literal(value, f"variables.{name}")
        for name, value in settings.variables.items()
        if name not in computed
    }
    secrets = _secrets(settings, names, features)
    problems.extend(_unused_pins(settings, secrets, features, where))
    return {**secrets, **literals, **computed}, problems


def _secrets(
    settings: EnvironmentSettings, names: Names, features: frozenset[Feature]
) -> dict[str, Secret]:
    """Offer a secret for each secret variable in use.

    A switch that is off takes its secrets away, unless ``secret_versions`` names them: then they
    are provided from outside, as for a database that is hosted elsewhere.
    """
    switched_off = {*_absent_because(settings)}
    offered = {
        name: _secret(settings, names, name)
        for name, variable in CONTRACT.items()
        if variable.secret
        and (variable.feature is None or variable.feature in features)
        and (name not in switched_off or name in settings.secret_versions)
    }
    # One value under two names: the schema reads the one, the S3 client the other.
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        if name in offered:
            offered[name] = _secret(settings, names, f"CLOUD_{name}")
    return offered


def _secret(settings: EnvironmentSettings, names: Names, variable: str) -> Secret:
    return Secret(names.secret(variable), settings.secret_version(variable))


def _unused_pins(
    settings: EnvironmentSettings,
    offered: Iterable[str],
    features: frozenset[Feature],
    where: str,
) -> Iterator[Problem]:
    pinnable = {*offered, *_infrastructure_secrets(settings)} - {
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
    }
    unknown = [name for name in settings.secret_versions if name not in pinnable]
    told = check_names(unknown, features=features, where=where, table="secret_versions")
    yield from told
    told_keys = {problem.key for problem in told}
    for name in unknown:
        key = f"secret_versions.{name}"
        if key in told_keys:
            continue
        near = did_you_mean(name, pinnable)
        yield Problem(
            where,
            key,
            f"{name} is not a secret that this environment uses",
            f"rename it to {near}" if near else "remove the line",
            allowed=", ".join(sorted(pinnable)),
        )


def _absent_because(settings: EnvironmentSettings) -> dict[str, str]:
    """Return the variables that a switch has left without a source, and which switch."""
    absent: dict[str, str] = {}
    if not settings.enable_postgres:
        # The schema's default for the host is localhost, where no container has a database.
        missing = (*_POSTGRES_SECRETS, "DB_PG_HOST")
        absent |= dict.fromkeys(missing, "enable_postgres is false")
    if not settings.enable_redis:
        absent |= dict.fromkeys(_REDIS_SECRETS, "enable_redis is false")
    client = ServiceName(settings.client_service)
    if not settings.is_on(client):
        absent["APP_CLIENT_URL"] = f'client_service is "{client}" and enable_{client} is false'
    if settings.storage is None:
        absent["CLOUD_AWS_S3_BUCKET_NAME"] = "there is no [storage], and the schema wants a bucket"
    return absent


def _computed(settings: EnvironmentSettings, names: Names) -> Iterator[tuple[str, FromTopology]]:
    """Yield what follows from the environment and is the same for every application."""

    def value(name: str, text: str, key: str) -> tuple[str, FromTopology]:
        return name, FromTopology(text, key)

    api_url = f"https://{settings.hosts.api}"
    providers = ",".join(settings.features.oauth_providers)
    yield value("NODE_ENV", "production", "the contract")
    for prefix in ("APP_", "NEXT_PUBLIC_"):
        yield value(f"{prefix}ENV", settings.environment, "environment")
        yield value(f"{prefix}LOG_LEVEL", settings.log_level, "log_level")
        yield value(f"{prefix}LOG_FORMAT", settings.log_format, "log_format")
        yield value(f"{prefix}AUTH_URL", api_url, "hosts.api")
        yield value(f"{prefix}API_URL", api_url, "hosts.api")
    for prefix in ("", "NEXT_PUBLIC_"):
        yield value(f"{prefix}APP_NAME", settings.app_name, "app_name")
        yield value(f"{prefix}APP_DOMAIN", settings.domain, "domain")
        for signal, path in (("TRACE", "traces"), ("LOG", "logs"), ("METRIC", "metrics")):
            endpoint, key = otlp_endpoint(settings)
            yield value(f"{prefix}OTLP_{signal}_EXPORTER_URL", f"{endpoint}/v1/{path}", key)
    yield value("APP_API_HOST", settings.hosts.api, "hosts.api")
    yield value("APP_API_PORT", str(API_PORT), "the contract")
    yield value("OAUTH_PROVIDER_NAMES", providers, "features.oauth_providers")
    yield value("NEXT_PUBLIC_AUTH_PROVIDER_NAMES", providers, "features.oauth_providers")
    yield value("NEXT_PUBLIC_AUTH_PATH", AUTH_PATH, "the contract")
    yield value("SECURITY_TRUSTED_ORIGINS", ",".join(trusted_origins(settings)), "hosts")
    client = ServiceName(settings.client_service)
    client_host = settings.host(client)
    if settings.is_on(client) and client_host:
        yield value("APP_CLIENT_URL", f"https://{client_host}", f"hosts.{client}")
    yield value("APP_MCP_URL", *_mcp_url(settings, names))
    if settings.storage is not None:
        yield value("CLOUD_AWS_S3_BUCKET_NAME", settings.storage.bucket, "storage.bucket")
        yield from _computed_s3_client(settings.storage)
    yield from _computed_data(settings, names)


def _mcp_url(settings: EnvironmentSettings, names: Names) -> tuple[str, str]:
    """Return where the MCP server answers, and the setting that decides it."""
    if isinstance(settings.mcp, ExternalMcp):
        return settings.mcp.url, "mcp.url"
    if settings.mcp.allow_unauthenticated:
        return f"https://{settings.hosts.mcp}", "hosts.mcp"
    return names.service_url(MCP), "mcp.mode"


def _computed_s3_client(
    storage: AwsS3Storage | GcsStorage,
) -> Iterator[tuple[str, FromTopology]]:
    """Yield where the S3 client finds the bucket, and what it must not do there."""
    if isinstance(storage, AwsS3Storage):
        yield "CLOUD_AWS_REGION", FromTopology(storage.region, "storage.region")
        yield "AWS_REGION", FromTopology(storage.region, "storage.region")
        return

    def value(name: str, text: str) -> tuple[str, FromTopology]:
        return name, FromTopology(text, "storage.mode")

    yield value("CLOUD_AWS_REGION", "auto")
    yield value("AWS_REGION", "auto")
    yield value("AWS_ENDPOINT_URL_S3", GCS_ENDPOINT)
    # By default the client adds checksums that Cloud Storage does not know: a streamed body fails,
    # and a presigned upload carries the checksum of an empty one (aws-sdk-js-v3 #6810, #6994).
    yield value("AWS_REQUEST_CHECKSUM_CALCULATION", "WHEN_REQUIRED")
    yield value("AWS_RESPONSE_CHECKSUM_VALIDATION", "WHEN_REQUIRED")


def _computed_data(
    settings: EnvironmentSettings, names: Names
) -> Iterator[tuple[str, FromTopology]]:
    """Yield where Postgres and Redis answer, for those that are on."""
    if postgres := settings.postgres_on:
        host = postgres_host(settings, names)
        key = "postgres.engine" if settings.postgres_machine_on else "postgres.connection"
        yield "DB_PG_HOST", FromTopology(host, key)
        yield "DB_PG_PORT", FromTopology(str(POSTGRES_PORT), key)
        yield "DB_PG_USER", FromTopology(postgres.app_user, "postgres.app_user")
        yield "DB_PG_DATABASE", FromTopology(postgres.database, "postgres.database")
        # The Auth Proxy encrypts; the schema's boolean cannot name Cloud SQL's private authority.
        yield "DB_PG_SSL", FromTopology("false", key)
    if redis := settings.redis_on:
        port = REDIS_TLS_PORT if redis.transit_encryption else REDIS_PORT
        yield "KV_REDIS_PORT", FromTopology(str(port), "redis.transit_encryption")
        if redis.transit_encryption:
            path = f"{REDIS_CA_DIRECTORY}/{REDIS_CA_FILE}"
            yield "NODE_EXTRA_CA_CERTS", FromTopology(path, "redis.transit_encryption")


def _offer_to(app: App, settings: EnvironmentSettings, names: Names) -> dict[str, Binding]:
    """Return what differs from one application to the next."""
    if app is App.MIGRATE and settings.postgres_on:
        return {"DB_PG_URL": _secret(settings, names, OWNER_URL)}
    if app in CONTRACT["NEXT_PUBLIC_APP_URL"].apps:
        origin = f"https://{settings.host(ServiceName(app))}"
        return {
            "NEXT_PUBLIC_APP_URL": FromTopology(origin, f"hosts.{app}"),
            "NEXT_PUBLIC_STATIC_URL": FromTopology(origin, f"hosts.{app}"),
        }
    return {}
