"""Every environment may pull the shared images."""

from __future__ import annotations

from environments import Configuration
from tests.support import Stacks, of_type


def test_cloud_run_of_every_environment_may_pull_the_shared_images(
    stacks: Stacks, configuration: Configuration
) -> None:
    grants = of_type(stacks["bootstrap"], "google_artifact_registry_repository_iam_member")
    assert {grant["role"] for grant in grants.values()} == {"roles/artifactregistry.reader"}
    agents = {
        f"serviceAccount:service-{target.project_number}@serverless-robot-prod.iam.gserviceaccount.com"
        for target in configuration.targets
    }
    # Machines pull as accounts of their own.
    accounts = {
        "principalSet://cloudresourcemanager.googleapis.com/projects/"
        f"{target.project_number}/type/ServiceAccount"
        for target in configuration.targets
    }
    assert agents | accounts <= {grant["member"] for grant in grants.values()}
