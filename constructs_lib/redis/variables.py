"""Variables that follow from Redis: its port, and the secrets that Google chooses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from constructs_lib.environment.authorities import REDIS_CA, ca_file
from constructs_lib.environment.names import Names
from constructs_lib.environment.settings import EnvironmentSettings
from constructs_lib.environment.source import Origin, SecretValue, VariableSource
from envschema import FromTopology

REDIS_PORT = 6379
REDIS_TLS_PORT = 6378
REDIS_URL = "KV_REDIS_URL"
REDIS_PASSWORD = "KV_REDIS_PASSWORD"


def _values(settings: EnvironmentSettings, names: Names) -> Iterator[tuple[str, FromTopology]]:
    redis = settings.enabled_redis
    if redis is None:
        return
    port = REDIS_TLS_PORT if redis.transit_encryption else REDIS_PORT
    yield "KV_REDIS_PORT", FromTopology(str(port), "redis.transit_encryption")


def _disabled_variables(settings: EnvironmentSettings) -> dict[str, str]:
    if settings.enable_redis:
        return {}
    return dict.fromkeys((REDIS_URL, REDIS_PASSWORD), "enable_redis is false")


def _own_secrets(settings: EnvironmentSettings) -> Iterable[str]:
    ca = REDIS_CA.variable
    return (ca, REDIS_URL, REDIS_PASSWORD) if settings.enabled_redis else (ca,)


def _secret_values(settings: EnvironmentSettings, names: Names) -> Mapping[str, SecretValue]:
    redis = settings.enabled_redis
    if redis is None:
        return {}
    is_own = ca_file(settings) is REDIS_CA
    authority = {REDIS_CA.variable: SecretValue(Origin.GOOGLE)} if is_own else {}
    return {
        REDIS_URL: SecretValue(Origin.GOOGLE, holds=REDIS_PASSWORD),
        REDIS_PASSWORD: SecretValue(Origin.GOOGLE),
        **authority,
    }


SOURCE = VariableSource(
    values=_values,
    disabled_variables=_disabled_variables,
    own_secrets=_own_secrets,
    secret_values=_secret_values,
)
