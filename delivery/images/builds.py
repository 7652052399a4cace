"""Which images are built of the applications, and for which environments.

What reads the client's schema has its variables compiled in, so each environment has an image of
its own. Everything else is built once, and promoted by its digest.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from constructs_lib.environment.environment import Environment
from constructs_lib.environment.services import deployed_applications
from envschema.services import Kind, Service, applications

MIGRATIONS = "migrations"
_DOCKERFILES = {Kind.API: "api", Kind.WEB: "web", Kind.SITE: "web"}


@dataclass(frozen=True, slots=True)
class Build:
    """One image to build."""

    key: str
    """What a release calls it: the name within Terraform's variable ``image_NAME``."""
    image: str
    """The repository of the image in the registry, without host and project."""
    dockerfile: str
    """The file of this folder, without ``.Dockerfile``."""
    environment: str | None
    """The environment that it is for, where its variables are compiled in."""
    tag_prefixes: tuple[str, ...]
    """The environments that may run it: the registry keeps an image that has their tag."""
    moving_tag: str | None
    """The tag that an environment file names, which follows the default branch."""


def builds(environments: Sequence[Environment], registry: str) -> Iterator[Build]:
    """Yield every image of the applications that some environment deploys.

    ``registry`` is the host and path below which the images are.
    """
    for service in applications():
        deploying = [e for e in environments if _deploys(e, service)]
        if service.kind.reads_client_schema:
            for environment in deploying:
                yield _build(service.name, _DOCKERFILES[service.kind], [environment], registry,
                             environment.settings.environment)  # fmt: skip
        elif deploying:
            yield _build(service.name, _DOCKERFILES[service.kind], deploying, registry)
    migrating = [e for e in environments if e.settings.enable_postgres]
    if migrating:
        yield _build(MIGRATIONS, MIGRATIONS, migrating, registry)


def _deploys(environment: Environment, service: Service) -> bool:
    return any(s.entry is service for s in deployed_applications(environment.settings))


def _build(
    name: str,
    dockerfile: str,
    environments: Sequence[Environment],
    registry: str,
    environment: str | None = None,
) -> Build:
    key, image = name.replace("-", "_"), f"{environments[0].settings.name_prefix}-{name}"
    named = {e.settings.image(f"image_{key}") for e in environments}
    tags = {
        reference.rpartition(":")[2]
        for reference in named
        if reference and reference.startswith(f"{registry}/{image}:")
    }
    return Build(
        key,
        image,
        dockerfile,
        environment,
        tuple(e.settings.environment for e in environments),
        min(tags, default=None),
    )
