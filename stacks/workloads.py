"""What the services and the jobs of an environment need alike."""

from __future__ import annotations

from collections.abc import Mapping

from constructs_lib.containers import AuthProxy, SecretFile, SecretVersion, VpcAccess
from environments import Environment
from environments.wiring import POSTGRES_PORT, REDIS_CA, REDIS_CA_DIRECTORY, REDIS_CA_FILE
from envschema import Secret

AUTH_PROXY_VARIABLE = "image_auth_proxy"


def vpc_access(environment: Environment) -> VpcAccess:
    """Return the environment's way into its VPC."""
    names = environment.names
    connector = environment.settings.network.egress == "connector"
    return VpcAccess(names.network, names.network, names.network if connector else None)


def uses_auth_proxy(environment: Environment) -> bool:
    """Tell whether Postgres is reached through a sidecar."""
    settings = environment.settings
    return (
        settings.enable_postgres
        and settings.postgres is not None
        and settings.postgres.connection == "auth-proxy"
    )


def auth_proxy(environment: Environment, image: str | None) -> AuthProxy | None:
    """Return the sidecar, where its image is given."""
    if image is None:
        return None
    return AuthProxy(image, environment.names.postgres_connection_name, POSTGRES_PORT)


def secret_versions(secrets: Mapping[str, Secret]) -> dict[str, SecretVersion]:
    """Return an application's secrets as Cloud Run refers to them."""
    return {name: SecretVersion(s.secret_id, s.version) for name, s in secrets.items()}


def redis_ca_file(environment: Environment) -> SecretFile:
    """Return the file with Memorystore's certificate authorities."""
    version = environment.settings.secret_versions.get(REDIS_CA, 1)
    secret = SecretVersion(environment.names.secret(REDIS_CA), version)
    return SecretFile(REDIS_CA_DIRECTORY, REDIS_CA_FILE, secret)
