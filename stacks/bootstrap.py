"""Once, before all environments: where state is kept and where images come from."""

from __future__ import annotations

from constructs import Construct

from constructs_lib.artifact_registry import ArtifactRegistry
from constructs_lib.project_services import ProjectServices
from constructs_lib.state_bucket import StateBucket
from environments.settings import BootstrapSettings
from stacks.base import Stack


class Bootstrap(Stack):
    """The state bucket and the image repository that all environments share."""

    def __init__(self, scope: Construct, settings: BootstrapSettings) -> None:
        super().__init__(
            scope,
            "bootstrap",
            state_bucket=settings.state_bucket,
            state_prefix="bootstrap",
            project_id=settings.project_id,
            region=settings.region,
            labels={**settings.labels, "managed-by": "terraform"},
        )
        apis = ProjectServices(
            self, "project-services", apis=("artifactregistry", "iam", "storage")
        )
        StateBucket(
            self,
            "state",
            name=settings.state_bucket,
            location=settings.state_location,
            versions_kept=settings.state_versions_kept,
            depends_on=apis.of("storage"),
        )
        ArtifactRegistry(
            self,
            "artifact-registry",
            name=settings.artifact_repository,
            region=settings.region,
            untagged_image_days=settings.untagged_image_days,
            kept_image_versions=settings.kept_image_versions,
            depends_on=apis.of("artifactregistry"),
        )
