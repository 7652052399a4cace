"""Who on GitHub may act as whom on Google Cloud, without a key that could be stolen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from cdktf import ITerraformDependable
from cdktf_cdktf_provider_google.iam_workload_identity_pool import IamWorkloadIdentityPool
from cdktf_cdktf_provider_google.iam_workload_identity_pool_provider import (
    IamWorkloadIdentityPoolProvider,
    IamWorkloadIdentityPoolProviderOidc,
)
from constructs import Construct

from constructs_lib.terraform import kept

_ISSUER = "https://token.actions.githubusercontent.com"


@dataclass(frozen=True, slots=True)
class TrustedJob:
    """A kind of job on GitHub: the claim of its token that tells it, and the value there.

    ``environment`` is what a job names and GitHub's protection rules guard; ``event_name`` is what
    started the workflow.
    """

    provider_id: str
    claim: Literal["environment", "event_name"]
    value: str

    @property
    def condition(self) -> str:
        """The term of the provider's condition."""
        return f"assertion.{self.claim} == '{self.value}'"

    @property
    def mapping(self) -> str:
        """The expression that becomes ``google.subject``: numbers and the claim, no names.

        The claim ``sub`` is not used: GitHub spells it differently for repositories that were
        created, renamed or transferred since July 2026, and a rename changes it.
        """
        return (
            f"'repository:' + assertion.repository_id + ':{self.claim}:' + assertion.{self.claim}"
        )

    def subject(self, repository_id: int) -> str:
        """Return what the expression gives for this job."""
        return f"repository:{repository_id}:{self.claim}:{self.value}"


class GithubFederation(Construct):
    """A pool with one provider for each kind of job that is trusted, and no other way in.

    A provider accepts jobs of one repository with one value of one claim. The repository and its
    owner are compared by number, because a name that was given up can be registered by anybody; the
    value is one literal text, because a pattern would trust more than was meant. ``jobs`` maps the
    name of a provider to its job.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        pool_id: str,
        owner_id: int,
        repository_id: int,
        jobs: Mapping[str, TrustedJob],
        depends_on: Sequence[ITerraformDependable],
    ) -> None:
        super().__init__(scope, construct_id)
        self._repository_id = repository_id
        self.pool = IamWorkloadIdentityPool(
            self,
            "pool",
            workload_identity_pool_id=pool_id,
            display_name="GitHub",
            description="Workflows of one repository on GitHub",
            # Google keeps the id of a deleted pool for 30 days.
            lifecycle=kept(True),
            depends_on=depends_on,
        )
        self._pool_name = self.pool.name
        # Asked of the pool, so that each provider waits for it.
        own_pool_id = self.pool.workload_identity_pool_id
        self.providers = {
            name: IamWorkloadIdentityPoolProvider(
                self,
                name,
                workload_identity_pool_id=own_pool_id,
                workload_identity_pool_provider_id=job.provider_id,
                display_name=f"GitHub {name}",
                description=f"Jobs whose {job.claim} is {job.value}",
                oidc=IamWorkloadIdentityPoolProviderOidc(issuer_uri=_ISSUER),
                attribute_mapping={"google.subject": job.mapping},
                attribute_condition=" && ".join(
                    (
                        f"assertion.repository_owner_id == '{owner_id}'",
                        f"assertion.repository_id == '{repository_id}'",
                        job.condition,
                    )
                ),
            )
            for name, job in jobs.items()
        }

    def principal(self, job: TrustedJob) -> str:
        """Return the IAM member that a job is."""
        subject = job.subject(self._repository_id)
        return f"principal://iam.googleapis.com/{self._pool_name}/subject/{subject}"
