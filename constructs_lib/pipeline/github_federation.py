"""Who on GitHub may act as whom on Google Cloud, without a key that could be stolen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cdktf import ITerraformDependable
from cdktf_cdktf_provider_google.iam_workload_identity_pool import IamWorkloadIdentityPool
from cdktf_cdktf_provider_google.iam_workload_identity_pool_provider import (
    IamWorkloadIdentityPoolProvider,
    IamWorkloadIdentityPoolProviderOidc,
)
from constructs import Construct

from constructs_lib.terraform import kept

_ISSUER = "https://token.actions.githubusercontent.com"


class GithubFederation(Construct):
    """A pool with one provider for each kind of job that is trusted, and no other way in.

    A provider accepts one subject of one repository. The repository and its owner are compared by
    number, because a name that was given up can be registered by anybody; the subject is one
    literal text, because a pattern would trust more than was meant. ``subjects`` maps the name of a
    provider to the ``sub`` claim of GitHub's token, ``provider_ids`` to its id at Google.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        owner_id: int,
        repository_id: int,
        subjects: Mapping[str, str],
        provider_ids: Mapping[str, str],
        depends_on: Sequence[ITerraformDependable],
    ) -> None:
        super().__init__(scope, construct_id)
        self.pool = IamWorkloadIdentityPool(
            self,
            "pool",
            workload_identity_pool_id="github",
            display_name="GitHub",
            description="Workflows of one repository on GitHub",
            # Google keeps the id of a deleted pool for 30 days.
            lifecycle=kept(True),
            depends_on=depends_on,
        )
        self._pool_name = self.pool.name
        pool_id = self.pool.workload_identity_pool_id
        self.providers = {
            name: IamWorkloadIdentityPoolProvider(
                self,
                name,
                workload_identity_pool_id=pool_id,
                workload_identity_pool_provider_id=provider_ids[name],
                display_name=f"GitHub {name}",
                description=f"Jobs whose subject is {subject}",
                oidc=IamWorkloadIdentityPoolProviderOidc(issuer_uri=_ISSUER),
                attribute_mapping={"google.subject": "assertion.sub"},
                attribute_condition=" && ".join(
                    (
                        f"assertion.repository_owner_id == '{owner_id}'",
                        f"assertion.repository_id == '{repository_id}'",
                        f"assertion.sub == '{subject}'",
                    )
                ),
            )
            for name, subject in subjects.items()
        }

    def principal(self, subject: str) -> str:
        """Return the IAM member that a job with this subject is."""
        return f"principal://iam.googleapis.com/{self._pool_name}/subject/{subject}"
