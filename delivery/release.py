"""A release: a commit, its images, and what its migrations do to the version before."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import Field, StringConstraints, ValidationError

from constructs_lib.settings.model import StrictModel
from delivery.images.foreign import find_digest
from environments.messages import problem_of
from envschema.services import SERVICES
from problems import ConfigurationError, Problem, did_you_mean

Digest = Annotated[str, StringConstraints(pattern=r"^\S+@sha256:[0-9a-f]{64}$")]
ReleaseName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$")]

MIGRATIONS_IMAGE = "migrations"
_BUILT_FOR_AN_ENVIRONMENT = frozenset(
    service.input_name for service in SERVICES if service.kind.reads_client_schema
)
"""Their builds inline ``NEXT_PUBLIC_*``, so that each environment has an image of its own."""


class Migrations(StrEnum):
    """What the migrations of a release do to the version that serves before it."""

    EXPAND = "expand"
    """They add. The versions before work on the new schema."""
    CONTRACT = "contract"
    """They take away what an earlier version may use: there is no way back past them."""


class Release(StrictModel):
    """The content of a release file, which the pipeline writes once for all environments."""

    release: ReleaseName
    commit: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{40}$")]
    migrations: Migrations = Field(default=Migrations.EXPAND, strict=False)
    contract_statements: Mapping[str, tuple[str, ...]] | None = None
    """By migration file: each statement that takes something away, after its line, as ``beep-infra
    migrations contract --json`` lists them. Of all files, because environments may be at different
    releases. None where nobody read the files."""
    images: Annotated[Mapping[str, Digest | Mapping[str, Digest]], Field(min_length=1)]
    """By the name within Terraform's variable ``image_NAME``. One image is promoted through all
    environments; one that is built for an environment stands in a table by environment."""

    def image(self, name: str, environment: str) -> str | None:
        """Return an image as an environment uses it, or None if the release has none."""
        entry = self.images.get(name)
        return entry if entry is None or isinstance(entry, str) else entry.get(environment)

    def images_for(self, environment: str) -> dict[str, str]:
        """Return the images that an environment uses, by name."""
        images = {name: self.image(name, environment) for name in self.images}
        return {name: image for name, image in images.items() if image is not None}

    def contracts_since(self, before: Release | None) -> dict[str, tuple[str, ...]]:
        """Return the contract statements of the files that a release before did not have.

        A file never changes once it ran, so that its name is enough. Without a release before there
        is no version that could use anything.
        """
        if before is None:
            return {}
        known = before.contract_statements or {}
        return {
            file: texts
            for file, texts in (self.contract_statements or {}).items()
            if file not in known
        }

    def check(self, where: str, environment: str, needed: Iterable[str]) -> Iterator[Problem]:
        """Yield what an environment lacks that needs these images."""
        needed = tuple(needed)
        for name, entry in self.images.items():
            if name in _BUILT_FOR_AN_ENVIRONMENT and isinstance(entry, str):
                yield Problem(
                    where,
                    f"images.{name}",
                    "is one image for all environments, but its build inlines NEXT_PUBLIC_*",
                    f'build it for each environment, and write {{"{environment}": "..."}}',
                    allowed="a table with an image for each environment",
                )
            near = did_you_mean(name, needed) if name not in needed else None
            if near and near not in self.images:
                yield Problem(
                    where, f"images.{name}", "is no image that is deployed", f"rename it to {near}"
                )
        if MIGRATIONS_IMAGE in self.images and self.contract_statements is None:
            yield Problem(
                where,
                "contract_statements",
                "is missing, so nobody knows what its migrations take away",
                "take what this prints: beep-infra migrations contract FOLDER --json",
            )
        for name in needed:
            if self.image(name, environment) is None:
                is_table = name in _BUILT_FOR_AN_ENVIRONMENT
                key = f"images.{name}.{environment}" if is_table else f"images.{name}"
                finds = find_digest(name)
                yield Problem(
                    where,
                    key,
                    f"is missing, and {environment} deploys it",
                    f"add the image as NAME@sha256:DIGEST to {key}, or name it in "
                    f"environments/{environment}.toml: image_{name}"
                    + (f"; its digest: {finds}" if finds else ""),
                )


def read_release(path: Path, environment: str, needed: Iterable[str]) -> Release:
    """Read a release file for an environment.

    Raises OSError, or ConfigurationError with all its problems.
    """
    where = path.name
    text = path.read_text(encoding="utf-8")
    try:
        json.loads(text)
    except ValueError as error:
        raise ConfigurationError(
            [Problem(where, "(file)", f"is not JSON: {error}", "write it with a JSON library")]
        ) from None
    try:
        release = Release.model_validate_json(text)
    except ValidationError as error:
        raise ConfigurationError(
            _problem(where, dict(detail)) for detail in error.errors()
        ) from None
    if problems := list(release.check(where, environment, needed)):
        raise ConfigurationError(problems)
    return release


def _problem(where: str, detail: dict[str, object]) -> Problem:
    place = detail["loc"]
    assert isinstance(place, tuple)
    key = ".".join(str(part) for part in place)
    if detail["type"] == "string_pattern_mismatch" and place[0] == "images":
        return Problem(
            where,
            ".".join(str(part) for part in place if part != "constrained-str"),
            "does not name an image by its digest",
            "take the digest that the registry returned when the image was pushed",
            value=json.dumps(detail["input"]),
            allowed="NAME@sha256: and 64 hexadecimal digits",
        )
    if detail["type"] in {"missing", "extra_forbidden"} or len(place) == 1:
        return problem_of(where, Release, detail)
    return Problem(where, key, str(detail["msg"]), "see docs/concepts/rollout.md")
