"""Every variable that the beep applications read.

Source: ``packages/shared/env/src/{ServerEnv,ClientEnv}.ts`` of the monorepo, and for the side
``RUNTIME`` the libraries that read the process environment themselves.

Who reads what follows from the catalogue of services: importing ``ServerEnv`` parses all of it, and
the servers of the Next.js applications import it beside the API server, so what is required is
required in all of them. A feature's variables go only to the applications that use the feature.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from types import MappingProxyType

from envschema import kinds
from envschema.features import Feature
from envschema.kinds import Kind
from envschema.services import MIGRATE, SERVICES, applications
from envschema.versions import DEFAULT_VERSION, Version


class Side(StrEnum):
    """Who parses a variable."""

    SERVER = "server"
    CLIENT = "client"
    """``NEXT_PUBLIC_*``: inlined by ``next build``; on a running service it has no effect."""
    RUNTIME = "runtime"
    """Read by a library, not by the schema."""


class Need(StrEnum):
    """What the schema does when a variable is absent."""

    REQUIRED = "required"
    MAY_BE_EMPTY = "required, may be empty"
    DEFAULT = "default"
    PLACEHOLDER = "placeholder"
    """Falls back to ``PLACE_HOLDER``: the application starts and the integration fails later."""
    OPTIONAL = "optional"


@dataclass(frozen=True, slots=True)
class Variable:
    """One variable of the contract."""

    name: str
    side: Side
    kind: Kind
    apps: frozenset[str]
    """The services and jobs that read it, by their names in the catalogue."""
    need: Need = Need.REQUIRED
    default: str | None = None
    secret: bool = False
    feature: Feature | None = None
    generated: bool = False
    """Whether a random text will do for the secret, since nobody but the applications needs it."""
    since: Version = DEFAULT_VERSION
    """The first version of the applications that reads it."""
    until: Version | None = None
    """The first version that reads it no more; None where every later one does."""

    def is_read_by(self, version: Version) -> bool:
        """Tell whether a version of the applications reads it."""
        return self.since.order <= version.order and (
            self.until is None or version.order < self.until.order
        )

    def is_required(self, features: frozenset[Feature]) -> bool:
        """Whether the variable must be bound: by the schema, or by a feature that is on."""
        if self.feature is not None and self.feature in features:
            return True
        return self.need in {Need.REQUIRED, Need.MAY_BE_EMPTY}


SERVER_READERS = frozenset(s.name for s in SERVICES if s.kind.reads_server_schema)
CLIENT_READERS = frozenset(s.name for s in SERVICES if s.kind.reads_client_schema)
_APPLICATIONS = frozenset({*(service.name for service in applications()), MIGRATE})
_CHECKSUMS = kinds.one_of("WHEN_SUPPORTED", "WHEN_REQUIRED")


def _server(
    name: str,
    kind: Kind,
    *,
    default: str | None = None,
    secret: bool = False,
    generated: bool = False,
    also: frozenset[str] = frozenset(),
    since: Version = DEFAULT_VERSION,
) -> Variable:
    need = Need.REQUIRED if default is None else Need.DEFAULT
    readers = SERVER_READERS | also
    return Variable(
        name,
        Side.SERVER,
        kind,
        readers,
        need,
        default,
        secret or generated,
        generated=generated,
        since=since,
    )


def _integration(
    name: str,
    feature: Feature,
    *,
    secret: bool = True,
    need: Need = Need.PLACEHOLDER,
    kind: Kind = kinds.NON_EMPTY,
    default: str | None = None,
) -> Variable:
    if need is Need.PLACEHOLDER:
        default = "PLACE_HOLDER"
    return Variable(name, Side.SERVER, kind, _users(feature), need, default, secret, feature)


def _users(feature: Feature) -> frozenset[str]:
    return frozenset(service.name for service in SERVICES if feature in service.features)


def _oauth(provider: str, *parts: str) -> Iterator[Variable]:
    for part in parts:
        yield _integration(
            f"OAUTH_PROVIDER_{provider.upper()}_{part}",
            Feature(f"oauth {provider}"),
            need=Need.OPTIONAL,
        )


def _client(
    name: str, kind: Kind, *, need: Need = Need.REQUIRED, since: Version = DEFAULT_VERSION
) -> Variable:
    return Variable(f"NEXT_PUBLIC_{name}", Side.CLIENT, kind, CLIENT_READERS, need, since=since)


def _until(version: Version, *variables: Variable) -> Iterator[Variable]:
    """Yield variables that a version of the applications, and every later one, reads no more."""
    return (replace(variable, until=version) for variable in variables)


def _runtime(
    name: str,
    kind: Kind,
    *,
    secret: bool = False,
    feature: Feature | None = None,
) -> Variable:
    readers = SERVER_READERS if feature is None else _users(feature)
    return Variable(
        name, Side.RUNTIME, kind, readers, Need.OPTIONAL, secret=secret, feature=feature
    )


_VARIABLES: tuple[Variable, ...] = (
    # The application
    _server("APP_NAME", kinds.NON_EMPTY),
    _server("APP_ENV", kinds.DEPLOYMENT_ENVIRONMENT),
    _server("APP_DOMAIN", kinds.DOMAIN),
    _server("APP_ADMIN_USER_IDS", kinds.comma_separated(kinds.USER_ID)),
    _server("APP_LOG_FORMAT", kinds.LOG_FORMAT, default="pretty"),
    _server("APP_LOG_LEVEL", kinds.SERVER_LOG_LEVEL, default="None"),
    _server("APP_MCP_URL", kinds.URL),
    _server("APP_AUTH_URL", kinds.URL),
    _server("APP_API_URL", kinds.URL),
    _server("APP_API_HOST", kinds.NON_EMPTY),
    _server("APP_API_PORT", kinds.PORT),
    _server("APP_CLIENT_URL", kinds.URL),
    *_until(
        Version.V2026_02,
        _server("BETTER_AUTH_SECRET", kinds.NON_EMPTY, generated=True),
    ),
    _server("AUTH_SECRET", kinds.NON_EMPTY, generated=True, since=Version.V2026_02),
    _server("ALCHEMY_PASSWORD", kinds.STRING, generated=True),
    _server("SECURITY_TRUSTED_ORIGINS", kinds.comma_separated(kinds.URL)),
    _server("OAUTH_PROVIDER_NAMES", kinds.AUTH_PROVIDER_NAMES),
    _server("IS_VITE", kinds.BOOLEAN, default="false"),
    # Postgres; the URL is what migrations use, and the schema wants it everywhere
    _server("DB_PG_URL", kinds.NON_EMPTY, secret=True, also=frozenset({MIGRATE})),
    *_until(
        Version.V2026_02,
        _server("DB_PG_SSL", kinds.BOOLEAN, default="false"),
        _server("DB_PG_PORT", kinds.PORT, default="5432"),
        _server("DB_PG_USER", kinds.NON_EMPTY, default="postgres"),
        _server("DB_PG_PASSWORD", kinds.NON_EMPTY, secret=True),
        _server("DB_PG_HOST", kinds.NON_EMPTY, default="localhost"),
        _server("DB_PG_DATABASE", kinds.NON_EMPTY, default="postgres"),
    ),
    # Redis; the URL carries the password, so it is a secret although the schema does not redact it
    _server("KV_REDIS_URL", kinds.NON_EMPTY, secret=True),
    *_until(
        Version.V2026_02,
        _server("KV_REDIS_PORT", kinds.PORT, default="6379"),
        _server("KV_REDIS_PASSWORD", kinds.NON_EMPTY, secret=True),
    ),
    # Telemetry: used as they stand
    _server("OTLP_TRACE_EXPORTER_URL", kinds.OTLP_TRACES),
    _server("OTLP_LOG_EXPORTER_URL", kinds.OTLP_LOGS),
    _server("OTLP_METRIC_EXPORTER_URL", kinds.OTLP_METRICS),
    # Storage: the schema wants the bucket even where the feature is off
    _server("CLOUD_AWS_S3_BUCKET_NAME", kinds.NON_EMPTY),
    _integration(
        "CLOUD_AWS_REGION",
        Feature.STORAGE,
        secret=False,
        need=Need.DEFAULT,
        default="us-east-1",
    ),
    _integration("CLOUD_AWS_ACCESS_KEY_ID", Feature.STORAGE),
    _integration("CLOUD_AWS_SECRET_ACCESS_KEY", Feature.STORAGE),
    # Integrations
    _integration("CLOUD_GOOGLE_CAPTCHA_SITE_KEY", Feature.CAPTCHA),
    _integration("CLOUD_GOOGLE_CAPTCHA_SECRET_KEY", Feature.CAPTCHA),
    _integration("PAYMENT_STRIPE_KEY", Feature.PAYMENTS),
    _integration("PAYMENT_STRIPE_WEBHOOK_SECRET", Feature.PAYMENTS),
    _integration("EMAIL_RESEND_API_KEY", Feature.EMAIL),
    _integration("EMAIL_FROM", Feature.EMAIL, secret=False, need=Need.OPTIONAL),
    _integration("EMAIL_TEST", Feature.EMAIL, secret=False, need=Need.OPTIONAL),
    _integration("MARKETING_DUB_TOKEN", Feature.MARKETING),
    _integration("UPLOADTHING_SECRET", Feature.UPLOADS),
    _integration("AI_OPENAI_API_KEY", Feature.AI),
    _integration("AI_ANTHROPIC_API_KEY", Feature.AI),
    _integration("LIVEBLOCKS_SECRET_KEY", Feature.LIVEBLOCKS),
    *_oauth("github", "CLIENT_ID", "CLIENT_SECRET"),
    *_oauth("google", "CLIENT_ID", "CLIENT_SECRET"),
    *_oauth("linkedin", "CLIENT_ID", "CLIENT_SECRET"),
    *_oauth("twitter", "CLIENT_ID", "CLIENT_SECRET"),
    *_oauth("discord", "CLIENT_ID", "CLIENT_SECRET"),
    *_oauth("microsoft", "CLIENT_ID", "CLIENT_SECRET", "TENANT_ID"),
    *(
        _integration(name, Feature.VERCEL, secret=False, need=Need.OPTIONAL, kind=kind)
        for name, kind in (
            ("VERCEL_PROJECT_PRODUCTION_URL", kinds.DOMAIN),
            ("VERCEL_ENV", kinds.one_of("production", "preview", "development", "staging")),
            ("VERCEL_URL", kinds.DOMAIN),
        )
    ),
    # Inputs of `next build`
    _client("ENV", kinds.DEPLOYMENT_ENVIRONMENT),
    _client("APP_NAME", kinds.TRIMMED),
    _client("APP_DOMAIN", kinds.TRIMMED),
    _client("AUTH_PROVIDER_NAMES", kinds.CLIENT_AUTH_PROVIDER_NAMES),
    _client("APP_URL", kinds.URL),
    _client("API_URL", kinds.URL),
    _client("APP_CLIENT_URL", kinds.URL, since=Version.V2026_02),
    _client("OTLP_TRACE_EXPORTER_URL", kinds.OTLP_TRACES),
    _client("OTLP_LOG_EXPORTER_URL", kinds.OTLP_LOGS),
    _client("OTLP_METRIC_EXPORTER_URL", kinds.OTLP_METRICS),
    _client("LOG_LEVEL", kinds.CLIENT_LOG_LEVEL),
    _client("LOG_FORMAT", kinds.LOG_FORMAT),
    _client("CAPTCHA_SITE_KEY", kinds.STRING, need=Need.MAY_BE_EMPTY),
    _client("AUTH_URL", kinds.URL),
    _client("AUTH_PATH", kinds.URL_PATH),
    _client("GOOGLE_CLIENT_ID", kinds.STRING, need=Need.MAY_BE_EMPTY),
    _client("ENABLE_GEO_TRACKING", kinds.BOOLEAN),
    # Not in the client schema, but the shared Next.js configuration does not build without it
    _client("STATIC_URL", kinds.URL),
    # Read by libraries, not by the schema
    Variable("NODE_ENV", Side.RUNTIME, kinds.one_of("production"), _APPLICATIONS),
    # Certificates of Memorystore and of a machine come from private authorities
    _runtime("NODE_EXTRA_CA_CERTS", kinds.NON_EMPTY),
    # The S3 client takes region and credentials from the AWS names only, not from CLOUD_AWS_*
    _runtime("AWS_REGION", kinds.NON_EMPTY, feature=Feature.STORAGE),
    # ... and these only where the storage is not AWS
    _runtime("AWS_ENDPOINT_URL_S3", kinds.URL),
    _runtime("AWS_REQUEST_CHECKSUM_CALCULATION", _CHECKSUMS),
    _runtime("AWS_RESPONSE_CHECKSUM_VALIDATION", _CHECKSUMS),
    _runtime(
        "AWS_ACCESS_KEY_ID",
        kinds.NON_EMPTY,
        secret=True,
        feature=Feature.STORAGE,
    ),
    _runtime(
        "AWS_SECRET_ACCESS_KEY",
        kinds.NON_EMPTY,
        secret=True,
        feature=Feature.STORAGE,
    ),
)


@cache
def contract(version: Version) -> Mapping[str, Variable]:
    """Return what a version of the applications reads, by name."""
    read = (variable for variable in _VARIABLES if variable.is_read_by(version))
    return MappingProxyType({variable.name: variable for variable in read})


CONTRACT = contract(DEFAULT_VERSION)
"""What the applications read where nothing else is pinned."""

_OLD_NAMES: dict[str, str] = {
    "AUTH_SECRET": "BETTER_AUTH_SECRET",
    "REDIS_URL": "KV_REDIS_URL and KV_REDIS_PASSWORD",
    "DATABASE_URL": "DB_PG_URL",
    "PORT": "APP_API_PORT (the server does not read PORT)",
    "APP_AUTH_PATH": "NEXT_PUBLIC_AUTH_PATH",
    "KV_REDIS_HOST": "KV_REDIS_URL (no application reads the host alone)",
}
"""Names from older READMEs and dotenv files, and what the schema calls them now."""
_NAMES_BY_VERSION: dict[Version, dict[str, str]] = {
    Version.V2026_02: {
        "BETTER_AUTH_SECRET": "AUTH_SECRET",
        "REDIS_URL": "KV_REDIS_URL",
        **{
            f"DB_PG_{part}": "DB_PG_URL (which holds it)"
            for part in ("SSL", "PORT", "USER", "PASSWORD", "HOST", "DATABASE")
        },
        **{f"KV_REDIS_{part}": "KV_REDIS_URL (which holds it)" for part in ("PORT", "PASSWORD")},
    },
}
"""What the names of earlier versions became with a version."""


@cache
def legacy_names(version: Version) -> Mapping[str, str]:
    """Return the names that a version of the applications reads no more, and what they are now."""
    names = dict(_OLD_NAMES)
    for later, renamed in _NAMES_BY_VERSION.items():
        if later.order <= version.order:
            names.update(renamed)
    read = contract(version)
    return MappingProxyType({old: new for old, new in names.items() if old not in read})
