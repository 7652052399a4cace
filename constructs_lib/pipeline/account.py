"""An account of the pipeline: whom it lets in, and what it may do where."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cdktf import ITerraformDependable
from cdktf_cdktf_provider_google.project_iam_member import (
    ProjectIamMember,
    ProjectIamMemberCondition,
)
from cdktf_cdktf_provider_google.service_account import ServiceAccount
from cdktf_cdktf_provider_google.service_account_iam_member import ServiceAccountIamMember
from cdktf_cdktf_provider_google.storage_bucket_iam_member import (
    StorageBucketIamMember,
    StorageBucketIamMemberCondition,
)
from constructs import Construct

from constructs_lib.pipeline.state_bucket import StateBucket

GRANTS_ROLES = "roles/resourcemanager.projectIamAdmin"


class PipelineAccount(Construct):
    """A service account without keys, which one federated identity may act as."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        account_id: str,
        description: str,
        principal: str,
        depends_on: Sequence[ITerraformDependable],
    ) -> None:
        super().__init__(scope, construct_id)
        self.account = ServiceAccount(
            self,
            "account",
            account_id=account_id,
            display_name=account_id,
            description=description,
            depends_on=depends_on,
        )
        # Asked once: every question to a resource goes to Node and back.
        self.member = str(self.account.member)
        ServiceAccountIamMember(
            self,
            "federation",
            service_account_id=self.account.name,
            role="roles/iam.workloadIdentityUser",
            member=principal,
        )

    def allow_on_project(
        self,
        construct_id: str,
        *,
        project_id: str,
        roles: Iterable[str],
        grantable: Sequence[str] = (),
    ) -> None:
        """Give roles on a project.

        Of the role that grants roles, only as much is given as ``grantable`` names: with all of it
        the account could make itself the owner.
        """
        grants = Construct(self, construct_id)
        for role in roles:
            ProjectIamMember(
                grants,
                role.removeprefix("roles/").replace(".", "-"),
                project=project_id,
                role=role,
                member=self.member,
                condition=_only(grantable) if role == GRANTS_ROLES else None,
            )

    def allow_state(
        self, construct_id: str, *, state: StateBucket, role: str, prefixes: Iterable[str]
    ) -> None:
        """Give a role on the state below some prefixes; each ends in a slash."""
        objects = f"projects/_/buckets/{state.name}/objects/"
        StorageBucketIamMember(
            self,
            construct_id,
            bucket=state.bucket_name,
            role=role,
            member=self.member,
            condition=StorageBucketIamMemberCondition(
                title="own-prefix-only",
                expression=" || ".join(
                    f'resource.name.startsWith("{objects}{prefix}")' for prefix in prefixes
                ),
            ),
        )

    def allow_listing_of_state(self, construct_id: str, *, state: StateBucket) -> None:
        """Let the account see the names of all objects, as ``terraform init`` must.

        Listing is a right on the bucket, where a condition on the name of an object is never met.
        """
        StorageBucketIamMember(
            self,
            construct_id,
            bucket=state.bucket_name,
            role="roles/storage.legacyBucketReader",
            member=self.member,
        )


def _only(roles: Sequence[str]) -> ProjectIamMemberCondition:
    """Source: IAM documentation, set limits on granting roles."""
    named = ", ".join(f"'{role}'" for role in roles)
    return ProjectIamMemberCondition(
        title="named-roles-only",
        expression="api.getAttribute('iam.googleapis.com/modifiedGrantsByRole', [])"
        f".hasOnly([{named}])",
    )
