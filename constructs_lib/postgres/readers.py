"""Groups of people who sign in to Cloud SQL as themselves, without a password of the database."""

from __future__ import annotations

import re
from collections.abc import Sequence

from cdktf import ITerraformDependable
from cdktf_cdktf_provider_google.project_iam_member import ProjectIamMember
from constructs import Construct

READER_ROLES = ("roles/cloudsql.instanceUser", "roles/cloudsql.studioUser")
"""To log in, and to do so from Cloud SQL Studio, which needs no way into the network."""


class Readers(Construct):
    """Lets groups log in to the instances of a project.

    What they may do there is the database's to say: ``Postgres`` makes a role for each group, and
    ``beep-db-bootstrap`` makes it a member of the role that may read.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        project_id: str,
        groups: Sequence[str],
        depends_on: Sequence[ITerraformDependable],
    ) -> None:
        super().__init__(scope, construct_id)
        for group in groups:
            for role in READER_ROLES:
                ProjectIamMember(
                    self,
                    f"{construct_part(group)}-{role.removeprefix('roles/').replace('.', '-')}",
                    project=project_id,
                    role=role,
                    member=f"group:{group}",
                    depends_on=depends_on,
                )


def construct_part(group: str) -> str:
    """Return a group's address as a part of a construct id."""
    return re.sub(r"[^a-z0-9]+", "-", group)
