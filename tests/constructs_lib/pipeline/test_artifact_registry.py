"""Every environment may pull the shared images."""

from __future__ import annotations

from environments import Configuration
from tests.support import Stacks, of_type


def test_every_environment_may_pull_the_shared_images_and_one_account_may_push(
    stacks: Stacks, configuration: Configuration
) -> None:
    grants = dict(of_type(stacks["bootstrap"], "google_artifact_registry_repository_iam_member"))
    builder = grants.pop("artifact_registry_build")
    assert builder["role"] == "roles/artifactregistry.writer"
    assert builder["member"] == "${google_service_account.build_account.member}"
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


def test_an_image_is_kept_while_an_environment_runs_it(
    stacks: Stacks, configuration: Configuration
) -> None:
    (repository,) = of_type(stacks["bootstrap"], "google_artifact_registry_repository").values()
    policies = {policy["id"]: policy for policy in repository["cleanup_policies"]}
    kept = policies["keep-deployed"]
    assert kept["action"] == "KEEP"
    assert kept["condition"] == {
        "tag_state": "TAGGED",
        "tag_prefixes": [f"{e.settings.environment}-" for e in configuration.environments],
    }


def test_images_are_scanned_when_they_are_pushed(stacks: Stacks) -> None:
    # INHERITED means: scanned where this API is on.
    apis = {a["service"] for a in of_type(stacks["bootstrap"], "google_project_service").values()}
    assert "containerscanning.googleapis.com" in apis
