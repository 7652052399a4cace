"""Once, before all environments: state, images, and the identities that deploy."""

from __future__ import annotations

from collections.abc import Sequence

from cdktf import TerraformOutput
from constructs import Construct

from constructs_lib.environment.names import PLANNER, deployer_account
from constructs_lib.environment.settings import BootstrapSettings
from constructs_lib.environment.stack import Stack
from constructs_lib.pipeline.access import (
    DEPLOYER_ROLES,
    GRANTABLE_ROLES,
    PLANNED_PARTS,
    PLANNER_ROLES,
)
from constructs_lib.pipeline.account import PipelineAccount
from constructs_lib.pipeline.artifact_registry import ArtifactRegistry
from constructs_lib.pipeline.github_federation import GithubFederation
from constructs_lib.pipeline.state_bucket import AccessLog, StateBucket
from constructs_lib.project.project_services import ProjectServices
from environments import Target

_APIS = ("artifactregistry", "cloudresourcemanager", "iam", "iamcredentials", "storage", "sts")


class Bootstrap(Stack):
    """The state bucket, the image repository, and who may use them from a pipeline."""

    def __init__(
        self, scope: Construct, settings: BootstrapSettings, targets: Sequence[Target]
    ) -> None:
        super().__init__(
            scope,
            "bootstrap",
            state_bucket=settings.state_bucket,
            state_prefix="bootstrap",
            project_id=settings.project_id,
            region=settings.region,
            labels={**settings.labels, "managed-by": "terraform"},
        )
        self._github = settings.github
        apis = ProjectServices(self, "project-services", apis=_APIS)
        self._state = StateBucket(
            self,
            "state",
            name=settings.state_bucket,
            location=settings.state_location,
            versions_kept=settings.state_versions_kept,
            depends_on=apis.of("storage"),
        )
        AccessLog(
            self,
            "access-log",
            project_id=settings.project_id,
            depends_on=apis.of("cloudresourcemanager"),
        )
        self._images = ArtifactRegistry(
            self,
            "artifact-registry",
            name=settings.artifact_repository,
            region=settings.region,
            untagged_image_days=settings.untagged_image_days,
            kept_image_versions=settings.kept_image_versions,
            depends_on=apis.of("artifactregistry"),
        )
        self._identity_apis = apis.of("iam", "iamcredentials", "sts")
        self._federation = GithubFederation(
            self,
            "github",
            owner_id=self._github.owner_id,
            repository_id=self._github.repository_id,
            subjects={
                **{t.environment: self._github.subject(t.environment) for t in targets},
                "pull-request": self._github.pull_request_subject,
            },
            depends_on=self._identity_apis,
        )
        for target in targets:
            self._deployer(target)
        self._planner(targets)

    def _deployer(self, target: Target) -> None:
        name = target.environment
        deployer = self._account(
            f"deploy-{name}",
            account_id=deployer_account(name),
            provider=name,
            description=f"Deploys {name} from GitHub",
            subject=self._github.subject(name),
        )
        deployer.allow_on_project(
            "project",
            project_id=target.project_id,
            roles=DEPLOYER_ROLES,
            grantable=GRANTABLE_ROLES,
        )
        deployer.allow_state(
            "state",
            state=self._state,
            role="roles/storage.objectUser",
            prefixes=(f"{name}/",),
        )
        # Cloud Run asks whether whoever deploys an image may read it, and pulls it as its own
        # agent, which Google makes when the API is switched on.
        self._images.allow_pull(f"deploy-{name}", member=deployer.member)
        self._images.allow_pull(
            f"cloud-run-{name}",
            member=f"serviceAccount:service-{target.project_number}"
            "@serverless-robot-prod.iam.gserviceaccount.com",
        )
        # A machine pulls as its own account, which is not there yet when this is applied.
        self._images.allow_pull(
            f"accounts-{name}",
            member="principalSet://cloudresourcemanager.googleapis.com/projects/"
            f"{target.project_number}/type/ServiceAccount",
        )

    def _planner(self, targets: Sequence[Target]) -> None:
        planner = self._account(
            "plan",
            account_id=PLANNER,
            provider="pull-request",
            description="Plans what pull requests would change, and reads no secret",
            subject=self._github.pull_request_subject,
        )
        for target in targets:
            name = target.environment
            planner.allow_on_project(name, project_id=target.project_id, roles=PLANNER_ROLES)
            planner.allow_state(
                f"state-{name}",
                state=self._state,
                role="roles/storage.objectViewer",
                prefixes=[f"{name}/{part}/" for part in PLANNED_PARTS],
            )

    def _account(
        self, construct_id: str, *, account_id: str, provider: str, description: str, subject: str
    ) -> PipelineAccount:
        """Make an account, and say what a workflow must know to act as it."""
        account = PipelineAccount(
            self,
            construct_id,
            account_id=account_id,
            description=description,
            principal=self._federation.principal(subject),
            depends_on=self._identity_apis,
        )
        account.allow_listing_of_state("state-names", state=self._state)
        TerraformOutput(
            self,
            f"{construct_id}_workload_identity_provider".replace("-", "_"),
            value=self._federation.providers[provider].name,
            description=f"workload_identity_provider of jobs with the subject {subject}",
        )
        return account
