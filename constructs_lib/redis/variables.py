"""Variables that follow from Redis: its port, and the authority that its clients must trust."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from constructs_lib.environment.names import Names
from constructs_lib.environment.settings import EnvironmentSettings
from constructs_lib.environment.source import (
    Applications,
    Origin,
    SecretValue,
    VariableSource,
)
from envschema import FromTopology

REDIS_PORT = 6379
REDIS_TLS_PORT = 6378
REDIS_URL = "KV_REDIS_URL"
REDIS_PASSWORD = "KV_REDIS_PASSWORD"
REDIS_CA = "REDIS_SERVER_CA"
"""Public material, kept as a secret because that is how Cloud Run mounts a file."""
REDIS_CA_DIRECTORY = "/etc/beep/redis"
REDIS_CA_FILE = "server-ca.pem"
CA_FILE_VARIABLE = "NODE_EXTRA_CA_CERTS"
"""Whoever has it gets the file."""


def _values(settings: EnvironmentSettings, names: Names) -> Iterator[tuple[str, FromTopology]]:
    redis = settings.enabled_redis
    if redis is None:
        return
    port = REDIS_TLS_PORT if redis.transit_encryption else REDIS_PORT
    yield "KV_REDIS_PORT", FromTopology(str(port), "redis.transit_encryption")
    if redis.transit_encryption:
        path = f"{REDIS_CA_DIRECTORY}/{REDIS_CA_FILE}"
        yield CA_FILE_VARIABLE, FromTopology(path, "redis.transit_encryption")


def _disabled_variables(settings: EnvironmentSettings) -> dict[str, str]:
    if settings.enable_redis:
        return {}
    return dict.fromkeys((REDIS_URL, REDIS_PASSWORD), "enable_redis is false")


def _own_secrets(settings: EnvironmentSettings) -> Iterable[str]:
    return (REDIS_CA, REDIS_URL, REDIS_PASSWORD) if settings.enabled_redis else (REDIS_CA,)


def _secret_values(settings: EnvironmentSettings) -> Mapping[str, SecretValue]:
    redis = settings.enabled_redis
    if redis is None:
        return {}
    authority = {REDIS_CA: SecretValue(Origin.GOOGLE)} if redis.transit_encryption else {}
    return {
        REDIS_URL: SecretValue(Origin.GOOGLE, holds=REDIS_PASSWORD),
        REDIS_PASSWORD: SecretValue(Origin.GOOGLE),
        **authority,
    }


def _secret_readers(settings: EnvironmentSettings, apps: Applications) -> Iterator[tuple[str, str]]:
    redis = settings.enabled_redis
    # Memorystore's certificate comes from a private authority.
    if redis is not None and redis.transit_encryption:
        for app, environment in apps.items():
            if CA_FILE_VARIABLE in environment.bindings:
                yield REDIS_CA, app


SOURCE = VariableSource(
    values=_values,
    disabled_variables=_disabled_variables,
    own_secrets=_own_secrets,
    secret_readers=_secret_readers,
    secret_values=_secret_values,
)
