"""An account of the pipeline: whom it lets in, and what it may do where."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cdktf import ITerraformDependable
from cdktf_cdktf_provider_google.project_iam_custom_role import ProjectIamCustomRole
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

from constructs_lib.pipeline.job_log_view import JobLogView
from constructs_lib.pipeline.state_bucket import StateBucket

VIEW_ACCESSOR = "roles/logging.viewAccessor"


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
        role_id: str,
        description: str,
        permissions: Sequence[str],
    ) -> None:
        """Make a role of these permissions in a project, and give it there.

        Google takes at most 3,000 permissions and 64 KiB of names for a custom role. The id of a
        deleted role is taken for 37 days; within the first seven the provider restores it.
        """
        grant = Construct(self, construct_id)
        role = ProjectIamCustomRole(
            grant,
            "role",
            project=project_id,
            role_id=role_id,
            title=role_id,
            description=description,
            permissions=list(permissions),
        )
        ProjectIamMember(
            grant, "grant", project=project_id, role=str(role.name), member=self.member
        )

    def allow_granting(
        self, construct_id: str, *, project_id: str, role: str, grantable: Sequence[str]
    ) -> None:
        """Give a role that grants roles on a project, for the named roles only.

        With all of it the account could make itself the owner.
        """
        ProjectIamMember(
            self,
            construct_id,
            project=project_id,
            role=role,
            member=self.member,
            condition=_only(grantable),
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

    def allow_log_view(self, construct_id: str, *, view: JobLogView) -> None:
        """Let the account read a view, and nothing else of its project's log."""
        ProjectIamMember(
            self,
            construct_id,
            project=view.project_id,
            role=VIEW_ACCESSOR,
            member=self.member,
            condition=ProjectIamMemberCondition(
                title="one-log-view-only", expression=view.condition
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
