"""What all environments share: state, images, and the repository that deploys. Settings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field, model_validator

from constructs_lib.database_export.settings import DatabaseExport
from constructs_lib.settings.fields import (
    BucketLocation,
    BucketName,
    EnvironmentName,
    GithubEnvironment,
    GithubRepository,
    LabelValue,
    ProjectId,
    Region,
    ResourceName,
)
from constructs_lib.settings.model import StrictModel
from constructs_lib.settings.refusal import refuse
from problems import did_you_mean

LEAST_AUDIT_LOG_DAYS = 365
"""An auditor looks back over a year. Source: PCI DSS 4.0, requirement 10.5.1."""

IMAGES_JOB = "images"
"""What GitHub calls the environment of the jobs that push images; no deployment is behind it."""
PULL_REQUEST_JOB = "pull-request"
SCHEDULE_JOB = "schedule"
_JOBS = (IMAGES_JOB, PULL_REQUEST_JOB, SCHEDULE_JOB)
"""The jobs of the pipeline that belong to no environment: none may have the name of one."""


class Github(StrictModel):
    """The repository whose workflows may act on Google Cloud, without any key."""

    repository: GithubRepository
    """For people and workflows; what is trusted are the numbers below."""
    owner_id: Annotated[int, Field(ge=1)]
    """Numeric, as ``gh api users/OWNER --jq .id`` prints it: a name can change hands, an id not."""
    repository_id: Annotated[int, Field(ge=1)]
    """Numeric, as ``gh api repos/OWNER/NAME --jq .id`` prints it."""
    application_repository: GithubRepository
    """Where the applications are: their images are built from it, and the contract is compared with
    it. Nothing of it is trusted with more than its own image."""
    environments: Mapping[str, GithubEnvironment] = {}
    """What GitHub calls an environment, where that is not its name here. GitHub's protection rules
    say who may deploy there."""

    def environment(self, name: str) -> str:
        """Return what GitHub calls an environment."""
        return self.environments.get(name, name)


class AuditLogs(StrictModel):
    """The log bucket of the shared project, to which every environment's sink writes."""

    retention_days: Annotated[int, Field(ge=LEAST_AUDIT_LOG_DAYS, le=3650)] = 400
    """Days for which audit logs and errors are kept. Elsewhere Google keeps them for 30 days, and
    those of changes for 400."""
    locked: bool = False
    """Whether nobody may shorten the retention, or delete the bucket. It cannot be undone."""


class BootstrapSettings(StrictModel):
    """What all environments share: state, images, and the identities of the pipeline."""

    environments: Annotated[tuple[EnvironmentName, ...], Field(min_length=1)]
    """Every environment, in the order in which a change is rolled out."""
    project_id: ProjectId
    project_number: Annotated[int, Field(ge=1)]
    """Google names what a workflow signs in with by number only."""
    region: Region
    labels: Mapping[str, LabelValue] = {}
    state_bucket: BucketName
    """Holds the state of every stack, below ``<environment>/<stack>``."""
    state_location: BucketLocation = "US"
    """Where the bucket is; a multi-region outlives a region."""
    state_versions_kept: Annotated[int, Field(ge=1, le=1000)] = 50
    """Versions of each state that can be brought back."""
    artifact_repository: ResourceName = "beep"
    """The repository of images that all environments share."""
    untagged_image_days: Annotated[int, Field(ge=1, le=365)] = 14
    """After so many days an image without a tag is removed."""
    kept_image_versions: Annotated[int, Field(ge=5, le=1000)] = 30
    """Must cover how far back a rollback may go."""
    audit_logs: AuditLogs = AuditLogs()
    github: Github

    @model_validator(mode="after")
    def _environments_are_told_apart(self) -> BootstrapSettings:
        for name, count in Counter(self.environments).items():
            if count > 1:
                raise refuse(
                    f'names "{name}" {count} times',
                    key="environments",
                    allowed="each environment once",
                    fix="remove the second",
                )
        for name in self.github.environments:
            if name not in self.environments:
                near = did_you_mean(name, self.environments)
                raise refuse(
                    "is not an environment of this file",
                    key=f"github.environments.{name}",
                    allowed=", ".join(self.environments),
                    fix=f"rename it to {near}" if near else "remove the line",
                )
        for name in self.environments:
            if name in _JOBS:
                raise refuse(
                    f'names "{name}", which is a job of the pipeline',
                    key="environments",
                    allowed=f"any other name than {', '.join(_JOBS)}",
                    fix="rename the environment",
                )
            if self.github.environment(name).lower() == IMAGES_JOB:
                raise refuse(
                    f'calls {name} "{IMAGES_JOB}", which is where images are pushed from',
                    key="github.environments",
                    allowed=f'any other name than "{IMAGES_JOB}"',
                    fix=f"give {name} a GitHub environment of its own",
                )
        by_name: dict[str, str] = {}
        for name in self.environments:
            on_github = self.github.environment(name)
            other = by_name.setdefault(on_github.lower(), name)
            if other != name:
                raise refuse(
                    f"names one GitHub environment twice, for {other} and {name}",
                    key="github.environments",
                    allowed="different names; GitHub does not tell upper from lower case",
                    fix=f"give {name} a GitHub environment of its own",
                )
        return self


@dataclass(frozen=True, slots=True)
class ExportedDatabase:
    """A database that is copied into the shared project."""

    region: str
    instance: str
    database: str
    settings: DatabaseExport
    notification_emails: tuple[str, ...]
    """Who is notified when it fails; nobody where the environment is not monitored."""


@dataclass(frozen=True, slots=True)
class Target:
    """What must be known of an environment to let the pipeline, and nobody else, into it."""

    environment: str
    project_id: str
    project_number: int
    export: ExportedDatabase | None = None
