"""One identity for each workload, and the project roles that each needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cdktf import ITerraformDependable
from cdktf_cdktf_provider_google.project_iam_member import ProjectIamMember
from cdktf_cdktf_provider_google.service_account import ServiceAccount
from cdktf_cdktf_provider_google.service_account_iam_member import ServiceAccountIamMember
from constructs import Construct


@dataclass(frozen=True, slots=True)
class Account:
    """A workload's service account and the roles it has on the whole project."""

    name: str
    description: str
    project_roles: tuple[str, ...] = ()
    is_run_as: bool = True
    """Whether something that the deployer creates acts in its name."""


class ServiceAccounts(Construct):
    """Service accounts without keys. Roles are added one member at a time.

    ``deployer`` is the member that may let a workload run as one of these accounts, and as no other
    account of the project.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        project_id: str,
        accounts: Sequence[Account],
        deployer: str,
        depends_on: Sequence[ITerraformDependable],
    ) -> None:
        super().__init__(scope, construct_id)
        self.accounts: dict[str, ServiceAccount] = {}
        self._members: dict[str, str] = {}
        for account in accounts:
            resource = ServiceAccount(
                self,
                account.name,
                account_id=account.name,
                display_name=account.name,
                description=account.description,
                depends_on=depends_on,
            )
            self.accounts[account.name] = resource
            # Asked once for each account: every question to a resource goes to Node and back.
            self._members[account.name] = str(resource.member)
            if account.is_run_as:
                ServiceAccountIamMember(
                    self,
                    f"{account.name}-deployer",
                    service_account_id=resource.name,
                    role="roles/iam.serviceAccountUser",
                    member=deployer,
                )
            for role in account.project_roles:
                ProjectIamMember(
                    self,
                    f"{account.name}-{role.removeprefix('roles/').replace('.', '-')}",
                    project=project_id,
                    role=role,
                    member=self._members[account.name],
                )

    def member(self, name: str) -> str:
        """Return an account as an IAM member."""
        return self._members[name]
