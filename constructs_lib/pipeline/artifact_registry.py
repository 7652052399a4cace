"""The image repository that all environments share, and who may pull from it."""

from __future__ import annotations

from collections.abc import Sequence

from cdktf import ITerraformDependable
from cdktf_cdktf_provider_google.artifact_registry_repository import (
    ArtifactRegistryRepository,
    ArtifactRegistryRepositoryCleanupPolicies,
    ArtifactRegistryRepositoryCleanupPoliciesCondition,
    ArtifactRegistryRepositoryCleanupPoliciesMostRecentVersions,
    ArtifactRegistryRepositoryDockerConfig,
    ArtifactRegistryRepositoryVulnerabilityScanningConfig,
)
from cdktf_cdktf_provider_google.artifact_registry_repository_iam_member import (
    ArtifactRegistryRepositoryIamMember,
)
from constructs import Construct

from constructs_lib.terraform import kept

_DAY_SECONDS = 86400


class ArtifactRegistry(Construct):
    """A Docker repository that forgets untagged images, but never the newest versions, nor an
    image whose tag begins with one of ``kept_tag_prefixes``.

    Tags may move: dev follows ``main``. Staging and production deploy by digest, which cannot.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        region: str,
        untagged_image_days: int,
        kept_image_versions: int,
        kept_tag_prefixes: Sequence[str],
        depends_on: Sequence[ITerraformDependable],
    ) -> None:
        super().__init__(scope, construct_id)
        self.repository = ArtifactRegistryRepository(
            self,
            "repository",
            repository_id=name,
            location=region,
            format="DOCKER",
            mode="STANDARD_REPOSITORY",
            description="Images of the beep applications, built once and promoted by digest",
            docker_config=ArtifactRegistryRepositoryDockerConfig(immutable_tags=False),
            vulnerability_scanning_config=ArtifactRegistryRepositoryVulnerabilityScanningConfig(
                enablement_config="INHERITED"
            ),
            cleanup_policy_dry_run=False,
            cleanup_policies=[
                ArtifactRegistryRepositoryCleanupPolicies(
                    id="keep-newest",
                    action="KEEP",
                    most_recent_versions=ArtifactRegistryRepositoryCleanupPoliciesMostRecentVersions(
                        keep_count=kept_image_versions
                    ),
                ),
                # What an environment runs is tagged with its name: a job or a roll-back that starts
                # an old image must still find it.
                ArtifactRegistryRepositoryCleanupPolicies(
                    id="keep-deployed",
                    action="KEEP",
                    condition=ArtifactRegistryRepositoryCleanupPoliciesCondition(
                        tag_state="TAGGED", tag_prefixes=list(kept_tag_prefixes)
                    ),
                ),
                ArtifactRegistryRepositoryCleanupPolicies(
                    id="delete-untagged",
                    action="DELETE",
                    condition=ArtifactRegistryRepositoryCleanupPoliciesCondition(
                        tag_state="UNTAGGED", older_than=f"{untagged_image_days * _DAY_SECONDS}s"
                    ),
                ),
            ],
            lifecycle=kept(True),
            depends_on=depends_on,
        )
        self._region = region
        # Asked once: every question to a resource goes to Node and back.
        self._name = self.repository.name

    def allow_pull(self, construct_id: str, *, member: str) -> None:
        """Let a member pull images."""
        self._grant(construct_id, role="roles/artifactregistry.reader", member=member)

    def allow_push(self, construct_id: str, *, member: str) -> None:
        """Let a member push images and move tags; it can delete neither."""
        self._grant(construct_id, role="roles/artifactregistry.writer", member=member)

    def _grant(self, construct_id: str, *, role: str, member: str) -> None:
        ArtifactRegistryRepositoryIamMember(
            self,
            construct_id,
            location=self._region,
            repository=self._name,
            role=role,
            member=member,
        )
